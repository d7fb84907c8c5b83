//! Compare what we know with what the payment provider has, and set it right (F14): once a day for
//! every customer, and when an operator asks.
//!
//! What must hold: it finds what no event told us; a customer of whom events wait is only late, and
//! nothing is said of it; what is repaired is written as any event's work is, under the customer's
//! lease. What only people can judge is reported and left alone. One that can't be compared now keeps no
//! other waiting: its turn comes again in an hour.

use std::fmt;

use domain::{
    Millis,
    billing::{
        drift::{Drift, drifts},
        reduce,
    },
    orgs::Slug,
};
use store::{KnownCustomer, StoreError};

use super::sync_customer::names_another;
use crate::{Alert, ServiceError, Services};

/// Each customer is looked at this often.
const EVERY: Millis = Millis::hours(24);
/// And this soon again where it could not be looked at.
const AGAIN: Millis = Millis::hours(1);
/// How many are listed at once.
const AT_ONCE: u64 = 50;
/// And looked at in one turn of the job: some minutes' work, and far below what the provider lets through. At
/// six turns an hour one node comes round more than a hundred thousand.
const A_TURN: u64 = 1_000;

/// What an organisation's look showed.
#[derive(Debug)]
pub struct Reconciled {
    pub slug: String,
    pub drifts: Vec<Drift>,
    /// For people to judge.
    pub concerns: Vec<Concern>,
    pub repaired: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concern {
    SubscribedTwice,
    /// A subscription of this customer names another organisation.
    NamesAnother,
    UnknownPlan,
    OtherMode,
    /// It could not be asked.
    Unanswered,
    /// What we have of it can't be read.
    Unreadable,
}

impl fmt::Display for Concern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SubscribedTwice => "two subscriptions go on: end one of them at Stripe",
            Self::NamesAnother => "a subscription of its customer names another organization",
            Self::UnknownPlan => "it pays for a plan that plans.toml does not have",
            Self::OtherMode => "its customer is of the other mode (live or test)",
            Self::Unanswered => "Stripe did not answer for it",
            Self::Unreadable => "our own rows about it can't be read",
        })
    }
}

impl Services {
    /// Looks at one organisation, or at all; answers those where something is different, or that could not be
    /// compared.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for an address of none; the database's.
    pub async fn reconcile(&self, slug: Option<&str>, repair: bool) -> Result<Vec<Reconciled>, ServiceError> {
        if let Some(slug) = slug {
            let slug = Slug::parse(slug).ok_or(ServiceError::NotFound)?;
            let organization = self.store.find_organization_by_slug(&slug).await?.ok_or(ServiceError::NotFound)?;
            let known = self.store.find_known_customer(organization.id).await?;
            let looked = match &known {
                Some(known) => self.look(known, repair).await?.1,
                None => None,
            };
            return Ok(looked.into_iter().collect());
        }
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let page = self.store.list_known_customers(after, AT_ONCE).await?;
            let Some(last) = page.last() else { return Ok(found) };
            after = Some(last.org);
            for known in &page {
                found.extend(self.look(known, repair).await?.1);
            }
        }
    }

    /// The job: those whose day is over, the longest waiting first; answers how many.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn reconcile_due(&self) -> Result<u64, ServiceError> {
        let mut looked = 0;
        while looked < A_TURN {
            let some = self.reconcile_some().await?;
            looked += some;
            if some < AT_ONCE {
                break;
            }
        }
        Ok(looked)
    }

    async fn reconcile_some(&self) -> Result<u64, ServiceError> {
        let livemode = self.ports.payments.livemode();
        let due = self.store.list_customers_to_check(livemode, self.now() - EVERY, AT_ONCE).await?;
        for known in &due {
            let (_, looked) = self.look(known, true).await?;
            let Some(looked) = looked else { continue };
            for drift in &looked.drifts {
                tracing::warn!(org = looked.slug, %drift, repaired = looked.repaired, "billing differed from the payment provider's");
            }
            for concern in &looked.concerns {
                tracing::warn!(org = looked.slug, %concern, "billing needs somebody to look at it");
            }
            if !looked.drifts.is_empty() {
                self.ports.alerts.raise(&Alert::Drift { org: known.org });
            }
        }
        Ok(due.len() as u64)
    }

    /// Compares one and, where it is to be repaired, notes when its turn comes again.
    async fn look(&self, known: &KnownCustomer, repair: bool) -> Result<Looked, ServiceError> {
        let looked = match self.reconcile_one(known, repair).await {
            Err(ServiceError::Store(StoreError::Corrupt(what))) => {
                tracing::error!(org = %known.org, what, "what we have of an organization's billing can't be read");
                (false, Some(found(known, Vec::new(), vec![Concern::Unreadable])))
            }
            looked => looked?,
        };
        if repair {
            let checked = if looked.0 { self.now() } else { self.now() - EVERY + AGAIN };
            self.store.note_customer_checked(known.org, checked).await?;
        }
        Ok(looked)
    }

    /// Nothing found where everything is the same, or an event is on its way.
    async fn reconcile_one(&self, known: &KnownCustomer, repair: bool) -> Result<Looked, ServiceError> {
        if known.livemode != self.ports.payments.livemode() {
            return Ok((false, Some(found(known, Vec::new(), vec![Concern::OtherMode]))));
        }
        if !self.store.waiting_billing_events(&known.customer).await?.is_empty() {
            return Ok((false, None));
        }
        let Ok(seen) = self.ports.payments.billing_of(&known.customer).await else {
            return Ok((false, Some(found(known, Vec::new(), vec![Concern::Unanswered]))));
        };
        let (others, ours): (Vec<_>, Vec<_>) =
            seen.subscriptions.into_iter().partition(|one| names_another(one.organization.as_deref(), known.org));
        let reduced = reduce(&ours);
        let current = reduced.current.map(|one| &one.subscription);
        let (stored, invoices) = futures::future::try_join(
            self.store.find_subscription(known.org),
            self.store.list_invoices(known.org, 200),
        )
        .await?;
        let drifts = drifts((stored.as_ref(), &invoices), (current, &seen.invoices));
        let concerns: Vec<Concern> = [
            (!others.is_empty()).then_some(Concern::NamesAnother),
            (reduced.others_going_on > 0).then_some(Concern::SubscribedTwice),
            current.filter(|one| self.settings.catalogue.plan(&one.plan).is_none()).map(|_| Concern::UnknownPlan),
        ]
        .into_iter()
        .flatten()
        .collect();
        let mut repaired = false;
        if repair
            && !drifts.is_empty()
            && let Some(held) = self.hold_customer(&known.customer).await?
        {
            repaired = self.sync_customer(&held).await?;
        }
        let is_done = drifts.is_empty() || repaired;
        let looked = (!drifts.is_empty() || !concerns.is_empty())
            .then(|| Reconciled { repaired, ..found(known, drifts, concerns) });
        Ok((is_done, looked))
    }
}

/// Whether it was compared, and is right by now; and what there is to say of it.
type Looked = (bool, Option<Reconciled>);

fn found(known: &KnownCustomer, drifts: Vec<Drift>, concerns: Vec<Concern>) -> Reconciled {
    Reconciled { slug: known.slug.clone(), drifts, concerns, repaired: false }
}
