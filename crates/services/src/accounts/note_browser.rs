//! Remember the browser that somebody signed in with, and tell them of a new one.
//!
//! What must hold: whoever signs in, in whichever way, from a browser that the account does not
//! know, the person hears of it by mail, which is written in the transaction that makes the
//! browser known. The first one of all is theirs.

use domain::accounts::{Person, device_in_words};
use secrecy::{ExposeSecret, SecretString};

use crate::{Origin, ServiceError, Services, hash_token, mail::Letter, new_token};

impl Services {
    /// `token` is what the browser was given at an earlier sign-in, of whomever. Answers what it is
    /// given now, when it brought none.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn note_browser(
        &self,
        person: &Person,
        token: Option<&SecretString>,
        user_agent: Option<&str>,
        origin: &Origin,
    ) -> Result<Option<SecretString>, ServiceError> {
        let now = self.now();
        let given = token.is_none().then(|| new_token(self.entropy()));
        let token = token.or(given.as_ref()).map_or("", |token| token.expose_secret());
        // With the person, so that two accounts of one browser have nothing in common.
        let hash = hash_token(&format!("{token} {}", person.id));
        if given.is_some() || !self.store.see_browser(person.id, &hash, now).await? {
            let letter = Letter::NewDevice {
                name: person.name.clone(),
                device: device_in_words(user_agent),
                address: origin.address.map(|address| address.to_string()),
                at: now,
                sessions: self.link("/account/sessions", None),
            };
            let row = self.letter_row(&person.email, letter, &format!("new_device:{hash}"));
            self.store.insert_browser(person.id, &hash, row, now).await?;
        }
        Ok(given)
    }
}
