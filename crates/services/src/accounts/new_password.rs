//! May this password be chosen, and how good is it (check L04)?
//!
//! Lists and lengths are [`domain::accounts::password`]'s; how many guesses it takes is
//! judged by zxcvbn, which knows rows of keys, repeats, dates and letters written as digits.

use domain::{
    accounts::{
        password::{PersonalWords, check_choice},
        throttle::STRENGTHS_PER_ADDRESS,
    },
    form::{Field, Problem},
};
use secrecy::{ExposeSecret, SecretString};
use zxcvbn::{Score, zxcvbn};

use super::sign_in::address_subject;
use crate::{Origin, ServiceError, Services};

/// How good a password is that may be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// Up to 10⁸ guesses.
    Fair,
    /// Up to 10¹⁰.
    Good,
    Strong,
}

fn judge(password: &str, personal: &PersonalWords) -> Result<Strength, Problem> {
    check_choice(password, personal)?;
    let words: Vec<&str> = personal.iter().collect();
    match zxcvbn(password, &words).score() {
        Score::Three => Ok(Strength::Good),
        Score::Two => Ok(Strength::Fair),
        Score::Four => Ok(Strength::Strong),
        // Less than a million guesses: a throttled guesser gets there.
        _ => Err(Problem::TooCommon),
    }
}

impl Services {
    /// Passes a password that may be chosen.
    pub(crate) async fn check_new_password(
        &self,
        password: &SecretString,
        personal: PersonalWords,
    ) -> Result<(), ServiceError> {
        let judged = self.judge_password(password.clone(), personal).await?;
        judged.map(|_| ()).map_err(|problem| ServiceError::Invalid(vec![(Field::NewPassword, problem)]))
    }

    /// Judging takes some milliseconds of a core, which belong to no request's thread.
    pub(crate) async fn judge_password(
        &self,
        password: SecretString,
        personal: PersonalWords,
    ) -> Result<Result<Strength, Problem>, ServiceError> {
        tokio::task::spawn_blocking(move || judge(password.expose_secret(), &personal))
            .await
            .map_err(|_| ServiceError::Busy)
    }

    /// What is said of a password while it is typed. Nothing of it is stored or logged.
    ///
    /// # Errors
    /// [`ServiceError::Flooded`], or the database's.
    pub async fn password_strength(
        &self,
        password: SecretString,
        known: &[&str],
        origin: &Origin,
    ) -> Result<Result<Strength, Problem>, ServiceError> {
        if let Some(subject) = address_subject(origin) {
            let subject = format!("strength:{subject}");
            self.count_within(&subject, STRENGTHS_PER_ADDRESS).await?;
        }
        self.judge_password(password, PersonalWords::of(known.iter().copied())).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    #[test]
    fn l04_what_is_guessed_soon_is_refused_and_length_is_enough() {
        let nobody = PersonalWords::of([]);
        for guessable in
            ["aaaaaaaaaaaa", "qwertzuiop", "abcdefghijk", "abcabcabcabc", "P@ssw0rd1", "20.10.2001", "        "]
        {
            assert_eq!(judge(guessable, &nobody), Err(Problem::TooCommon), "{guessable}");
        }
        for good in ["correct horse battery staple", "seven green doors", "vF7!kq2Lp9Xw"] {
            assert_eq!(judge(good, &nobody), Ok(Strength::Strong), "{good}");
        }
    }

    #[test]
    fn l04_the_longest_password_is_judged_quickly() {
        let words: Vec<String> = (0..12).map(|n| format!("word{n}word")).collect();
        let personal = PersonalWords::of(words.iter().map(String::as_str));
        // Everything that zxcvbn looks for, as often as it fits.
        for unit in ["p4$5w0rd", "qwe1990", "a", "aB1!", "12.3.2001 "] {
            let long: String = unit.repeat(1024 / unit.len());
            let begun = Instant::now();
            let _ = judge(&long, &personal);
            assert!(begun.elapsed() < Duration::from_secs(2), "{unit}: {:?}", begun.elapsed());
        }
    }
}
