//! Drafts: what an invoice holds and what that comes to.
//!
//! What must hold: the lines sum to `subtotal`; `subtotal` less the discounts is `total`; the
//! customer's balance and `total` make `amount_due`, which is never negative.

use serde_json::{Value, json};

use super::discount::{Discountable, taken_off};
use super::invoice_item::{Pending, pending};
use super::line;
use super::settle;
use crate::books::Books;
use crate::fields::Fields;

/// Seconds between the making of an automatic draft and its finalization.
const WAITS: i64 = 60 * 60;

/// What a draft is made of.
pub struct Draft<'a> {
    pub customer: &'a str,
    pub currency: &'a str,
    pub subscription: Option<&'a Value>,
    /// `billing_reason`.
    pub reason: &'a str,
    pub period: (i64, i64),
    pub lines: Vec<Value>,
    pub pending: Pending<'a>,
    /// Ids of discounts on the whole invoice.
    pub discounts: Vec<Value>,
    /// It is finalized and collected without being asked.
    pub is_automatic: bool,
}

/// Makes a draft and takes the pending items in.
pub fn draft(books: &mut Books, draft: Draft<'_>) -> Value {
    let id = books.ids.object("in");
    let customer = books.customers.get(draft.customer).cloned().unwrap_or_default();
    let now = books.now_of(&customer_of(draft.customer));
    let taken = pending(books, draft.customer, draft.currency, draft.pending);
    let mut lines: Vec<Value> = taken.iter().map(|item| line::for_invoice_item(books, item)).collect();
    lines.extend(draft.lines);
    let mut invoice = blank(now, &draft.period);
    invoice["id"] = json!(id);
    invoice["billing_reason"] = json!(draft.reason);
    invoice["currency"] = json!(draft.currency);
    invoice["test_clock"] = json!(customer.maybe_text("test_clock"));
    describe_customer(&mut invoice, &customer);
    if let Some(subscription) = draft.subscription {
        describe_subscription(&mut invoice, subscription);
    }
    automate(&mut invoice, draft.is_automatic);
    invoice["discounts"] = json!(draft.discounts);
    put_lines(books, &mut invoice, lines);
    for mut item in taken {
        item["invoice"] = json!(id);
        books.update(item);
    }
    settle::create(books, invoice.clone());
    invoice
}

/// An object that only says whose it is, to ask for its clock.
fn customer_of(customer: &str) -> Value {
    json!({"customer": customer})
}

/// Switches automatic advancement on or off.
pub fn automate(invoice: &mut Value, is_on: bool) {
    let at = is_on.then(|| invoice.int("created") + WAITS);
    invoice["auto_advance"] = json!(is_on);
    invoice["automatically_finalizes_at"] = json!(at);
    let is_charged = invoice["collection_method"] == "charge_automatically";
    invoice["next_payment_attempt"] = json!(at.filter(|_| is_charged));
}

/// Gives a draft its lines, and reckons.
pub fn put_lines(books: &Books, invoice: &mut Value, mut lines: Vec<Value>) {
    let id = invoice.id().to_owned();
    for line in &mut lines {
        line["invoice"] = json!(id);
    }
    discount(books, invoice, &mut lines);
    invoice["lines"] = json!({
        "object": "list", "has_more": false, "total_count": lines.len(), "url": format!("/v1/invoices/{id}/lines"),
        "data": lines,
    });
    reckon(books, invoice);
}

fn discount(books: &Books, invoice: &mut Value, lines: &mut [Value]) {
    let charges: Vec<Discountable> = lines
        .iter()
        .map(|line| Discountable {
            amount: if line.is("discountable") { line.int("amount") } else { 0 },
            product: line["pricing"]["price_details"].text("product").to_owned(),
            currency: line.text("currency").to_owned(),
        })
        .collect();
    let rows = taken_off(books, invoice.list("discounts"), &charges, invoice.int("created"));
    for (place, line) in lines.iter_mut().enumerate() {
        let off = rows.iter().filter(|(_, row)| row[place] != 0);
        line["discount_amounts"] = off.map(|(id, row)| json!({"amount": row[place], "discount": id})).collect();
    }
    let total = rows.iter().map(|(id, row)| json!({"amount": row.iter().sum::<i64>(), "discount": id}));
    invoice["total_discount_amounts"] = total.collect();
}

/// Sums up a draft, with the customer's balance as it is.
pub fn reckon(books: &Books, invoice: &mut Value) {
    let subtotal: i64 = invoice.list("lines").iter().map(|line| line.int("amount")).sum();
    let off: i64 = invoice.list("total_discount_amounts").iter().map(|row| row.int("amount")).sum();
    let total = subtotal - off;
    let balance = books.customers.get(invoice.text("customer")).map_or(0, |customer| customer.int("balance"));
    let due = (total + balance).max(0);
    for key in ["subtotal", "subtotal_excluding_tax"] {
        invoice[key] = json!(subtotal);
    }
    for key in ["total", "total_excluding_tax"] {
        invoice[key] = json!(total);
    }
    invoice["starting_balance"] = json!(balance);
    for key in ["amount_due", "amount_remaining"] {
        invoice[key] = json!(due);
    }
}

fn describe_customer(invoice: &mut Value, customer: &Value) {
    for (of_invoice, of_customer) in [
        ("customer", "id"),
        ("customer_address", "address"),
        ("customer_email", "email"),
        ("customer_name", "name"),
        ("customer_phone", "phone"),
        ("customer_shipping", "shipping"),
        ("customer_tax_exempt", "tax_exempt"),
    ] {
        invoice[of_invoice] = customer[of_customer].clone();
    }
}

fn describe_subscription(invoice: &mut Value, subscription: &Value) {
    invoice["collection_method"] = subscription["collection_method"].clone();
    invoice["parent"] = json!({
        "quote_details": null, "type": "subscription_details",
        "subscription_details": {"metadata": subscription["metadata"], "subscription": subscription["id"]},
    });
}

fn blank(now: i64, period: &(i64, i64)) -> Value {
    json!({
        "object": "invoice", "account_country": "US", "account_name": "Sandbox", "account_tax_ids": null,
        "amount_due": 0, "amount_overpaid": 0, "amount_paid": 0, "amount_remaining": 0, "amount_shipping": 0,
        "application": null, "attempt_count": 0, "attempted": false, "auto_advance": false,
        "automatic_tax": {
            "disabled_reason": null, "enabled": false, "liability": null, "provider": null, "status": null,
        },
        "automatically_finalizes_at": null, "collection_method": "charge_automatically", "created": now,
        "custom_fields": null, "customer_account": null, "customer_tax_ids": [], "default_payment_method": null,
        "default_source": null, "default_tax_rates": [], "description": null, "discounts": [], "due_date": null,
        "effective_at": null, "ending_balance": null, "footer": null, "from_invoice": null,
        "hosted_invoice_url": null, "invoice_pdf": null, "issuer": {"type": "self"}, "last_finalization_error": null,
        "latest_revision": null, "livemode": false, "metadata": {}, "next_payment_attempt": null, "number": null,
        "on_behalf_of": null, "parent": null,
        "payment_settings": {
            "default_mandate": null, "payment_method_options": null, "payment_method_types": null,
        },
        "period_end": period.1, "period_start": period.0, "post_payment_credit_notes_amount": 0,
        "pre_payment_credit_notes_amount": 0, "receipt_number": null, "rendering": null, "shipping_cost": null,
        "shipping_details": null, "starting_balance": 0, "statement_descriptor": null, "status": "draft",
        "status_transitions": {
            "finalized_at": null, "marked_uncollectible_at": null, "paid_at": null, "voided_at": null,
        },
        "subtotal": 0, "subtotal_excluding_tax": 0, "test_clock": null, "total": 0, "total_discount_amounts": [],
        "total_excluding_tax": 0, "total_pretax_credit_amounts": [], "total_taxes": [], "webhooks_delivered_at": now,
    })
}
