//! Somebody comes back from a provider.
//!
//! What must hold: a flow ends once, whatever is sent however often (check O01), and it ends
//! also when the provider says no; nothing is sent to a provider before it is known that this
//! browser went there; what follows is the decision of [`domain::accounts::linking`].

use domain::{
    UserId,
    accounts::{
        Email, Person, Provider, ReturnPath,
        linking::{Account, Address, Decision, Purpose, Situation, Unfinished, decide},
    },
    audit::{AuditAction, AuditOutcome},
};
use secrecy::{ExposeSecret, SecretString};
use store::{IdentityOwner, LoginFlow, SignInRow};

use super::{
    arrival::{Arrival, Step, canonical},
    begin::Secrets,
};
use crate::{
    Origin, ServiceError, Services,
    accounts::{
        Entry,
        providers::{ExternalIdentity, ProviderError, Return},
    },
    audit::Happening,
    hash_token,
};

/// What the browser brought.
pub struct ComeBack {
    pub provider: Provider,
    pub state: SecretString,
    /// None when the provider sent an error instead.
    pub code: Option<SecretString>,
    /// Of the response (RFC 9207).
    pub issuer: Option<String>,
    /// The cookie of the browser.
    pub browser: SecretString,
    /// Whose session it has, and which: the hash of its id.
    pub signed_in: Option<(UserId, String)>,
}

/// Where that led.
pub enum Landing {
    In {
        entry: Entry,
        next: Option<ReturnPath>,
    },
    Linked {
        next: Option<ReturnPath>,
    },
    /// There is more to do.
    Waiting(Box<Arrival>),
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`] when the provider isn't configured, [`ServiceError::Unfinished`],
    /// or the database's.
    pub async fn finish_flow(&self, back: ComeBack, origin: &Origin) -> Result<Landing, ServiceError> {
        let provider = back.provider;
        let port = self.provider(provider)?;
        let flow = self.take_flow(&back).await?.ok_or(ServiceError::Unfinished(Unfinished::FlowEnded))?;
        let code = back.code.as_ref().ok_or(ServiceError::Unfinished(Unfinished::Cancelled))?;
        let secrets = self.sealer.open(&Secrets::context(&flow.state_hash), &flow.secrets)?;
        let Secrets { nonce, verifier } =
            serde_json::from_str(secrets.expose_secret()).map_err(|_| ServiceError::Unreadable("login flow"))?;
        let arrived = port
            .arrive(&Return {
                redirect_uri: &self.callback_address(provider),
                code,
                issuer: back.issuer.as_deref(),
                nonce: &nonce.into(),
                verifier: &verifier.into(),
                now: self.now(),
            })
            .await;
        match arrived {
            Ok(identity) => self.land(flow, identity, back.signed_in, origin).await,
            Err(error) => {
                let refused = Happening {
                    action: AuditAction::SignIn,
                    outcome: AuditOutcome::Refused,
                    reason: Some("provider"),
                    org: None,
                };
                self.record_as(None, provider.as_str(), origin, refused).await?;
                Err(Self::unfinished(provider, error))
            }
        }
    }

    async fn take_flow(&self, back: &ComeBack) -> Result<Option<LoginFlow>, ServiceError> {
        let (state, browser) = (hash_token(back.state.expose_secret()), hash_token(back.browser.expose_secret()));
        Ok(self.store.take_login_flow(&state, &browser, back.provider, self.now()).await?)
    }

    /// The boundary: what went wrong with a provider goes into the log here, once.
    pub(super) fn unfinished(provider: Provider, error: ProviderError) -> ServiceError {
        tracing::warn!(provider = provider.as_str(), %error, "signing in elsewhere failed");
        ServiceError::Unfinished(match error {
            ProviderError::NoAnswer(_) => Unfinished::NoAnswer,
            ProviderError::CodeRefused | ProviderError::Untrusted(_) => Unfinished::NotTrusted,
        })
    }

    async fn land(
        &self,
        flow: LoginFlow,
        identity: ExternalIdentity,
        signed_in: Option<(UserId, String)>,
        origin: &Origin,
    ) -> Result<Landing, ServiceError> {
        let owner = self.store.find_identity(&identity.issuer, &identity.subject).await?;
        let email = canonical(&identity).filter(|_| identity.email_verified == Some(true));
        let address_of = self.owner_of(email.as_ref()).await?;
        let decision = decide(situation(&flow, owner.as_ref(), email.is_some(), address_of.as_ref(), signed_in));
        let next = flow.next.as_deref().and_then(ReturnPath::parse);
        let wait = |step, identity| Landing::Waiting(Box::new(self.arrival(identity, step, flow.next.clone())));
        match (decision, owner) {
            (Decision::SignIn(_), Some(owner)) => {
                let entry = self.enter_by(owner, &identity, origin).await?;
                Ok(Landing::In { entry, next })
            }
            (Decision::Create(Address::Vouched), _) => Ok(wait(Step::Create, identity)),
            (Decision::Create(Address::ToBeConfirmed), _) => Ok(wait(Step::Confirm, identity)),
            (Decision::ProposeLink(user), _) => Ok(wait(Step::Propose { user, agreed: false }, identity)),
            (Decision::Link(user), _) => {
                let arrival = self.arrival(identity, Step::Propose { user, agreed: true }, None);
                self.link_arrival(user, &arrival, origin).await?;
                Ok(Landing::Linked { next })
            }
            (Decision::Refuse(refusal), _) => self.turn_away(&identity, refusal.into(), origin).await,
            (Decision::Conflict | Decision::SignIn(_), _) => {
                self.turn_away(&identity, Unfinished::Conflict, origin).await
            }
        }
    }

    async fn owner_of(&self, email: Option<&Email>) -> Result<Option<SignInRow>, ServiceError> {
        match email {
            Some(email) => Ok(self.store.find_user_by_email(email).await?),
            None => Ok(None),
        }
    }

    async fn enter_by(
        &self,
        owner: IdentityOwner,
        identity: &ExternalIdentity,
        origin: &Origin,
    ) -> Result<Entry, ServiceError> {
        let email = canonical(identity);
        let tokens = self.seal_tokens(identity);
        self.store.touch_identity(owner.id, email.as_ref().map(Email::as_str), &tokens, self.now()).await?;
        let method = Some(identity.provider.as_str());
        let done = Happening { action: AuditAction::SignIn, outcome: AuditOutcome::Done, reason: method, org: None };
        self.record_as(Some(owner.user), &owner.email, origin, done).await?;
        self.give_back(origin).await?;
        let person = Person { id: owner.user, email: owner.email, name: owner.name };
        self.enter(person, identity.provider.method()).await
    }

    async fn turn_away(
        &self,
        identity: &ExternalIdentity,
        why: Unfinished,
        origin: &Origin,
    ) -> Result<Landing, ServiceError> {
        let reason = match why {
            Unfinished::Disabled => "disabled",
            Unfinished::Conflict => "conflict",
            Unfinished::LinkedAlready => "linked_already",
            _ => "another_session",
        };
        let refused =
            Happening { action: AuditAction::SignIn, outcome: AuditOutcome::Refused, reason: Some(reason), org: None };
        self.record_as(None, identity.provider.as_str(), origin, refused).await?;
        Err(ServiceError::Unfinished(why))
    }
}

fn situation(
    flow: &LoginFlow,
    owner: Option<&IdentityOwner>,
    vouched: bool,
    address_of: Option<&SignInRow>,
    signed_in: Option<(UserId, String)>,
) -> Situation {
    let asked = flow.linked_by.as_ref();
    // For a link only the session that asked for it counts.
    let signed_in = signed_in.filter(|(_, session)| asked.is_none_or(|(_, asking)| asking == session));
    Situation {
        purpose: asked.map_or(Purpose::SignIn, |(user, _)| Purpose::LinkTo(*user)),
        signed_in: signed_in.map(|(user, _)| user),
        identity_of: owner.map(|owner| Account { user: owner.user, active: owner.active }),
        vouched,
        address_of: address_of.map(|row| Account { user: row.id, active: row.active }),
    }
}
