//! Begin to buy a plan: on the provider's own page (B-03, C-01; checks B05 to B07).
//!
//! What must hold: the client names a plan and an interval, and everything else is ours: price, seats,
//! trial, currency, addresses. Of one organisation one checkout at most can be paid, and none while a
//! subscription goes on, by our rows and by the provider's at that moment; the place at the counter
//! (`checkouts`) is taken by one at a time, on any node. Nothing is granted here: that comes by the
//! inbox (B-04).
//!
//! Accepted race: a call that the provider takes after we gave it up, and that its list does not show
//! yet, leaves a second page that can be paid. The inbox raises `subscribed_twice` then.

use std::time::Duration;

use domain::{
    OrgId,
    audit::{AuditAction, AuditOutcome},
    billing::{
        HostedPage, check_hosted_page,
        checkout::{Choice, NotSold, OpenCheckout, Order, choose, may_buy, sort_open},
        reduce,
    },
    form::{Field, Problem},
};
use futures::future::try_join;
use policy::Action;
use secrecy::{ExposeSecret, SecretString};
use store::Membership;
use tokio::time::Instant;

use super::{
    create_customer::{Door, Wanted},
    payments::{CheckoutSession, NewCheckout, PaymentsError},
};
use crate::{Actor, Alert, ServiceError, Services, audit::Happening};

/// The whole action; a clear page stands within ten seconds (check F8).
const PATIENCE: Duration = Duration::from_secs(9);

/// Where to send the browser: a bearer secret (check B10).
#[derive(Debug)]
pub struct CheckoutLink(SecretString);

impl CheckoutLink {
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`] for what is not
    /// sold or with a subscription that goes on, [`ServiceError::Payments`] when the provider fails.
    pub async fn start_checkout(
        &self,
        actor: &Actor,
        slug: &str,
        plan: &str,
        interval: &str,
    ) -> Result<CheckoutLink, ServiceError> {
        let now = self.renew(actor).await?.ok_or(ServiceError::NotFound)?;
        let membership = self.admit(&now, slug, Action::ManageBilling, AuditAction::StartCheckout).await?.clone();
        choose(&self.settings.catalogue, plan, interval).map_err(not_sold)?;
        // In a task of its own: a browser that hangs up must not leave the counter taken, nor a page
        // made of which the trail says nothing.
        let (services, plan, interval) = (self.clone(), plan.to_owned(), interval.to_owned());
        let task = tokio::spawn(async move { services.buy(&now, &membership, &plan, &interval).await });
        task.await.unwrap_or(Err(ServiceError::Busy))
    }

    async fn buy(
        &self,
        actor: &Actor,
        membership: &Membership,
        plan: &str,
        interval: &str,
    ) -> Result<CheckoutLink, ServiceError> {
        let until = Instant::now() + PATIENCE;
        let choice = choose(&self.settings.catalogue, plan, interval).map_err(not_sold)?;
        let bought = self.queue(actor, membership, &choice, until).await;
        let (outcome, reason) = match &bought {
            Ok(_) => (AuditOutcome::Done, None),
            Err(ServiceError::Invalid(_)) => (AuditOutcome::Refused, Some("subscribed_already")),
            Err(ServiceError::Payments(error)) => (AuditOutcome::Failed, Some(error.as_str())),
            Err(_) => (AuditOutcome::Failed, Some("unavailable")),
        };
        let (person, org) = (actor.person(), Some(membership.organization.id));
        let happening = Happening { action: AuditAction::StartCheckout, outcome, reason, org };
        let about = format!("{}, by the {}", choice.plan.slug, choice.interval);
        let entry = self.entry(Some(person.id), &person.email, actor.origin(), happening).about(&about);
        self.store.insert_audit_entry(&entry).await?;
        bought
    }

    /// One at a time for each organisation.
    async fn queue(
        &self,
        actor: &Actor,
        membership: &Membership,
        choice: &Choice<'_>,
        until: Instant,
    ) -> Result<CheckoutLink, ServiceError> {
        let org = membership.organization.id;
        let wanted = Wanted {
            org,
            name: membership.organization.name.clone(),
            email: actor.person().email.clone(),
            door: Door::Owner {
                actor: Box::new(actor.clone()),
                membership: Box::new(membership.clone()),
                action: Action::ManageBilling,
            },
        };
        let customer = self.ensure_customer(&wanted, until).await?;
        self.at_counter(org, until, self.begin(membership, &customer, choice)).await
    }

    async fn begin(
        &self,
        membership: &Membership,
        customer: &domain::CustomerId,
        choice: &Choice<'_>,
    ) -> Result<CheckoutLink, ServiceError> {
        let org = membership.organization.id;
        let payments = &self.ports.payments;
        // In this order: one that is paid between the two answers is in the first or has made what is in the
        // second. The other way around it might be in neither, and a second one be made.
        let open = payments.open_checkouts(customer).await;
        let open = open.inspect_err(|error| self.checkout_failed(org, "open_checkouts", error))?;
        let seen = payments.billing_of(customer).await;
        let seen = seen.inspect_err(|error| self.checkout_failed(org, "billing_of", error))?;
        let (stored, members) = try_join(self.store.find_subscription(org), self.store.list_members(org)).await?;
        may_buy(stored.as_ref(), &reduce(&seen.subscriptions)).map_err(not_sold)?;
        let had_one = stored.is_some() || !seen.subscriptions.is_empty();
        let members = u32::try_from(members.len()).unwrap_or(u32::MAX);
        let order = Order::of(choice, &self.settings.catalogue.currency, (members, had_one));
        let order = order.ok_or_else(|| not_sold(NotSold::NoSuchPlan))?;
        let (same, others) = sort_open(&open, &order);
        for other in others {
            self.end_checkout(org, other).await?;
        }
        if let Some(same) = same {
            let session = payments.checkout(&same.id).await;
            let session = session.inspect_err(|error| self.checkout_failed(org, "checkout", error))?;
            if self.returns_here(membership, &session) {
                return self.compared(membership, customer, session);
            }
            // Made when this site had another address.
            self.end_checkout(org, same).await?;
        }
        let session = self.create_session(membership, customer, order).await;
        let session = session.inspect_err(|error| self.checkout_failed(org, "create_checkout", error))?;
        self.compared(membership, customer, session)
    }

    /// A checkout that was paid meanwhile can't be ended: then there is nothing to buy any more.
    async fn end_checkout(&self, org: OrgId, open: &OpenCheckout) -> Result<(), ServiceError> {
        match self.ports.payments.expire_checkout(&open.id).await {
            Ok(()) => Ok(()),
            Err(PaymentsError::Refused { .. }) => Err(not_sold(NotSold::SubscribedAlready)),
            Err(error) => {
                self.checkout_failed(org, "expire_checkout", &error);
                Err(error.into())
            }
        }
    }

    async fn create_session(
        &self,
        membership: &Membership,
        customer: &domain::CustomerId,
        order: Order<'_>,
    ) -> Result<CheckoutSession, PaymentsError> {
        let organization = &membership.organization;
        let new = NewCheckout {
            org: organization.id,
            customer,
            order,
            success_url: self.checkout_return(&organization.slug, Some("done")),
            cancel_url: self.checkout_return(&organization.slug, None),
        };
        // Of this click: a second click finds the open one.
        let key = format!("portico-checkout-{}", self.entropy().uuid());
        self.ports.payments.create_checkout(&new, &key).await
    }

    /// From configuration, never from the request (check B05).
    fn checkout_return(&self, slug: &str, outcome: Option<&str>) -> url::Url {
        let mut url = self.settings.base_url.clone();
        url.set_path(&format!("/o/{slug}/settings/billing{}", if outcome.is_some() { "" } else { "/plans" }));
        url.set_query(outcome.map(|outcome| format!("checkout={outcome}")).as_deref());
        url
    }

    fn returns_here(&self, membership: &Membership, session: &CheckoutSession) -> bool {
        let back = self.checkout_return(&membership.organization.slug, Some("done"));
        session.success_url.as_deref() == Some(back.as_str())
    }

    fn compared(
        &self,
        membership: &Membership,
        customer: &domain::CustomerId,
        session: CheckoutSession,
    ) -> Result<CheckoutLink, ServiceError> {
        let org = membership.organization.id;
        let back = self.checkout_return(&membership.organization.slug, Some("done"));
        let page = HostedPage {
            customer: &session.customer,
            livemode: session.livemode,
            url: session.url.expose_secret(),
            return_url: session.success_url.as_deref(),
        };
        let livemode = self.ports.payments.livemode();
        match check_hosted_page(&page, customer, livemode, &back, &self.settings.checkout_origins) {
            Ok(()) => Ok(CheckoutLink(session.url)),
            Err(mismatch) => {
                self.ports.alerts.raise(&Alert::CheckoutMismatch { org, mismatch });
                Err(PaymentsError::Mismatch.into())
            }
        }
    }

    fn checkout_failed(&self, org: OrgId, call: &'static str, error: &PaymentsError) {
        self.ports.alerts.raise(&Alert::PaymentsFailed { org, call, error });
    }
}

fn not_sold(why: NotSold) -> ServiceError {
    let problem = match why {
        NotSold::NoSuchPlan => Problem::Missing,
        NotSold::SubscribedAlready => Problem::AlreadyThere,
    };
    ServiceError::Invalid(vec![(Field::Plan, problem)])
}
