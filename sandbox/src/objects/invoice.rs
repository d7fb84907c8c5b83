//! Invoices, as the API takes and shows them; what they come to and how they end is in `billing/`.

use serde_json::{Value, json};

use super::list;
use super::metadata;
use super::operation::{Call, Modelled, on};
use crate::billing::discount::{self, Asked, Target};
use crate::billing::draft::{Draft, automate, draft, put_lines};
use crate::billing::invoice_item::Pending;
use crate::billing::{finalize, settle};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::life::billing::spend_discounts;
use crate::life::pay::{pay_invoice, pay_out_of_band};
use crate::life::timetable;

pub const OPERATIONS: &[Modelled] = &[
    on("GET", "/v1/invoices", &["collection_method", "customer", "status", "subscription"], list_all),
    on("GET", "/v1/invoices/{invoice}", &[], retrieve),
    on("GET", "/v1/invoices/{invoice}/lines", &[], lines),
    on(
        "POST",
        "/v1/invoices",
        &[
            "auto_advance",
            "collection_method",
            "currency",
            "customer",
            "days_until_due",
            "default_payment_method",
            "description",
            "discounts",
            "footer",
            "metadata",
            "pending_invoice_items_behavior",
            "subscription",
        ],
        create,
    ),
    on(
        "POST",
        "/v1/invoices/{invoice}",
        &["auto_advance", "default_payment_method", "description", "footer", "metadata"],
        update,
    ),
    on("DELETE", "/v1/invoices/{invoice}", &[], delete),
    on("POST", "/v1/invoices/{invoice}/finalize", &["auto_advance"], finalized),
    on("POST", "/v1/invoices/{invoice}/pay", &["off_session", "paid_out_of_band", "payment_method"], pay),
    on("POST", "/v1/invoices/{invoice}/void", &[], void),
    on("POST", "/v1/invoices/{invoice}/mark_uncollectible", &[], mark_uncollectible),
    on("POST", "/v1/invoices/{invoice}/send", &[], send),
];

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.invoices.get(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("invoice", call.id(), "invoice", true))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let subscription = call.text("subscription");
    let is_its = |invoice: &Value| {
        ["collection_method", "status"].iter().all(|key| call.text(key).is_none_or(|wanted| invoice[*key] == wanted))
            && subscription.is_none_or(|id| invoice["parent"]["subscription_details"]["subscription"] == id)
    };
    let of_subscription = subscription.and_then(|id| books.subscriptions.get(id)).map(|found| found.text("customer"));
    match call.text("customer").or(of_subscription) {
        Some(customer) => list::page(call, books.invoices.of_customer(customer), is_its),
        None => list::page(call, books.invoices.newest_first(), is_its),
    }
}

fn lines(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let invoice = retrieve(books, call)?;
    list::page(call, invoice.list("lines").iter(), |_| true)
}

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let subscription = named_subscription(books, call)?;
    let of_subscription = subscription.as_ref().map(|subscription| subscription.text("customer"));
    let customer = call.text("customer").or(of_subscription).ok_or_else(|| ApiError::missing("customer"))?;
    let found = books.customer(customer, "customer")?;
    let currency = call.text("currency").or(found.maybe_text("currency")).unwrap_or("usd").to_owned();
    let now = call.now;
    let own = subscription.as_ref().map_or(&[][..], |subscription| subscription.list("discounts"));
    let target = Target {
        customer,
        subscription: None,
        invoice: None,
        checkout_session: None,
        currency: &currency,
        amount: None,
        own,
        now,
    };
    let discounts = discount::redeem(books, &Asked::list(call.params)?.unwrap_or_default(), target)?;
    let pending = match (call.text("pending_invoice_items_behavior"), &subscription) {
        (_, Some(subscription)) => Pending::Of(subscription.id()),
        (Some("include"), None) => Pending::Loose,
        _ => Pending::Leave,
    };
    let wanted = Draft {
        customer,
        currency: &currency,
        subscription: subscription.as_ref(),
        reason: "manual",
        period: (now, now),
        lines: Vec::new(),
        pending,
        discounts,
        is_automatic: false,
    };
    let mut invoice = draft(books, wanted);
    if let Some(method) = call.text("collection_method") {
        invoice["collection_method"] = json!(method);
    }
    if let Some(days) = call.params.get("days_until_due").and_then(Value::as_i64) {
        invoice["due_date"] = json!(now + days * 86_400);
    }
    automate(&mut invoice, call.flag("auto_advance", false));
    write(call, &mut invoice)?;
    settle::keep(books, invoice.clone(), &[]);
    spend(books, &invoice);
    Ok(invoice)
}

/// A draft that lowers something by a discount of its subscription spends it.
fn spend(books: &mut Books, invoice: &Value) {
    let of = invoice["parent"]["subscription_details"].text("subscription");
    if let Some(mut subscription) = books.subscriptions.living(of).cloned() {
        spend_discounts(books, &mut subscription, invoice);
        timetable::keep(books, subscription, &[]);
    }
}

fn named_subscription(books: &Books, call: &Call<'_>) -> Result<Option<Value>, ApiError> {
    let Some(id) = call.text("subscription") else {
        return Ok(None);
    };
    let is_its = |found: &&Value| call.text("customer").is_none_or(|customer| found["customer"] == customer);
    let found = books.subscriptions.living(id).filter(is_its).cloned();
    found.map(Some).ok_or_else(|| ApiError::no_such("subscription", id, "subscription", false))
}

fn write(call: &Call<'_>, invoice: &mut Value) -> Result<(), ApiError> {
    invoice["metadata"] = metadata::merge(&invoice["metadata"], call.params.get("metadata"))?;
    call.copy(&["default_payment_method", "description", "footer"], invoice);
    Ok(())
}

fn update(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut invoice = retrieve(books, call)?;
    write(call, &mut invoice)?;
    if call.params.contains_key("auto_advance") {
        let is_on = call.flag("auto_advance", false);
        match invoice.text("status") {
            "draft" => automate(&mut invoice, is_on),
            "open" => invoice["auto_advance"] = json!(is_on),
            _ => {}
        }
    }
    settle::keep(books, invoice.clone(), &[]);
    Ok(invoice)
}

/// A draft may be deleted; its pending items wait again.
fn delete(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut invoice = in_status(books, call, &["draft"], "You can only delete draft invoices.")?;
    if invoice["parent"].is_object() {
        return Err(ApiError::invalid("", "You can't delete invoices created by subscriptions."));
    }
    let taken: Vec<Value> = books
        .invoice_items
        .of_customer(invoice.text("customer"))
        .filter(|item| item["invoice"] == invoice["id"])
        .cloned()
        .collect();
    for mut item in taken {
        item["invoice"] = Value::Null;
        books.update(item);
    }
    settle::stop(&mut invoice);
    settle::keep(books, invoice, &[]);
    books.remove(call.id()).ok_or_else(|| ApiError::no_such("invoice", call.id(), "invoice", true))
}

fn in_status(books: &mut Books, call: &Call<'_>, wanted: &[&str], message: &str) -> Result<Value, ApiError> {
    let invoice = retrieve(books, call)?;
    if wanted.contains(&invoice.text("status")) {
        return Ok(invoice);
    }
    let code = if wanted == ["draft"] { "invoice_not_editable" } else { "" };
    Err(ApiError::coded(code, "", message))
}

fn finalized(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut invoice =
        in_status(books, call, &["draft"], "This invoice is already finalized, you can't re-finalize it.")?;
    if call.params.contains_key("auto_advance") {
        automate(&mut invoice, call.flag("auto_advance", true));
    }
    Ok(finalize::finalize(books, invoice))
}

fn pay(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    if call.flag("paid_out_of_band", false) {
        return pay_out_of_band(books, call.id());
    }
    if let Some(method) = call.text("payment_method") {
        let customer = books.invoices.get(call.id()).map(|invoice| invoice.text("customer").to_owned());
        crate::life::subscribe::own_method(books, customer.as_deref().unwrap_or_default(), method)
            .map_err(|error| error.about("payment_method"))?;
    }
    match pay_invoice(books, call.id(), call.text("payment_method"))? {
        (invoice, None) => Ok(invoice),
        // What the attempt did is kept although it is refused.
        (_, Some(why)) => Err(why.error().kept()),
    }
}

fn void(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let message = "You can only void open or uncollectible invoices.";
    let invoice = in_status(books, call, &["open", "uncollectible"], message)?;
    Ok(settle::void(books, invoice))
}

fn mark_uncollectible(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let invoice = in_status(books, call, &["open"], "You can only mark open invoices as uncollectible.")?;
    Ok(settle::mark_uncollectible(books, invoice))
}

fn send(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let invoice = in_status(books, call, &["draft", "open"], "You can only send draft or open invoices.")?;
    if invoice["collection_method"] != "send_invoice" {
        return Err(ApiError::invalid(
            "",
            "You can only manually send an invoice if its collection method is 'send_invoice'.",
        ));
    }
    let invoice = if invoice["status"] == "draft" { finalize::finalize(books, invoice) } else { invoice };
    books.emit("invoice.sent", &invoice, None);
    Ok(invoice)
}

/// Adds a line for a new invoice item to a draft.
pub fn add_line(books: &mut Books, mut invoice: Value, line: Value) {
    let mut all = invoice.list("lines").to_vec();
    all.push(line);
    put_lines(books, &mut invoice, all);
    settle::keep(books, invoice.clone(), &[]);
    spend(books, &invoice);
}
