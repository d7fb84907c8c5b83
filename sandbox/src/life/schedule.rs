//! Subscription schedules: phases one after the other, each with its own items.
//!
//! A phase that begins at the end of a period changes the items before the renewal, so nothing
//! is prorated and the new period is billed by the new items.

use serde_json::{Value, json};

use super::cancel;
use super::change::{Change, Prorations, change};
use super::items::AskedItem;
use super::subscribe::{Subscribe, subscribe};
use super::timetable::keep;
use crate::agenda::Deed;
use crate::billing::discount::Asked;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::objects::subscription::prorations_of;

/// Keeps a schedule, with events about the change, and when its next phase begins or it ends.
pub fn keep_schedule(books: &mut Books, schedule: Value, kinds: &[&str]) {
    let clock = books.clock_of(&schedule).map(str::to_owned);
    let due = match schedule.text("status") {
        "not_started" => schedule["phases"][0].maybe_int("start_date"),
        "active" => schedule["current_phase"].maybe_int("end_date"),
        _ => None,
    };
    books.agenda.set(clock.as_deref(), Deed::SchedulePhase, schedule.id(), due);
    books.transition(schedule, kinds);
}

/// A schedule begins, or its current phase is over.
pub fn phase_due(books: &mut Books, id: &str) {
    let Some(schedule) = books.schedules.living(id).cloned() else {
        return;
    };
    let is_waiting = schedule["status"] == "not_started";
    let done = if is_waiting { begin(books, schedule) } else { next_phase(books, schedule) };
    if let Err(error) = done {
        // A price that was switched off meanwhile, and the like: the schedule stands still.
        tracing::warn!(%error, schedule = id, "the next phase can't begin");
    }
}

/// Begins a schedule with the subscription of its first phase.
///
/// # Errors
/// What [`subscribe`] refuses.
pub fn begin(books: &mut Books, mut schedule: Value) -> Result<Value, ApiError> {
    let phase = schedule["phases"][0].clone();
    let asked = Subscribe {
        customer: schedule.text("customer").to_owned(),
        items: phase.list("items").iter().map(AskedItem::read).collect(),
        default_payment_method: schedule["default_settings"].maybe_text("default_payment_method").map(str::to_owned),
        metadata: phase["metadata"].clone(),
        ..Subscribe::default()
    };
    let mut subscription = subscribe(books, &asked)?;
    subscription["schedule"] = schedule["id"].clone();
    keep(books, subscription.clone(), &[]);
    schedule["subscription"] = subscription["id"].clone();
    schedule["status"] = json!("active");
    schedule["current_phase"] = json!({"start_date": phase["start_date"], "end_date": phase["end_date"]});
    keep_schedule(books, schedule.clone(), &[]);
    Ok(schedule)
}

fn next_phase(books: &mut Books, mut schedule: Value) -> Result<Value, ApiError> {
    let end = schedule["current_phase"].int("end_date");
    let Some(phase) = schedule.list("phases").iter().find(|phase| phase.int("start_date") == end).cloned() else {
        finish(books, schedule);
        return Ok(Value::Null);
    };
    schedule["current_phase"] = json!({"start_date": phase["start_date"], "end_date": phase["end_date"]});
    keep_schedule(books, schedule.clone(), &[]);
    apply(books, &schedule, &phase, None)?;
    Ok(schedule)
}

/// Gives the subscription the items of a phase.
///
/// # Errors
/// What [`change`] refuses.
pub fn apply(
    books: &mut Books,
    schedule: &Value,
    phase: &Value,
    prorations: Option<Prorations>,
) -> Result<(), ApiError> {
    let Some(subscription) = books.subscriptions.living(schedule.text("subscription")).cloned() else {
        return Ok(());
    };
    let wanted = phase.list("items");
    let has = |item: &Value| wanted.iter().find(|wanted| wanted["price"] == item["price"]["id"]);
    let mut items: Vec<AskedItem> = Vec::new();
    let mut kept: Vec<&str> = Vec::new();
    // One item for one keeps its id; the rest is matched by price.
    let is_single = subscription.list("items").len() == 1 && wanted.len() == 1;
    for item in subscription.list("items") {
        let match_ = if is_single { wanted.first() } else { has(item) };
        items.push(AskedItem {
            id: Some(item.id().to_owned()),
            price: match_.map(|wanted| wanted.text("price").to_owned()),
            quantity: match_.and_then(|wanted| wanted.maybe_int("quantity")),
            is_deleted: match_.is_none(),
            metadata: None,
        });
        kept.extend(match_.map(|wanted| wanted.text("price")));
    }
    items.extend(wanted.iter().filter(|wanted| !kept.contains(&wanted.text("price"))).map(AskedItem::read));
    // Those that ended meanwhile are not missed.
    let named = |own: &&Value| phase.list("discounts").iter().any(|one| one["discount"] == **own);
    let kept_discounts = subscription.list("discounts").iter().filter(named);
    let discounts = kept_discounts.filter_map(Value::as_str).map(|id| Asked::Discount(id.to_owned())).collect();
    let prorations = prorations.unwrap_or_else(|| prorations_of(phase.maybe_text("proration_behavior")));
    change(books, subscription, &Change { items, prorations, discounts: Some(discounts), ..Change::default() })?;
    Ok(())
}

/// The last phase is over.
fn finish(books: &mut Books, mut schedule: Value) {
    if schedule["end_behavior"] != "cancel" {
        release(books, schedule);
        return;
    }
    let subscription = books.subscriptions.living(schedule.text("subscription")).cloned();
    schedule["status"] = json!("completed");
    schedule["completed_at"] = json!(books.now_of(&schedule));
    schedule["current_phase"] = Value::Null;
    keep_schedule(books, schedule, &["subscription_schedule.completed"]);
    if let Some(subscription) = subscription {
        cancel::end(books, subscription, "cancellation_requested");
    }
}

/// Lets the subscription go on without its schedule.
pub fn release(books: &mut Books, mut schedule: Value) -> Value {
    if let Some(mut subscription) = books.subscriptions.living(schedule.text("subscription")).cloned() {
        subscription["schedule"] = Value::Null;
        keep(books, subscription, &[]);
    }
    schedule["released_subscription"] = schedule["subscription"].take();
    schedule["released_at"] = json!(books.now_of(&schedule));
    schedule["current_phase"] = Value::Null;
    schedule["status"] = json!("released");
    keep_schedule(books, schedule.clone(), &["subscription_schedule.released"]);
    schedule
}

/// Its subscription has ended.
pub fn end_with_subscription(books: &mut Books, id: &str) {
    let alive = books.schedules.living(id).filter(|s| ["active", "not_started"].contains(&s.text("status"))).cloned();
    if let Some(mut schedule) = alive {
        schedule["status"] = json!("canceled");
        schedule["canceled_at"] = json!(books.now_of(&schedule));
        schedule["current_phase"] = Value::Null;
        keep_schedule(books, schedule, &["subscription_schedule.canceled"]);
    }
}
