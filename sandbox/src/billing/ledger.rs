//! What was charged for an item's time, and what of it was given back.
//!
//! A charge is a line of an invoice, or a pending item, that bills an item up to the end of its
//! period; it is worth its amount less its discounts. A credit names the charge it gives back
//! from, and takes the end of that charge's time which no earlier credit took.
//!
//! What must hold: no second of a charge is given back twice; all credits of a charge sum to the
//! rounded part of it that they cover; an item is never given back more than it was charged. So
//! credits follow from what stands on invoices, never from prices.

use serde_json::Value;

use super::part::part;
use crate::books::Books;
use crate::fields::Fields;

/// What a credit gives back from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Still pending.
    Item(String),
    Line {
        invoice: String,
        line: String,
    },
}

/// A part of a charge that is to be given back.
#[derive(Debug, Clone, PartialEq)]
pub struct Credit {
    /// More than nothing.
    pub amount: i64,
    pub period: (i64, i64),
    pub source: Source,
    /// As the charge has them.
    pub pricing: Value,
    pub quantity: i64,
}

/// A line or a pending item about an item.
struct Row<'b> {
    of: &'b Value,
    invoice: Option<&'b str>,
}

struct Charge<'b> {
    row: Row<'b>,
    net: i64,
    from: i64,
    to: i64,
    /// What credits gave back, and from when on.
    returned: i64,
    returned_from: i64,
}

/// What is to be given back when an item of a subscription that is in `period` is not used from
/// `at` on: a credit for each charge of which something is left, oldest first.
pub fn unused(books: &Books, customer: &str, item: &str, period: (i64, i64), at: i64) -> Vec<Credit> {
    let (charges, mut left) = account(books, customer, item, period);
    let mut credits = Vec::new();
    for charge in &charges {
        if let Some(credit) = charge.rest(at, left) {
            left -= credit.amount;
            credits.push(credit);
        }
    }
    credits
}

/// The charges of an item for a period, and what of all of them may still be given back.
fn account<'b>(books: &'b Books, customer: &str, item: &str, period: (i64, i64)) -> (Vec<Charge<'b>>, i64) {
    let (credits, charges): (Vec<Row<'_>>, Vec<Row<'_>>) =
        rows(books, customer, item).into_iter().partition(|row| row.credited(books).is_some());
    let mut charges: Vec<Charge<'_>> = charges.into_iter().map(Charge::new).collect();
    let mut lost = 0;
    for credit in credits {
        let (from, to) = credit.period();
        let (named, amount) = (credit.credited(books), -credit.of.int("amount"));
        match charges.iter_mut().find(|charge| named.is_some_and(|name| charge.row.is(name))) {
            Some(charge) => {
                charge.returned += amount;
                charge.returned_from = charge.returned_from.min(from);
            }
            // Its charge was voided since; it was paid out all the same.
            None if from >= period.0 && to <= period.1 => lost += amount,
            None => {}
        }
    }
    charges.retain(|charge| charge.to == period.1 && charge.from >= period.0 && charge.net > 0);
    let left: i64 = charges.iter().map(|charge| charge.net - charge.returned).sum();
    (charges, left - lost)
}

/// All rows about an item, oldest first.
fn rows<'b>(books: &'b Books, customer: &str, item: &str) -> Vec<Row<'b>> {
    let mut found = Vec::new();
    let waiting = books.invoice_items.of_customer(customer).filter(|waiting| {
        waiting["invoice"].is_null() && waiting["parent"]["subscription_details"]["subscription_item"] == item
    });
    found.extend(waiting.map(|of| Row { of, invoice: None }));
    for invoice in books.invoices.of_customer(customer).filter(|invoice| invoice["status"] != "void") {
        let lines = invoice.list("lines").iter().rev();
        let its = lines.filter(|line| line["parent"]["subscription_item_details"]["subscription_item"] == item);
        found.extend(its.map(|of| Row { of, invoice: Some(invoice.id()) }));
    }
    found.reverse();
    found
}

impl<'b> Row<'b> {
    /// The invoice item behind a line, if there is one.
    fn item(&self) -> Option<&'b str> {
        self.of["parent"]["subscription_item_details"]["invoice_item"].as_str()
    }

    /// Whether credits name it so: by its line, or by its item when that was still pending.
    fn is(&self, name: &str) -> bool {
        self.of.id() == name || self.item() == Some(name)
    }

    /// The name of the charge that it gives back from, if it is a credit.
    fn credited(&self, books: &'b Books) -> Option<&'b str> {
        let item = self.item().map_or(Some(self.of), |item| books.invoice_items.get(item))?;
        let named = &item["proration_details"]["credited_items"];
        named
            .maybe_text("invoice_item")
            .or_else(|| named["invoice_line_item_details"]["invoice_line_items"][0].as_str())
    }

    fn period(&self) -> (i64, i64) {
        (self.of["period"].int("start"), self.of["period"].int("end"))
    }
}

impl<'b> Charge<'b> {
    fn new(row: Row<'b>) -> Self {
        let (from, to) = row.period();
        let off: i64 = row.of.list("discount_amounts").iter().map(|off| off.int("amount")).sum();
        Self { net: row.of.int("amount") - off, from, to, returned: 0, returned_from: to, row }
    }

    /// What of it is to be given back from `at` on, `most` at most.
    fn rest(&self, at: i64, most: i64) -> Option<Credit> {
        let from = at.max(self.from);
        if from >= self.returned_from {
            return None;
        }
        let unused = part(self.net, self.to - from, self.to - self.from) - self.returned;
        let amount = unused.min(most);
        let id = self.row.of.id().to_owned();
        let source = match self.row.invoice {
            None => Source::Item(id),
            Some(invoice) => Source::Line { invoice: invoice.to_owned(), line: id },
        };
        (amount > 0).then(|| Credit {
            amount,
            period: (from, self.returned_from),
            source,
            pricing: self.row.of["pricing"].clone(),
            quantity: self.row.of.maybe_int("quantity").unwrap_or(1),
        })
    }
}
