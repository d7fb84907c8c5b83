//! Bring an organisation's billing to what the payment provider says now (B-04, W-04, W-05).
//!
//! What must hold: whatever was told, in whatever order and how often, what is stored is what was
//! fetched last, and of one customer one worker fetches at a time. A mail is written with the state
//! that it speaks of, or not at all.
//!
//! Accepted race: between the answer and the write the provider may have changed once more; it told
//! us so with another event, which is waiting by then.

use std::collections::HashMap;

use domain::{
    CustomerId, Millis, OrgId, Timestamp,
    audit::{AuditAction, AuditOutcome},
    billing::{
        Invoice, InvoiceSeen, NextInvoice, Notice, Subscription, SubscriptionSeen, Told, event::Suspicion, notice,
        reduce,
    },
    orgs::Role,
    outbox,
};
use futures::future::try_join;
use store::{AuditEntry, BillingState, LeasedCustomer, NewOutboxRow, Settled, StoreError, WaitingEvent};

use super::payments::{BillingSeen, PaymentsError};
use crate::{Alert, Origin, ServiceError, Services, audit::Happening, mail::Letter};

/// Longer than fetching (two calls at once) and writing may take; what a dead worker held waits that long.
const LEASE: Millis = Millis::seconds(30);
/// Who acted, in the trail.
const PROVIDER: &str = "payment provider";

/// Why a customer could not be brought up to date.
enum Stop {
    /// The customer is no organisation's, as far as we know: it may be stored any moment (check W08).
    Unknown,
    OtherMode,
    /// Its subscription is stored for another organisation.
    Taken,
    Payments(PaymentsError),
}

impl Stop {
    const fn as_str(&self) -> &'static str {
        match self {
            Self::Unknown => "no organization has this customer",
            Self::OtherMode => "the customer is of the other mode",
            Self::Taken => "the subscription is another organization's",
            Self::Payments(error) => error.as_str(),
        }
    }
}

impl Services {
    /// Up to `limit` customers of whom something was told, held for this worker.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take_billing_customers(&self, limit: u64) -> Result<Vec<LeasedCustomer>, ServiceError> {
        let (now, lease) = (self.now(), self.entropy().uuid().to_string());
        Ok(self.store.lease_billing_customers(limit, &lease, now, now + LEASE).await?)
    }

    /// Fetches what a customer has, stores it, and settles what was told of them. Answers whether it is stored:
    /// what can't be fetched now is put off, and what another worker took over is theirs.
    ///
    /// # Errors
    /// When the database does not answer: it is done again when the lease has run out.
    pub async fn sync_customer(&self, held: &LeasedCustomer) -> Result<bool, ServiceError> {
        // Before fetching: what comes in from here on is not answered by what is fetched now.
        let events = self.store.waiting_billing_events(&held.customer).await?;
        match self.try_sync(held, &events).await? {
            Ok(written) => Ok(written),
            Err(stop) => self.put_off_events(held, &events, stop.as_str()).await.map(|()| false),
        }
    }

    /// For a worker in whose hands it broke: again later.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_off_customer(&self, held: &LeasedCustomer, why: &str) -> Result<(), ServiceError> {
        let events = self.store.waiting_billing_events(&held.customer).await?;
        self.put_off_events(held, &events, why).await
    }

    async fn try_sync(
        &self,
        held: &LeasedCustomer,
        events: &[WaitingEvent],
    ) -> Result<Result<bool, Stop>, ServiceError> {
        let Some(org) = held.org else { return Ok(Err(Stop::Unknown)) };
        if held.livemode != self.ports.payments.livemode() {
            return Ok(Err(Stop::OtherMode));
        }
        let ours = self.quarantine_others(org, events).await?;
        if ours.is_empty() && !events.is_empty() {
            self.store.release_billing_customer(held).await?;
            return Ok(Ok(false));
        }
        let payments = &self.ports.payments;
        let seen = match payments.billing_of(&held.customer).await {
            Ok(seen) => seen,
            Err(error) => return Ok(Err(Stop::Payments(error))),
        };
        let current = self.current_subscription(org, &seen.subscriptions).cloned();
        // For people to read, and nothing else depends on it: without it the rest is stored all the same.
        let next = match current.as_ref().filter(|one| one.status.goes_on()) {
            None => Ok(None),
            Some(one) => payments.next_invoice(&one.id).await.inspect_err(|error| {
                tracing::warn!(%error, "the next invoice is not known; what was shown of it stays");
            }),
        };
        store::kill_point!("sync-fetched");
        let written = self.write_seen(held, org, (&seen, current, next), &ours).await;
        store::kill_point!("sync-written");
        match written {
            Ok(written) => Ok(Ok(written)),
            Err(StoreError::Conflict) => Ok(Err(Stop::Taken)),
            Err(error) => Err(error.into()),
        }
    }

    /// Events that name another organisation than their customer's are kept and not applied (check W07).
    async fn quarantine_others(&self, org: OrgId, events: &[WaitingEvent]) -> Result<Vec<String>, ServiceError> {
        let is_other = |event: &&WaitingEvent| names_another(event.claimed_org.as_deref(), org);
        let others: Vec<String> = events.iter().filter(is_other).map(|event| event.id.clone()).collect();
        let why = Suspicion::OtherOrganization.as_str();
        for event in &others {
            self.ports.alerts.raise(&Alert::EventQuarantined { event, why });
        }
        self.store.settle_billing_events(&others, Settled::Quarantined(why), self.now()).await?;
        Ok(events.iter().filter(|event| !is_other(event)).map(|event| event.id.clone()).collect())
    }

    async fn write_seen(
        &self,
        held: &LeasedCustomer,
        org: OrgId,
        (seen, mut subscription, next): (
            &BillingSeen,
            Option<Subscription>,
            Result<Option<NextInvoice>, PaymentsError>,
        ),
        events: &[String],
    ) -> Result<bool, StoreError> {
        let now = self.now();
        let ids: Vec<&str> = seen.invoices.iter().map(|one| one.invoice.id.as_str()).collect();
        let (before, told) =
            try_join(self.store.find_subscription(org), self.store.told_of_invoices(org, &ids)).await?;
        if let Some(subscription) = subscription.as_mut().filter(|one| one.status.goes_on()) {
            let of_before = || before.as_ref().and_then(|before| before.upcoming.invoice.clone());
            subscription.upcoming.invoice = next.unwrap_or_else(|_| of_before());
        }
        let subscription = subscription.as_ref();
        let (invoices, notices) = news(&seen.invoices, &told, now);
        let letters = self.letters_of(org, &notices).await?;
        let entry = self.entry_of_change(org, before.as_ref(), subscription);
        let state =
            BillingState { org, subscription, invoices: &invoices, letters: &letters, entry: entry.as_ref(), events };
        let written = self.store.write_billing_state(held, &state, now).await?;
        if !written {
            tracing::warn!(%org, "another worker took this customer over; what this one fetched is not written");
        }
        Ok(written)
    }

    /// The one that counts, of those that do not name somebody else.
    fn current_subscription<'a>(&self, org: OrgId, seen: &'a [SubscriptionSeen]) -> Option<&'a Subscription> {
        let (others, ours): (Vec<_>, Vec<_>) =
            seen.iter().partition(|one| names_another(one.organization.as_deref(), org));
        if !others.is_empty() {
            self.ports.alerts.raise(&Alert::SubscriptionNamesAnother { org });
        }
        let reduced = reduce(ours);
        if reduced.others_going_on > 0 {
            self.ports.alerts.raise(&Alert::SubscribedTwice { org });
        }
        let current = reduced.current?;
        if self.settings.catalogue.plan(&current.subscription.plan).is_none() {
            self.ports.alerts.raise(&Alert::UnknownPlan { org });
        }
        Some(&current.subscription)
    }

    /// To every owner, of each piece of news.
    async fn letters_of(
        &self,
        org: OrgId,
        notices: &[(&InvoiceSeen, Notice)],
    ) -> Result<Vec<NewOutboxRow>, StoreError> {
        if notices.is_empty() {
            return Ok(Vec::new());
        }
        let (organization, members) = try_join(self.store.find_organization(org), self.store.list_members(org)).await?;
        let Some(organization) = organization else { return Ok(Vec::new()) };
        let settings = self.link(&format!("/o/{}/settings/billing", organization.slug), None);
        let owners: Vec<_> = members.into_iter().filter(|member| member.role == Role::Owner).collect();
        let letters = notices.iter().flat_map(|(InvoiceSeen { invoice, remaining }, notice)| {
            owners.iter().map(|owner| {
                let (name, called) = (owner.person.name.clone(), organization.name.clone());
                let key = format!("{}:{}:{}", invoice.id, invoice.attempts, owner.person.id);
                match notice {
                    Notice::Receipt => {
                        let letter = Letter::Receipt {
                            name,
                            organization: called,
                            amount: invoice.paid.to_string(),
                            number: invoice.number.clone(),
                            at: invoice.paid_at.unwrap_or(invoice.created),
                            link: invoice.page.clone().unwrap_or_else(|| settings.clone()),
                        };
                        self.letter_row(&owner.person.email, letter, &format!("receipt:{key}"))
                    }
                    Notice::PaymentFailed => {
                        let letter = Letter::PaymentFailed {
                            name,
                            organization: called,
                            amount: remaining.to_string(),
                            again: invoice.next_attempt,
                            link: settings.clone(),
                        };
                        self.letter_row(&owner.person.email, letter, &format!("payment_failed:{key}"))
                    }
                }
            })
        });
        Ok(letters.collect())
    }

    /// That the plan or its state is another one is worth an entry; that a month went by is not.
    fn entry_of_change(
        &self,
        org: OrgId,
        before: Option<&Subscription>,
        after: Option<&Subscription>,
    ) -> Option<AuditEntry> {
        let what =
            |one: &Subscription| (one.plan.clone(), one.status, one.interval, one.seats, one.cancel_at.is_some());
        if before.map(what) == after.map(what) {
            return None;
        }
        let happening = Happening {
            action: AuditAction::ChangeSubscription,
            outcome: AuditOutcome::Done,
            reason: None,
            org: Some(org),
        };
        let origin = Origin { request_id: self.entropy().uuid().to_string(), ..Origin::default() };
        let words = after.map_or_else(|| "none".to_owned(), |one| format!("{}, {}", one.plan, one.status.as_str()));
        Some(self.entry(None, PROVIDER, &origin, happening).about(&words))
    }

    /// Again later; what has been tried for days is given up, and people are told (W-07).
    async fn put_off_events(
        &self,
        held: &LeasedCustomer,
        events: &[WaitingEvent],
        why: &str,
    ) -> Result<(), ServiceError> {
        let now = self.now();
        let hopeless: Vec<String> =
            events.iter().filter(|event| outbox::is_hopeless(event.since, now)).map(|event| event.id.clone()).collect();
        self.store.settle_billing_events(&hopeless, Settled::Parked(why, held.attempts + 1), now).await?;
        for event in &hopeless {
            self.ports.alerts.raise(&Alert::EventParked { event, why });
        }
        if hopeless.len() == events.len() {
            self.store.release_billing_customer(held).await?;
            return Ok(());
        }
        tracing::warn!(
            attempts = held.attempts + 1,
            why,
            waiting = events.len(),
            "a customer can't be brought up to date yet; again later"
        );
        let due = now + outbox::pause_after(held.attempts + 1);
        self.store.put_off_billing_customer(held, why, due).await?;
        Ok(())
    }

    /// Holds one customer for this worker, whether anything was told of them or not.
    pub(crate) async fn hold_customer(&self, customer: &CustomerId) -> Result<Option<LeasedCustomer>, ServiceError> {
        let (now, lease) = (self.now(), self.entropy().uuid().to_string());
        Ok(self.store.lease_billing_customer(customer, &lease, now, now + LEASE).await?)
    }
}

pub(super) fn names_another(claimed: Option<&str>, org: OrgId) -> bool {
    claimed.is_some_and(|claimed| claimed != org.to_string())
}

type Written = Vec<(Invoice, Told)>;

/// The invoices as they are to be stored, and what is news among them.
fn news<'a>(
    invoices: &'a [InvoiceSeen],
    told: &HashMap<String, Told>,
    now: Timestamp,
) -> (Written, Vec<(&'a InvoiceSeen, Notice)>) {
    let mut notices = Vec::new();
    let written = invoices
        .iter()
        .map(|seen| {
            let (news, told) = notice(&seen.invoice, told.get(&seen.invoice.id).copied(), now);
            notices.extend(news.map(|news| (seen, news)));
            (seen.invoice.clone(), told)
        })
        .collect();
    (written, notices)
}
