//! Credits for time that is not used, and charges for time that is left, to the second.
//!
//! A credit gives back from the newest line that charged the item up to the end of its period,
//! so a discount that was given once is not paid out. A charge is what the item costs after the
//! subscription's discounts. Both are rounded once.

use serde_json::Value;

use super::timetable::period;
use crate::billing::discount::{Discountable, taken_off};
use crate::billing::invoice_item::{Proration, prorate};
use crate::billing::line;
use crate::billing::part::part;
use crate::books::Books;
use crate::fields::Fields;

/// A line or a pending item that charged an item up to the end of its period.
struct Billed {
    net: i64,
    from: i64,
    to: i64,
    /// The invoice and the line, when it is on one.
    place: Option<(String, String)>,
}

/// Credits every item of a subscription for the rest of its period.
pub fn credit_all(books: &mut Books, subscription: &Value, at: i64) {
    for item in subscription.list("items").to_vec() {
        credit(books, subscription, &item, at);
    }
}

/// Credits an item for the rest of its period.
pub fn credit(books: &mut Books, subscription: &Value, item: &Value, at: i64) {
    let end = item.int("current_period_end");
    let Some(billed) = billed(books, subscription, item.id(), end) else {
        return;
    };
    let unused = part(billed.net, billed.to - at.max(billed.from), billed.to - billed.from);
    if unused == 0 {
        return;
    }
    let credited = billed.place.as_ref().map(|(invoice, line)| (invoice.as_str(), line.as_str()));
    prorate(books, &Proration { subscription, item, amount: -unused, period: (at, end), credited });
}

fn billed(books: &Books, subscription: &Value, item: &str, end: i64) -> Option<Billed> {
    let customer = subscription.text("customer");
    let is_its = |of: &Value, amount: i64, to: i64| of["subscription_item"] == item && amount > 0 && to == end;
    let pending = books.invoice_items.of_customer(customer).find(|waiting| {
        let of = &waiting["parent"]["subscription_details"];
        waiting["invoice"].is_null() && is_its(of, waiting.int("amount"), waiting["period"].int("end"))
    });
    if let Some(waiting) = pending {
        let from = waiting["period"].int("start");
        return Some(Billed { net: waiting.int("amount"), from, to: end, place: None });
    }
    let invoices = books.invoices.of_customer(customer).filter(|invoice| invoice["status"] != "void");
    let mut lines = invoices.flat_map(|invoice| invoice.list("lines").iter().map(move |line| (invoice, line)));
    let (invoice, line) = lines.find(|(_, line)| {
        let of = &line["parent"]["subscription_item_details"];
        is_its(of, line.int("amount"), line["period"].int("end"))
    })?;
    let off: i64 = line.list("discount_amounts").iter().map(|row| row.int("amount")).sum();
    let place = Some((invoice.id().to_owned(), line.id().to_owned()));
    Some(Billed { net: line.int("amount") - off, from: line["period"].int("start"), to: end, place })
}

/// Charges items for the rest of the subscription's period; the others only share its discounts.
pub fn charge(books: &mut Books, subscription: &Value, charged: &[&str], at: i64, length: i64) {
    let items = subscription.list("items").to_vec();
    let end = period(subscription).1;
    let nets = nets(books, subscription, &items, at);
    for (item, net) in items.iter().zip(nets).filter(|(item, _)| charged.contains(&item.id())) {
        let amount = part(net, end - at, length);
        if amount != 0 {
            prorate(books, &Proration { subscription, item, amount, period: (at, end), credited: None });
        }
    }
}

/// What the items cost for a whole period after the subscription's discounts.
fn nets(books: &Books, subscription: &Value, items: &[Value], at: i64) -> Vec<i64> {
    let charge = |item: &Value| Discountable {
        amount: line::full(item),
        product: item["price"].text("product").to_owned(),
        currency: item["price"].text("currency").to_owned(),
    };
    let charges: Vec<Discountable> = items.iter().map(charge).collect();
    let rows = taken_off(books, subscription.list("discounts"), &charges, at);
    let off = |place: usize| rows.iter().map(|(_, row)| row[place]).sum::<i64>();
    charges.iter().enumerate().map(|(place, charge)| charge.amount - off(place)).collect()
}
