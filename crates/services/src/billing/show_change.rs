//! What a change of the plan would be, before anybody confirms it (L-06): what it costs now, to the cent,
//! or when it takes effect and what is lost by then.

use domain::{
    Timestamp,
    billing::{
        Interval, Money, Plan,
        change::{Loss, When, losses, most_seats, when},
    },
    form::{Field, Problem},
};
use policy::Action;

use super::{
    payments::ChangePreview,
    running::{Wish, not_changed},
};
use crate::{Actor, ServiceError, Services};

pub struct ChangeView {
    pub from: Side,
    pub to: Side,
    pub when: When,
    pub is_trial: bool,
    /// When the period is over that is paid for, or the trial.
    pub period_end: Option<Timestamp>,
    /// What is paid now; none for what waits.
    pub preview: Option<ChangePreview>,
    /// The moment that the amount is worked out for.
    pub at: Timestamp,
    /// What is not had any more.
    pub losses: Vec<Loss>,
    /// How few and how many seats there may be, of a plan that is sold by them.
    pub seats: Option<(u32, u32)>,
}

/// A plan as it is paid.
pub struct Side {
    pub plan: String,
    pub name: String,
    pub interval: Interval,
    /// None of a plan that is not sold by the seat.
    pub seats: Option<u32>,
    /// Each interval: what is paid for now as the provider has it, which may be an older price, and what is
    /// new as our catalogue has it.
    pub price: Option<Money>,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::ProofTooOld`],
    /// [`ServiceError::Invalid`] for what can't be changed to, [`ServiceError::Payments`].
    pub async fn show_change(&self, actor: &Actor, slug: &str, wish: &Wish) -> Result<ChangeView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ManageBilling).await?;
        self.require_recent_proof(actor)?;
        let running = self.running(membership).await?;
        let target = running.target(wish).map_err(not_changed)?;
        let current = &running.seen.subscription;
        let when = when(&running.catalogue, current, &target).map_err(not_changed)?;
        // To the second: the provider counts in those.
        let at = Timestamp::from_millis(self.now().as_millis() / 1000 * 1000);
        let is_trial = current.trial_end.is_some_and(|end| end > at);
        let preview = match when {
            When::AtPeriodEnd => None,
            When::Now => {
                let org = membership.organization.id;
                let (change, wanted) = running.change(&target)?;
                let preview = self.ports.payments.preview_change(&change, wanted, at).await;
                Some(preview.inspect_err(|error| self.change_failed(org, "preview_change", error))?)
            }
        };
        let from = running.catalogue.plan(&current.plan);
        let unit = running.seen.item.as_ref().and_then(|item| item.unit.clone());
        Ok(ChangeView {
            from: side(from, unit, current.interval.unwrap_or(Interval::Month), current.seats),
            to: side(Some(target.plan), running.unit(&target), target.interval, target.seats),
            when,
            is_trial,
            period_end: current.current_period_end,
            preview,
            at,
            losses: from.map(|from| losses(&running.catalogue, from, target.plan)).unwrap_or_default(),
            seats: target
                .plan
                .prices
                .filter(|prices| prices.per_seat)
                .map(|_| (running.members.max(1), most_seats(target.plan))),
        })
    }
}

fn side(plan: Option<&Plan>, unit: Option<Money>, interval: Interval, seats: u32) -> Side {
    let per_seat = plan.and_then(|plan| plan.prices).is_some_and(|prices| prices.per_seat);
    let price = unit.map(|unit| Money { amount: unit.amount.saturating_mul(seats.into()), ..unit });
    Side {
        plan: plan.map_or_else(String::new, |plan| plan.slug.clone()),
        name: plan.map_or_else(|| "Unknown".to_owned(), |plan| plan.name.clone()),
        interval,
        seats: per_seat.then_some(seats),
        price,
    }
}

/// Whether a refusal is about the wish itself, so that a page can say it in its place.
pub fn what_is_wrong(error: &ServiceError) -> Option<(Field, Problem)> {
    match error {
        ServiceError::Invalid(problems) => problems.first().copied(),
        _ => None,
    }
}
