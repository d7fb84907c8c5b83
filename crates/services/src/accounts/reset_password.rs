//! Choose a new password with the link from a mail.
//!
//! What must hold: one link, one new password (check P01); every session of the person is
//! over, and every other open link (checks P02, R04); nobody is signed in by it, so a second
//! factor is asked for as ever; whoever is disabled stays so.

use domain::{
    accounts::{Person, password::PersonalWords},
    audit::{AuditAction, AuditOutcome},
};
use secrecy::SecretString;
use store::{LinkPurpose, PasswordChange, PersonWithMemberships};

use crate::{Origin, ServiceError, Services, audit::Happening, hash_token, mail::Letter};

/// What was typed, and the token of the link.
pub struct ResetPassword {
    pub token: String,
    pub password: SecretString,
}

impl Services {
    /// Whose password a link sets, for its page. Looking uses nothing up (check P03).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reset_email(&self, token: &str) -> Result<Option<String>, ServiceError> {
        Ok(self.person_of_reset(&hash_token(token)).await?.map(|found| found.person.email))
    }

    /// # Errors
    /// [`ServiceError::LinkNotGood`], [`ServiceError::Invalid`], [`ServiceError::Flooded`],
    /// [`ServiceError::Busy`], or the database's.
    pub async fn reset_password(&self, typed: ResetPassword, origin: &Origin) -> Result<(), ServiceError> {
        self.count_address(origin).await?;
        let token_hash = hash_token(&typed.token);
        let found = self.person_of_reset(&token_hash).await?.ok_or(ServiceError::LinkNotGood)?;
        self.check_new_password(&typed.password, personal_words(&found)).await?;
        let hash = self.passwords.hash(typed.password, self.entropy().bytes()).await?;
        let person = found.person;
        let mail = self.letter_row(
            &person.email,
            self.password_changed(&person.name, origin),
            &format!("password-changed:{token_hash}"),
        );
        let change = PasswordChange { user: person.id, email: &person.email, password_hash: &hash, outbox: &[mail] };
        let done = self.store.redeem_reset(&token_hash, &change, self.now()).await?;
        let (outcome, reason) =
            if done { (AuditOutcome::Done, None) } else { (AuditOutcome::Refused, Some("link_not_good")) };
        let happening = Happening { action: AuditAction::ResetPassword, outcome, reason, org: None };
        self.record_as(Some(person.id), &person.email, origin, happening).await?;
        if !done {
            return Err(ServiceError::LinkNotGood);
        }
        // They know the password now: whoever kept guessing must not keep them out.
        self.store.clear_attempts(&format!("account:{}", person.email)).await?;
        Ok(self.give_back(origin).await?)
    }

    /// The active person that a link was made for, if their address is still the same. One who is
    /// leaving as well: it is how they get in to stay, and a new password alone keeps nobody.
    async fn person_of_reset(&self, token_hash: &str) -> Result<Option<PersonWithMemberships>, ServiceError> {
        let link = self.store.find_link(token_hash, LinkPurpose::ResetPassword, self.now()).await?;
        let Some(link) = link else { return Ok(None) };
        let user = self.store.find_user(link.user).await?;
        let Some(user) = user.filter(|user| user.active && user.email == link.email) else { return Ok(None) };
        let memberships = self.store.find_memberships(user.id).await?.map(|found| found.memberships);
        let person = Person { id: user.id, email: user.email, name: user.name };
        Ok(Some(PersonWithMemberships { person, memberships: memberships.unwrap_or_default() }))
    }

    pub(super) fn password_changed(&self, name: &str, origin: &Origin) -> Letter {
        Letter::PasswordChanged {
            name: name.to_owned(),
            at: self.now(),
            address: origin.address.map(|address| address.to_string()),
            reset: self.link("/forgot-password", None),
        }
    }
}

/// What somebody who knows them would try.
pub(super) fn personal_words(found: &PersonWithMemberships) -> PersonalWords {
    let organizations = found.memberships.iter().map(|membership| membership.organization.name.as_str());
    PersonalWords::of([found.person.name.as_str(), found.person.email.as_str()].into_iter().chain(organizations))
}
