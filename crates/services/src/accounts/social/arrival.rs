//! Somebody who came back from a provider and isn't in yet.

use domain::{
    Millis, Timestamp, UserId,
    accounts::{Email, Provider},
};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use store::NewIdentity;

use crate::{Services, accounts::providers::ExternalIdentity, hash_token};

/// How long the rest may take.
const LIVES: Millis = Millis::minutes(15);

/// Kept in their session, on the server. The provider's tokens in it are sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Arrival {
    provider: Provider,
    issuer: String,
    subject: String,
    email: Option<String>,
    name: Option<String>,
    tokens: String,
    /// As it was typed, until it is created.
    organization: Option<String>,
    step: Step,
    next: Option<String>,
    expires_at: Timestamp,
}

/// What is still to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Step {
    /// Name the organisation: the address is vouched for, or was confirmed by mail.
    Create,
    /// Name the organisation and an address, which is then confirmed by mail.
    Confirm,
    /// A mail with a link is on its way. It works in this browser only: whoever has just the
    /// mailbox, or just the identity, gets nothing by it (check R04).
    AwaitMail { token_hash: String },
    /// Sign in to the account that has the address.
    Propose {
        user: UserId,
        /// They said that it is to be linked when they have.
        agreed: bool,
    },
}

impl Arrival {
    pub fn provider(&self) -> Provider {
        self.provider
    }

    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }

    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    pub fn step(&self) -> &Step {
        &self.step
    }

    pub fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }

    pub fn is_good(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// The same, to be linked as soon as its person has signed in.
    #[must_use]
    pub fn agreed(self) -> Self {
        match self.step {
            Step::Propose { user, .. } => Self { step: Step::Propose { user, agreed: true }, ..self },
            _ => self,
        }
    }

    /// The same, with an address that waits for its mailbox.
    pub(super) fn waiting_for(
        self,
        email: &Email,
        name: &str,
        organization: &str,
        token_hash: String,
        until: Timestamp,
    ) -> Self {
        Self {
            email: Some(email.as_str().to_owned()),
            name: Some(name.to_owned()),
            organization: Some(organization.to_owned()),
            step: Step::AwaitMail { token_hash },
            expires_at: until,
            ..self
        }
    }

    /// The same, when the token is that of the mail it waits for.
    #[must_use]
    pub fn confirmed_by(self, token: &str, now: Timestamp) -> Option<Self> {
        let fits = matches!(&self.step, Step::AwaitMail { token_hash } if *token_hash == hash_token(token));
        (fits && self.is_good(now)).then_some(Self { step: Step::Create, ..self })
    }

    /// Whether it is to be linked to this person's account now that they have signed in.
    pub fn is_agreed_by(&self, user: UserId, now: Timestamp) -> bool {
        self.is_good(now) && self.step == Step::Propose { user, agreed: true }
    }
}

impl Services {
    pub(super) fn arrival(&self, identity: ExternalIdentity, step: Step, next: Option<String>) -> Arrival {
        let tokens = self.seal_tokens(&identity);
        Arrival {
            provider: identity.provider,
            email: canonical(&identity).map(|email| email.as_str().to_owned()),
            issuer: identity.issuer,
            subject: identity.subject,
            name: identity.name,
            tokens,
            organization: None,
            step,
            next,
            expires_at: self.now() + LIVES,
        }
    }

    /// What the provider handed out, readable for this identity only.
    pub(super) fn seal_tokens(&self, identity: &ExternalIdentity) -> String {
        let context = format!("tokens of {} {}", identity.issuer, identity.subject);
        self.sealer.seal(&context, identity.tokens.expose_secret(), self.entropy())
    }

    pub(super) fn identity_of(&self, arrival: &Arrival) -> NewIdentity {
        NewIdentity {
            id: self.entropy().uuid_at(self.now()),
            provider: arrival.provider,
            issuer: arrival.issuer.clone(),
            subject: arrival.subject.clone(),
            email: arrival.email.clone(),
            tokens: arrival.tokens.clone(),
        }
    }
}

/// The provider's address in our form; one that is none counts as absent.
pub(super) fn canonical(identity: &ExternalIdentity) -> Option<Email> {
    identity.email.as_deref().and_then(|email| Email::parse(email).ok())
}
