//! How invoices end: paid, void, uncollectible; and keeping the agenda true to them.

use serde_json::{Value, json};

use crate::agenda::Deed;
use crate::books::Books;
use crate::fields::Fields;
use crate::life::dunning;
use crate::payments::intent;

/// Keeps a new invoice.
pub fn create(books: &mut Books, invoice: Value) {
    enter(books, &invoice);
    books.create(&invoice);
}

/// Keeps a changed invoice, with events about the change.
pub fn keep(books: &mut Books, invoice: Value, kinds: &[&str]) {
    enter(books, &invoice);
    books.transition(invoice, kinds);
}

/// Enters what time will do to an invoice.
fn enter(books: &mut Books, invoice: &Value) {
    let clock = books.clock_of(invoice).map(str::to_owned);
    let is_sent = invoice["collection_method"] == "send_invoice";
    let status = invoice.text("status");
    let is_on = invoice.is("auto_advance");
    let finalize = invoice.maybe_int("automatically_finalizes_at").filter(|_| status == "draft");
    let retry = invoice.maybe_int("next_payment_attempt").filter(|_| status == "open" && is_on && !is_sent);
    let overdue = invoice.maybe_int("due_date").filter(|due| status == "open" && *due > books.now_of(invoice));
    for (deed, at) in [(Deed::Finalize, finalize), (Deed::Retry, retry), (Deed::Overdue, overdue)] {
        books.agenda.set(clock.as_deref(), deed, invoice.id(), at);
    }
}

/// Notes that an invoice is paid: by its intent, by hand, or because nothing is due.
pub fn paid(books: &mut Books, mut invoice: Value) -> Value {
    let now = books.now_of(&invoice);
    invoice["amount_paid"] = invoice["amount_due"].clone();
    invoice["amount_remaining"] = json!(0);
    invoice["attempted"] = json!(true);
    invoice["status"] = json!("paid");
    invoice["status_transitions"]["paid_at"] = json!(now);
    stop(&mut invoice);
    settle_payment(books, &invoice, "paid", now);
    keep(books, invoice.clone(), &["invoice.paid", "invoice.payment_succeeded"]);
    set_delinquent(books, &invoice, false);
    dunning::after_settling(books, &invoice);
    invoice
}

/// Voids an open or uncollectible invoice, and gives the balance back that it used.
pub fn void(books: &mut Books, mut invoice: Value) -> Value {
    let now = books.now_of(&invoice);
    invoice["status"] = json!("void");
    invoice["status_transitions"]["voided_at"] = json!(now);
    stop(&mut invoice);
    cancel_payment(books, &invoice, now);
    let used = invoice.int("ending_balance") - invoice.int("starting_balance");
    keep(books, invoice.clone(), &["invoice.voided"]);
    if used != 0 {
        change_balance(books, invoice.text("customer"), -used);
    }
    dunning::after_settling(books, &invoice);
    invoice
}

/// Gives an open invoice up; it can still be paid or voided.
pub fn mark_uncollectible(books: &mut Books, mut invoice: Value) -> Value {
    invoice["status"] = json!("uncollectible");
    invoice["status_transitions"]["marked_uncollectible_at"] = json!(books.now_of(&invoice));
    stop(&mut invoice);
    keep(books, invoice.clone(), &["invoice.marked_uncollectible"]);
    set_delinquent(books, &invoice, false);
    dunning::after_settling(books, &invoice);
    invoice
}

/// Nothing more happens to it by itself.
pub fn stop(invoice: &mut Value) {
    invoice["auto_advance"] = json!(false);
    invoice["automatically_finalizes_at"] = Value::Null;
    invoice["next_payment_attempt"] = Value::Null;
}

/// The invoice payment of an invoice or of a payment intent.
pub fn payment_of<'b>(books: &'b Books, id: &str) -> Option<&'b Value> {
    books.invoice_payments.get(books.payment_links.get(id)?)
}

fn settle_payment(books: &mut Books, invoice: &Value, status: &str, now: i64) {
    let Some(mut payment) = payment_of(books, invoice.id()).cloned() else {
        return;
    };
    payment["status"] = json!(status);
    if status == "paid" {
        payment["amount_paid"] = payment["amount_requested"].clone();
        payment["status_transitions"]["paid_at"] = json!(now);
        books.transition(payment, &["invoice_payment.paid"]);
    } else {
        payment["status_transitions"]["canceled_at"] = json!(now);
        books.store(&payment);
    }
}

fn cancel_payment(books: &mut Books, invoice: &Value, now: i64) {
    settle_payment(books, invoice, "canceled", now);
    let of = payment_of(books, invoice.id()).map(|payment| payment["payment"].text("payment_intent").to_owned());
    if let Some(of) = of {
        intent::cancel(books, &of, Some("void_invoice"));
    }
}

/// Adds to what a customer owes; a negative balance is credit.
pub fn change_balance(books: &mut Books, customer: &str, by: i64) {
    if let Some(mut customer) = books.customers.living(customer).cloned() {
        customer["balance"] = json!(customer.int("balance") + by);
        books.update(customer);
    }
}

/// Notes on the customer whether the latest invoice could be collected.
pub fn set_delinquent(books: &mut Books, invoice: &Value, is_delinquent: bool) {
    if let Some(mut customer) = books.customers.living(invoice.text("customer")).cloned() {
        customer["delinquent"] = json!(is_delinquent);
        books.update(customer);
    }
}
