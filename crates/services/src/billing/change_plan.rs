//! Change the plan (L-06, L-07): at once and paid for, or when the period is over.
//!
//! What must hold: what is paid is what was shown, to the cent, or nothing is changed, and what was shown
//! to be paid for now is never put off instead; a card that is refused changes nothing (check B08); of one
//! organisation one change at a time, on any node, so that the same click twice is one change; a charge is
//! only begun with time for its answer; what we show afterwards is what the provider has.

use std::time::Duration;

use domain::{
    CustomerId, OrgId, Timestamp,
    audit::{AuditAction, AuditOutcome},
    billing::change::{When, is_fresh, when},
    form::{Field, Problem},
};
use policy::Action;
use store::Membership;
use tokio::time::{Instant, sleep, timeout};

use super::{
    payments::{CALL_TIMEOUT, PaymentsError, PlanChange, PriceWanted},
    running::{Wish, not_changed, why},
};
use crate::{Actor, Alert, ServiceError, Services, audit::Happening};

/// A change that is paid for takes a few calls; a clear page stands after that (check F8).
const PATIENCE: Duration = Duration::from_secs(9);

/// How long somebody waits for a worker that looks at the same customer, and how often they try.
const LOOK_FOR: Duration = Duration::from_secs(3);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How long the page waits for that. With [`PATIENCE`] it is less than a request may take; the looking itself
/// goes on to its end.
const SHOWN_WITHIN: Duration = Duration::from_secs(4);

/// What was shown when somebody confirmed. Comes from the client, and is only compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// In the currency's smallest unit.
    pub due: i64,
    pub at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    Now,
    AtPeriodEnd,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::ProofTooOld`],
    /// [`ServiceError::Invalid`] for what can't be changed to, for an amount that is another one by now
    /// and for a card that is refused, [`ServiceError::Payments`] when the provider fails.
    pub async fn change_plan(
        &self,
        actor: &Actor,
        slug: &str,
        wish: Wish,
        shown: Option<Shown>,
    ) -> Result<Changed, ServiceError> {
        let now = self.renew(actor).await?.ok_or(ServiceError::NotFound)?;
        let membership = self.admit(&now, slug, Action::ManageBilling, AuditAction::ChangePlan).await?.clone();
        self.require_recent_proof(&now)?;
        // In a task of its own: who hangs up does not leave a change of which the trail says nothing.
        let services = self.clone();
        let task = tokio::spawn(async move { services.change_and_note(&now, &membership, &wish, shown).await });
        task.await.unwrap_or(Err(ServiceError::Busy))
    }

    async fn change_and_note(
        &self,
        actor: &Actor,
        membership: &Membership,
        wish: &Wish,
        shown: Option<Shown>,
    ) -> Result<Changed, ServiceError> {
        let (org, until) = (membership.organization.id, Instant::now() + PATIENCE);
        let changed = self.at_counter(org, until, self.change_running(membership, wish, shown, until)).await;
        let (outcome, reason) = match &changed {
            Ok(_) => (AuditOutcome::Done, None),
            Err(ServiceError::Invalid(problems)) => {
                (AuditOutcome::Refused, problems.first().map(|(_, problem)| why(*problem)))
            }
            Err(ServiceError::Payments(error)) => (AuditOutcome::Failed, Some(error.as_str())),
            Err(_) => (AuditOutcome::Failed, Some("unavailable")),
        };
        let about = match wish.seats.trim() {
            "" => format!("{}, by the {}", wish.plan, wish.interval),
            seats => format!("{}, by the {}, {seats} seats", wish.plan, wish.interval),
        };
        let about: String = about.chars().take(120).collect();
        let happening = Happening { action: AuditAction::ChangePlan, outcome, reason, org: Some(org) };
        let (person, origin) = (actor.person(), actor.origin());
        let entry = self.entry(Some(person.id), &person.email, origin, happening).about(&about);
        self.store.insert_audit_entry(&entry).await?;
        // Also when it failed: it may have been done and the answer lost.
        if !matches!(changed, Err(ServiceError::Invalid(_))) {
            self.look_again(membership).await;
        }
        changed
    }

    async fn change_running(
        &self,
        membership: &Membership,
        wish: &Wish,
        shown: Option<Shown>,
        until: Instant,
    ) -> Result<Changed, ServiceError> {
        let org = membership.organization.id;
        let running = self.running(membership).await?;
        let target = running.target(wish).map_err(not_changed)?;
        let (change, wanted) = running.change(&target)?;
        let schedule = running.seen.schedule.as_deref();
        match when(&running.catalogue, &running.seen.subscription, &target).map_err(not_changed)? {
            // Something was to be paid, and what would be done now is something else: somebody else changed the
            // plan meanwhile.
            When::AtPeriodEnd if shown.is_some() => Err(outdated()),
            When::AtPeriodEnd => {
                // Of this click: the provider makes one of them for a subscription at a time.
                let key = format!("portico-schedule-{}", self.entropy().uuid());
                let done = self.ports.payments.schedule_change(&change, wanted, schedule, &key).await;
                done.inspect_err(|error| self.change_failed(org, "schedule_change", error))?;
                Ok(Changed::AtPeriodEnd)
            }
            When::Now => {
                let shown = shown.ok_or_else(outdated)?;
                // One that has no change in it any more, and would undo this one.
                if let Some(schedule) = schedule {
                    let released = self.ports.payments.release_schedule(schedule).await;
                    released.inspect_err(|error| self.change_failed(org, "release_schedule", error))?;
                }
                self.change_now(org, (&change, wanted), shown, until).await
            }
        }
    }

    async fn change_now(
        &self,
        org: OrgId,
        (change, wanted): (&PlanChange<'_>, PriceWanted<'_>),
        shown: Shown,
        until: Instant,
    ) -> Result<Changed, ServiceError> {
        let payments = &self.ports.payments;
        if !is_fresh(shown.at, self.now()) {
            return Err(outdated());
        }
        let preview = payments.preview_change(change, wanted, shown.at).await;
        let preview = preview.inspect_err(|error| self.change_failed(org, "preview_change", error))?;
        if preview.due.amount != shown.due {
            return Err(outdated());
        }
        // Begun later, it could be given up here and be paid there.
        if Instant::now() + CALL_TIMEOUT > until {
            self.change_failed(org, "preview_change", &PaymentsError::Timeout);
            return Err(PaymentsError::Timeout.into());
        }
        match payments.change_plan(change, &preview.price, shown.at, &key(change, shown.at)).await {
            Ok(billed) => {
                if billed != preview.due {
                    self.ports.alerts.raise(&Alert::ChangeMismatch {
                        org,
                        shown: preview.due.amount,
                        billed: billed.amount,
                    });
                }
                Ok(Changed::Now)
            }
            Err(error) if error.is_declined() => Err(ServiceError::Invalid(vec![(Field::Plan, Problem::Declined)])),
            Err(error) => {
                self.change_failed(org, "change_plan", &error);
                Err(error.into())
            }
        }
    }

    /// Stores what the provider has now, without waiting to be told. What fails here comes with its event.
    pub(super) async fn look_again(&self, membership: &Membership) {
        let Some(customer) = membership.billing.customer.clone() else { return };
        let (services, org) = (self.clone(), membership.organization.id);
        // In a task of its own: given up halfway, it would keep the customer from everybody for a while.
        let looking = tokio::spawn(async move {
            if let Err(error) = services.look_at_customer(&customer).await {
                tracing::warn!(%error, %org, "what was changed is not stored yet");
            }
        });
        if timeout(SHOWN_WITHIN, looking).await.is_err() {
            tracing::warn!(%org, "what was changed is stored after the page that says so");
        }
    }

    async fn look_at_customer(&self, customer: &CustomerId) -> Result<(), ServiceError> {
        // Somebody who looks already may have begun before the change was made: after them.
        let until = Instant::now() + LOOK_FOR;
        loop {
            match self.hold_customer(customer).await? {
                Some(held) => return self.sync_customer(&held).await.map(drop),
                None if Instant::now() < until => sleep(LOOK_EVERY).await,
                None => return Ok(()),
            }
        }
    }
}

fn outdated() -> ServiceError {
    ServiceError::Invalid(vec![(Field::Plan, Problem::Outdated)])
}

/// Of the intent: said again it is the same change, whoever says it.
fn key(change: &PlanChange<'_>, at: Timestamp) -> String {
    let PlanChange { subscription, plan, interval, seats, .. } = change;
    format!("portico-change-{}-{plan}-{interval}-{seats}-{}", subscription.as_str(), at.as_millis())
}
