//! Finalizing: a draft becomes an invoice that is owed.

use serde_json::{Value, json};

use super::draft::reckon;
use super::settle;
use crate::books::Books;
use crate::fields::Fields;
use crate::objects::invoice_page;
use crate::payments::intent;

/// Finalizes a draft: gives it its number, uses the customer's balance, makes the payment
/// intent. One that comes to nothing is paid with that.
pub fn finalize(books: &mut Books, mut invoice: Value) -> Value {
    let now = books.now_of(&invoice);
    reckon(books, &mut invoice);
    number(books, &mut invoice);
    invoice["automatically_finalizes_at"] = Value::Null;
    invoice["effective_at"] = json!(now);
    invoice["ending_balance"] = json!((invoice.int("starting_balance") + invoice.int("total")).min(0));
    invoice_page::open(books, &mut invoice);
    invoice["status"] = json!("open");
    invoice["status_transitions"]["finalized_at"] = json!(now);
    if invoice["collection_method"] == "send_invoice" && invoice["due_date"].is_null() {
        invoice["due_date"] = json!(now + days_until_due(books, &invoice) * 86_400);
    }
    let used = invoice.int("ending_balance") - invoice.int("starting_balance");
    if used != 0 {
        settle::change_balance(books, invoice.text("customer"), used);
    }
    if invoice.int("amount_due") > 0 {
        make_payment(books, &invoice, now);
    }
    settle::keep(books, invoice.clone(), &["invoice.finalized"]);
    if invoice.int("amount_due") == 0 { settle::paid(books, invoice) } else { invoice }
}

fn days_until_due(books: &Books, invoice: &Value) -> i64 {
    let subscription = books.subscriptions.get(invoice["parent"]["subscription_details"].text("subscription"));
    subscription.and_then(|subscription| subscription.maybe_int("days_until_due")).unwrap_or(30)
}

/// The next number of the customer, whose currency is settled with it.
fn number(books: &mut Books, invoice: &mut Value) {
    let Some(mut customer) = books.customers.living(invoice.text("customer")).cloned() else {
        return;
    };
    let sequence = customer.int("next_invoice_sequence");
    if invoice["number"].is_null() {
        invoice["number"] = json!(format!("{}-{sequence:04}", customer.text("invoice_prefix")));
        customer["next_invoice_sequence"] = json!(sequence + 1);
    }
    customer["currency"] = invoice["currency"].clone();
    books.update(customer);
}

fn make_payment(books: &mut Books, invoice: &Value, now: i64) {
    let (customer, currency) = (invoice.text("customer"), invoice.text("currency"));
    let amount = invoice.int("amount_due");
    let description = match invoice.text("billing_reason") {
        "subscription_create" => "Subscription creation",
        "subscription_cycle" | "subscription_update" => "Subscription update",
        _ => "Payment for Invoice",
    };
    let mut intent = intent::make(books, amount, currency, Some(customer), Some(description));
    if invoice["parent"].is_object() {
        intent["setup_future_usage"] = json!("off_session");
    }
    let id = books.ids.object("inpay");
    books.create(&json!({
        "id": id, "object": "invoice_payment", "amount_paid": null, "amount_requested": amount, "created": now,
        "currency": currency, "invoice": invoice["id"], "is_default": true, "livemode": false,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"}, "status": "open",
        "status_transitions": {"canceled_at": null, "paid_at": null},
    }));
    books.payment_links.insert_cow(invoice.id().to_owned(), id.clone());
    books.payment_links.insert_cow(intent.id().to_owned(), id);
    books.create(&intent);
}
