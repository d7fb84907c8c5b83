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
    CustomerId,
    audit::{AuditAction, AuditOutcome},
    billing::{PortalAnswer, check_portal_answer},
};
use policy::{Action, Reason};
use secrecy::{ExposeSecret, SecretString};
use store::Membership;
use tokio::time::{Instant, timeout_at};

use super::payments::{PaymentsError, PortalSession};
use crate::{Actor, Alert, ServiceError, Services, audit::Happening, orgs::refuse_unless};

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

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`] for strangers and with the flag off, [`ServiceError::Forbidden`] for
    /// members who aren't owners, [`ServiceError::Payments`] when the provider fails.
    pub async fn open_portal(&self, actor: &Actor, slug: &str) -> Result<PortalLink, ServiceError> {
        let until = Instant::now() + PATIENCE;
        // Read again here, at the moment that counts.
        let actor = self.renew(actor).await?;
        let membership = match actor.membership(slug) {
            Ok(membership) => membership,
            Err(error) => {
                self.note(&actor, None, AuditOutcome::Refused, Some(Reason::NotAMember.as_str())).await?;
                return Err(error);
            }
        };
        let decision = self.decide(&actor, membership, Action::OpenBillingPortal).await;
        match decision.first_reason() {
            None if decision.allowed => self.open(&actor, membership, until).await,
            Some(Reason::NoCustomer) => {
                self.ensure_customer(&actor, membership, until).await?;
                // The role or the flag may have changed while we waited.
                let actor = self.renew(&actor).await?;
                let membership = actor.membership(slug)?;
                self.refuse(&actor, membership).await?;
                self.open(&actor, membership, until).await
            }
            _ => {
                self.refuse(&actor, membership).await?;
                Err(ServiceError::NotFound)
            }
        }
    }

    /// Decides, and writes a no down.
    async fn refuse(&self, actor: &Actor, membership: &Membership) -> Result<(), ServiceError> {
        let decision = self.decide(actor, membership, Action::OpenBillingPortal).await;
        if let Some(reason) = decision.first_reason() {
            self.note(actor, Some(membership), AuditOutcome::Refused, Some(reason.as_str())).await?;
        }
        refuse_unless(&decision)
    }

    async fn open(&self, actor: &Actor, membership: &Membership, until: Instant) -> Result<PortalLink, ServiceError> {
        let org = membership.organization.id;
        let opened = match &membership.billing.customer {
            Some(_) if membership.billing.livemode != self.ports.payments.livemode() => {
                self.ports.alerts.raise(&Alert::CustomerMismatch { org });
                Err(PaymentsError::Mismatch)
            }
            Some(customer) => self.ask_provider(membership, customer, until).await,
            // The decision to open says that there is one.
            None => Err(PaymentsError::Mismatch),
        };
        match opened {
            Ok(session) => {
                self.note(actor, Some(membership), AuditOutcome::Done, None).await?;
                Ok(PortalLink(session.url))
            }
            Err(error) => {
                self.note(actor, Some(membership), AuditOutcome::Failed, Some(error.as_str())).await?;
                Err(error.into())
            }
        }
    }

    async fn ask_provider(
        &self,
        membership: &Membership,
        customer: &CustomerId,
        until: Instant,
    ) -> Result<PortalSession, PaymentsError> {
        let org = membership.organization.id;
        let payments = &self.ports.payments;
        let return_url = self.billing_settings_url(membership);
        let key = format!("portico-portal-{}", self.entropy().uuid());
        let answer = timeout_at(until, payments.create_portal_session(customer, &return_url, &key))
            .await
            .unwrap_or(Err(PaymentsError::Timeout));
        let session = answer.inspect_err(|error| {
            self.ports.alerts.raise(&Alert::PaymentsFailed { org, call: "create_portal_session", error });
        })?;
        let answer = PortalAnswer {
            customer: &session.customer,
            livemode: session.livemode,
            url: session.url.expose_secret(),
            return_url: session.return_url.as_deref(),
        };
        match check_portal_answer(&answer, customer, payments.livemode(), &return_url, &self.settings.portal_origins) {
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
        membership: Option<&Membership>,
        outcome: AuditOutcome,
        reason: Option<&'static str>,
    ) -> Result<(), ServiceError> {
        let org = membership.map(|membership| membership.organization.id);
        self.record(actor, Happening { action: AuditAction::OpenBillingPortal, outcome, reason, org }).await
    }
}
