//! Change one's address: asked for with the password, finished by a link in a mail to the
//! new address, told to the old one (check L06).
//!
//! What must hold: until the link is opened nothing changes; an address that somebody else
//! has gets the same answer after the same work, and the mailbox is told (check R01). The
//! link opens for the person who asked, signed in, while their address is the one it was
//! asked from: whoever got it by a slip of the pen can do nothing with it.

use domain::{
    Millis,
    accounts::Email,
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};
use secrecy::{ExposeSecret, SecretString};
use store::{EmailChange, LinkPurpose, NewLink, OpenLink};

use super::sign_in::email_problem;
use crate::{Actor, ServiceError, Services, audit::Happening, hash_token, mail::Letter, new_token};

/// How long the link in the mail is good.
const OPEN: Millis = Millis::hours(1);

/// What was typed.
pub struct ChangeEmail {
    pub email: String,
    /// Empty for somebody who has none.
    pub password: SecretString,
}

impl Services {
    /// # Errors
    /// [`ServiceError::Invalid`], [`ServiceError::ProofTooOld`], [`ServiceError::Throttled`],
    /// [`ServiceError::Flooded`], [`ServiceError::Busy`], or the database's.
    pub async fn ask_email_change(&self, actor: &Actor, typed: ChangeEmail) -> Result<(), ServiceError> {
        self.count_mail_from(actor.origin()).await?;
        let refused = |problem| ServiceError::Invalid(vec![(Field::Email, problem)]);
        let new = Email::parse(&typed.email).map_err(|problem| refused(email_problem(problem)))?;
        let person = actor.person();
        if new.as_str() == person.email {
            return Err(refused(Problem::Unchanged));
        }
        self.own_password_or_record(actor, typed.password, AuditAction::AskEmailChange).await?;
        self.count_mail_to("change-email", &new).await?;
        let taken = self.store.find_user_by_email(&new).await?.is_some();
        let token = new_token(self.entropy());
        let link = NewLink {
            token_hash: hash_token(token.expose_secret()),
            purpose: LinkPurpose::ChangeEmail,
            user: Some(person.id),
            email: person.email.clone(),
            new_email: Some(new.as_str().to_owned()),
            expires_at: self.now() + OPEN,
        };
        let letter = if taken {
            Letter::EmailTaken { sign_in: self.link("/sign-in", None), reset: self.link("/forgot-password", None) }
        } else {
            let link = self.link("/account/email", Some(("token", token.expose_secret())));
            Letter::ConfirmEmailChange { name: person.name.clone(), link }
        };
        let mail = self.letter_row(new.as_str(), letter, &format!("change-email:{}", link.token_hash));
        self.store.insert_link(&link, mail, self.now()).await?;
        self.record(actor, happening(AuditAction::AskEmailChange, AuditOutcome::Done, None)).await
    }

    /// The address that a link of the actor's leads to, for its page. Looking uses nothing up (check P03).
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn new_email(&self, actor: &Actor, token: &str) -> Result<Option<String>, ServiceError> {
        Ok(self.link_of(actor, &hash_token(token)).await?.and_then(|link| link.new_email))
    }

    /// Finishes it. Every other session of theirs ends; `this_session` is the stored key of the
    /// one that stays.
    ///
    /// # Errors
    /// [`ServiceError::LinkNotGood`], [`ServiceError::Flooded`], or the database's.
    pub async fn confirm_email_change(
        &self,
        actor: &Actor,
        token: &str,
        this_session: Option<&str>,
    ) -> Result<(), ServiceError> {
        self.count_address(actor.origin()).await?;
        let (token_hash, person) = (hash_token(token), actor.person());
        let found = self.link_of(actor, &token_hash).await?.and_then(|link| link.new_email);
        let new_email = found.ok_or(ServiceError::LinkNotGood)?;
        let letter = Letter::EmailChanged {
            name: person.name.clone(),
            new_email: new_email.clone(),
            at: self.now(),
            reset: self.link("/forgot-password", None),
        };
        let mail = self.letter_row(&person.email, letter, &format!("email-changed:{token_hash}"));
        let change = EmailChange { user: person.id, email: &person.email, new_email: &new_email, outbox: &[mail] };
        let done = self.store.redeem_email_change(&token_hash, &change, this_session, self.now()).await?;
        if !done {
            let refused = happening(AuditAction::ChangeEmail, AuditOutcome::Refused, Some("link_not_good"));
            self.record(actor, refused).await?;
            return Err(ServiceError::LinkNotGood);
        }
        self.record(actor, happening(AuditAction::ChangeEmail, AuditOutcome::Done, None)).await?;
        Ok(self.give_back(actor.origin()).await?)
    }

    async fn link_of(&self, actor: &Actor, token_hash: &str) -> Result<Option<OpenLink>, ServiceError> {
        let link = self.store.find_link(token_hash, LinkPurpose::ChangeEmail, self.now()).await?;
        let person = actor.person();
        Ok(link.filter(|link| link.user == person.id && link.email == person.email))
    }
}

const fn happening(action: AuditAction, outcome: AuditOutcome, reason: Option<&'static str>) -> Happening {
    Happening { action, outcome, reason, org: None }
}
