//! Credits for time that is not used, and charges for time that is left, to the second.
//!
//! A credit gives back what the ledger says was charged, so a discount that was given once is not
//! paid out. A charge is what the item costs after the subscription's discounts. Both are rounded
//! once. A discount for one invoice lowers only charges that are invoiced at once, and is spent
//! by them: where they wait for the next invoice, it waits too.

use serde_json::Value;

use super::timetable::period;
use crate::billing::discount::{Discountable, is_once, taken_off};
use crate::billing::invoice_item::{Proration, prorate};
use crate::billing::ledger;
use crate::billing::line;
use crate::billing::part::part;
use crate::books::Books;
use crate::fields::Fields;

/// Credits every item of a subscription for the rest of its period.
pub fn credit_all(books: &mut Books, subscription: &Value, at: i64) {
    for item in subscription.list("items") {
        credit(books, subscription, item.id(), at);
    }
}

/// Credits an item for the rest of its period. `subscription` is as it was.
pub fn credit(books: &mut Books, subscription: &Value, item: &str, at: i64) {
    for credit in ledger::unused(books, subscription.text("customer"), item, period(subscription), at) {
        let proration = Proration {
            subscription,
            item,
            pricing: &credit.pricing,
            quantity: credit.quantity,
            amount: -credit.amount,
            period: credit.period,
            credited: Some(&credit.source),
        };
        prorate(books, &proration);
    }
}

/// Which items to charge, from when on.
#[derive(Debug, Clone, Copy)]
pub struct Charging<'a> {
    /// The ids of the items; the others only share the subscription's discounts.
    pub items: &'a [&'a str],
    pub at: i64,
    /// Of a whole period, in seconds.
    pub length: i64,
    /// Discounts for one invoice count too.
    pub is_invoiced_now: bool,
}

/// Charges items for the rest of the subscription's period. Returns the discounts for one
/// invoice that were spent on that.
pub fn charge(books: &mut Books, subscription: &Value, charging: &Charging<'_>) -> Vec<String> {
    let items = subscription.list("items");
    let end = period(subscription).1;
    let discounts = subscription.list("discounts");
    let (once, running): (Vec<Value>, Vec<Value>) = discounts.iter().cloned().partition(|id| is_once(books, id));
    let charges: Vec<Discountable> = items.iter().map(|item| discountable(item, line::full(item))).collect();
    let (nets, _) = after(books, &running, &charges, charging.at);
    let share = |(item, net): (&Value, i64)| {
        let is_charged = charging.items.contains(&item.id());
        discountable(item, if is_charged { part(net, end - charging.at, charging.length) } else { 0 })
    };
    let parts: Vec<Discountable> = items.iter().zip(nets).map(share).collect();
    let (amounts, spent) = after(books, if charging.is_invoiced_now { &once } else { &[] }, &parts, charging.at);
    for (item, amount) in items.iter().zip(amounts).filter(|(_, amount)| *amount != 0) {
        let proration = Proration {
            subscription,
            item: item.id(),
            pricing: &line::pricing(&item["price"]),
            quantity: line::quantity(item),
            amount,
            period: (charging.at, end),
            credited: None,
        };
        prorate(books, &proration);
    }
    spent
}

fn discountable(item: &Value, amount: i64) -> Discountable {
    Discountable {
        amount,
        product: item["price"].text("product").to_owned(),
        currency: item["price"].text("currency").to_owned(),
    }
}

/// What discounts leave of charges, and which of them took something off.
fn after(books: &Books, discounts: &[Value], charges: &[Discountable], at: i64) -> (Vec<i64>, Vec<String>) {
    let rows = taken_off(books, discounts, charges, at);
    let off = |place: usize| rows.iter().map(|(_, row)| row[place]).sum::<i64>();
    let left = charges.iter().enumerate().map(|(place, charge)| charge.amount - off(place)).collect();
    let took = |(id, row): &(String, Vec<i64>)| row.iter().any(|off| *off != 0).then(|| id.clone());
    (left, rows.iter().filter_map(took).collect())
}
