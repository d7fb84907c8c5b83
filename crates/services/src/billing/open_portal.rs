//! Open the billing portal of an organisation (P-01 to P-10).
//!
//! What must hold:
//! - The customer is the stored one of this organisation, read by the same
//!   statement as the role (P-04). Nothing the client sends selects it.
//! - The provider's answer is compared before anybody is sent there.
//! - Every opened portal and every refusal is in the audit trail (P-10), written
//!   before the browser is sent on.
//!
//! Accepted race: an owner demoted between the read and the provider's answer,
//! at most [`PATIENCE`] later, still gets the portal they were entitled to when
//! they asked.

use std::time::Duration;

use domain::{
    OrgId,
    audit::{AuditAction, AuditOutcome},
    billing::{HostedPage, check_hosted_page},
};
use policy::{Action, Reason};
use secrecy::{ExposeSecret, SecretString};
use store::Membership;
use tokio::time::{Instant, timeout_at};

use super::{
    create_customer::{Door, Wanted},
    payments::{PaymentsError, PortalSession},
};
use crate::{
    Actor, Alert, ServiceError, Services,
    audit::Happening,
    orgs::{refusal, refuse_unless},
};

/// The whole action; a clear page stands within ten seconds (check F8).
const PATIENCE: Duration = Duration::from_secs(8);

/// Where to send the browser: a bearer secret (P-07, check B10).
#[derive(Debug)]
pub struct PortalLink(SecretString);

impl PortalLink {
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

/// Why it was not opened; each ends in the audit trail.
enum Stop {
    Refused(Reason),
    Failed(ServiceError),
}

impl<E: Into<ServiceError>> From<E> for Stop {
    fn from(error: E) -> Self {
        match error.into() {
            // What the decision says of a member whose flag went off, or role went away, meanwhile.
            ServiceError::NotFound => Self::Refused(Reason::FlagOff),
            ServiceError::Forbidden(reason) => Self::Refused(reason),
            error => Self::Failed(error),
        }
    }
}

/// The customer that an owner's first visit makes.
fn wanted_by(actor: &Actor, membership: &Membership) -> Wanted {
    Wanted {
        org: membership.organization.id,
        name: membership.organization.name.clone(),
        email: actor.person().email.clone(),
        door: Door::Owner {
            actor: Box::new(actor.clone()),
            membership: Box::new(membership.clone()),
            action: Action::SetUpBilling,
        },
    }
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`] for strangers and with the flag off, [`ServiceError::Forbidden`] for
    /// members who aren't owners, [`ServiceError::ProofTooOld`], [`ServiceError::Payments`] when the
    /// provider fails.
    pub async fn open_portal(&self, actor: &Actor, slug: &str) -> Result<PortalLink, ServiceError> {
        let org = match actor.membership(slug) {
            Ok(membership) => Some(membership.organization.id),
            // So that owners see who tried: also where the one asking is a stranger.
            Err(_) => self.organization_asked_for(slug).await?,
        };
        let stop = match self.try_open(actor, slug).await {
            Ok(session) => {
                self.note(actor, org, AuditOutcome::Done, None).await?;
                return Ok(PortalLink(session.url));
            }
            Err(stop) => stop,
        };
        match stop {
            Stop::Refused(reason) => {
                self.note(actor, org, AuditOutcome::Refused, Some(reason.as_str())).await?;
                Err(refusal(reason))
            }
            Stop::Failed(error) => {
                let (outcome, reason) = match &error {
                    ServiceError::ProofTooOld => (AuditOutcome::Refused, "proof_too_old"),
                    ServiceError::Payments(error) => (AuditOutcome::Failed, error.as_str()),
                    _ => (AuditOutcome::Failed, "unavailable"),
                };
                self.note(actor, org, outcome, Some(reason)).await?;
                Err(error)
            }
        }
    }

    async fn try_open(&self, actor: &Actor, slug: &str) -> Result<PortalSession, Stop> {
        let until = Instant::now() + PATIENCE;
        // Read again here, at the moment that counts.
        let now = self.renew(actor).await?.ok_or(Stop::Refused(Reason::NotAMember))?;
        let may = self.may_open(&now, slug).await;
        if matches!(may, Ok(_) | Err(Reason::NoCustomer)) {
            // After the decision: who may not is told that, and nothing about proofs (check L06).
            self.require_recent_proof(&now)?;
        }
        match may {
            Ok(membership) => self.ask_provider(membership, until).await.map_err(Stop::from),
            Err(Reason::NoCustomer) => {
                let membership = now.membership(slug).map_err(|_| Stop::Refused(Reason::NotAMember))?;
                refuse_unless(&self.decide(&now, membership, Action::SetUpBilling).await)?;
                self.ensure_customer(&wanted_by(&now, membership), until).await?;
                // The role or the flag may have changed while we waited.
                let then = self.renew(&now).await?.ok_or(Stop::Refused(Reason::NotAMember))?;
                let membership = self.may_open(&then, slug).await.map_err(Stop::Refused)?;
                self.ask_provider(membership, until).await.map_err(Stop::from)
            }
            Err(reason) => Err(Stop::Refused(reason)),
        }
    }

    /// The one decision (P-02), with its first reason.
    async fn may_open<'a>(&self, actor: &'a Actor, slug: &str) -> Result<&'a Membership, Reason> {
        let membership = actor.membership(slug).map_err(|_| Reason::NotAMember)?;
        let decision = self.decide(actor, membership, Action::OpenBillingPortal).await;
        match decision.first_reason() {
            None if decision.allowed => Ok(membership),
            reason => Err(reason.unwrap_or(Reason::Undecidable)),
        }
    }

    async fn ask_provider(&self, membership: &Membership, until: Instant) -> Result<PortalSession, PaymentsError> {
        let org = membership.organization.id;
        let payments = &self.ports.payments;
        let customer = match &membership.billing.customer {
            Some(customer) if membership.billing.livemode == payments.livemode() => customer,
            _ => {
                self.ports.alerts.raise(&Alert::CustomerMismatch { org });
                return Err(PaymentsError::Mismatch);
            }
        };
        let return_url = self.billing_settings_url(membership);
        let key = format!("portico-portal-{}", self.entropy().uuid());
        let answer = timeout_at(until, payments.create_portal_session(customer, &return_url, &key))
            .await
            .unwrap_or(Err(PaymentsError::Timeout));
        let session = answer.inspect_err(|error| {
            self.ports.alerts.raise(&Alert::PaymentsFailed { org, call: "create_portal_session", error });
        })?;
        let answer = HostedPage {
            customer: &session.customer,
            livemode: session.livemode,
            url: session.url.expose_secret(),
            return_url: session.return_url.as_deref(),
        };
        match check_hosted_page(&answer, customer, payments.livemode(), &return_url, &self.settings.portal_origins) {
            Ok(()) => Ok(session),
            Err(mismatch) => {
                self.ports.alerts.raise(&Alert::PortalMismatch { org, mismatch });
                Err(PaymentsError::Mismatch)
            }
        }
    }

    /// From configuration, never from the request (check B05).
    fn billing_settings_url(&self, membership: &Membership) -> url::Url {
        let mut url = self.settings.base_url.clone();
        url.set_path(&format!("/o/{}/settings/billing", membership.organization.slug));
        url
    }

    async fn note(
        &self,
        actor: &Actor,
        org: Option<OrgId>,
        outcome: AuditOutcome,
        reason: Option<&'static str>,
    ) -> Result<(), ServiceError> {
        self.record(actor, Happening { action: AuditAction::OpenBillingPortal, outcome, reason, org }).await
    }
}
