//! The invoice as people read it.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use crate::books::Books;
use crate::fields::Fields;
use crate::pages::hosted::card_fields::{Wrong, fields, test_cards};
use crate::pages::hosted::frame::Frame;
use crate::pages::hosted::posted::{Posted, token_field};
use crate::pages::hosted::words;

/// An invoice page to show.
pub struct Shown<'a> {
    pub books: &'a Books,
    pub secret: &'a str,
    pub invoice: &'a Value,
    pub typed: Option<&'a Posted>,
    pub wrong: &'a Wrong,
    pub declined: Option<String>,
}

/// The saved card that an open invoice can be paid with.
pub fn saved_card<'b>(books: &'b Books, invoice: &Value) -> Option<&'b Value> {
    let subscription = invoice["parent"]["subscription_details"].maybe_text("subscription");
    let of_subscription = subscription.and_then(|id| books.subscriptions.get(id)?.maybe_text("default_payment_method"));
    let customer = books.customers.living(invoice.text("customer"))?;
    let id = of_subscription.or_else(|| customer["invoice_settings"].maybe_text("default_payment_method"))?;
    books.payment_methods.living(id).filter(|method| method["customer"] == customer["id"])
}

impl Shown<'_> {
    /// The whole page.
    pub fn page(&self) -> Response {
        let invoice = self.invoice;
        let status = match (&self.declined, self.wrong.is_empty()) {
            (Some(_), _) => StatusCode::PAYMENT_REQUIRED,
            (None, false) => StatusCode::UNPROCESSABLE_ENTITY,
            (None, true) => StatusCode::OK,
        };
        let is_open = invoice.text("status") == "open";
        let inside = html! {
            main.frame data-testid="invoice" {
                @if let Some(declined) = &self.declined {
                    p.note.bad role="alert" data-testid="declined" { (declined) }
                }
                (self.head())
                (self.lines())
                @if is_open { div.no-print { (self.payment()) } }
            }
        };
        let title = format!("Invoice {}", invoice.text("number"));
        Frame { status, title: &title, leads_to: Vec::new() }.around(&inside)
    }

    fn head(&self) -> Markup {
        let invoice = self.invoice;
        let currency = invoice.text("currency");
        let dates = &invoice["status_transitions"];
        let address = &invoice["customer_address"];
        let keys = ["line1", "line2", "postal_code", "city", "state", "country"];
        let address: Vec<&str> = keys.iter().filter_map(|key| address.maybe_text(key)).collect();
        html! {
            section.sheet aria-label="Invoice" {
                div.row.apart {
                    h1 { "Invoice " (invoice.text("number")) }
                    (status(invoice))
                }
                p.huge data-testid="invoice-amount" {
                    @if invoice.text("status") == "open" { (words::amount(invoice.int("amount_remaining"), currency)) }
                    @else { (words::amount(invoice.int("total"), currency)) }
                }
                dl.facts {
                    dt { "From" } dd { (invoice.maybe_text("account_name").unwrap_or("Sandbox")) }
                    dt { "To" }
                    dd {
                        (invoice.maybe_text("customer_name").or(invoice.maybe_text("customer_email")).unwrap_or("–"))
                        @if !address.is_empty() { br; (address.join(", ")) }
                    }
                    @if let Some(at) = dates.maybe_int("finalized_at") { dt { "Date" } dd { (words::day(at)) } }
                    @if let Some(at) = invoice.maybe_int("due_date") { dt { "Due" } dd { (words::day(at)) } }
                    @if let Some(at) = dates.maybe_int("paid_at") { dt { "Paid" } dd { (words::day(at)) } }
                    @if let Some(note) = invoice.maybe_text("description") { dt { "Note" } dd { (note) } }
                }
            }
        }
    }

    fn lines(&self) -> Markup {
        let invoice = self.invoice;
        let currency = invoice.text("currency");
        html! {
            section.sheet aria-labelledby="lines-heading" {
                h2 #lines-heading { "What it is for" }
                ul.lines.plain {
                    @for line in invoice.list("lines") {
                        li.line data-testid="invoice-line" {
                            span { (line.text("description")) }
                            span.money { (words::amount(line.int("amount"), currency)) }
                            span.soft.small { (period(line)) }
                        }
                    }
                }
                (self.sums())
            }
        }
    }

    fn sums(&self) -> Markup {
        let invoice = self.invoice;
        let amount = |key: &str| words::amount(invoice.int(key), invoice.text("currency"));
        let off: i64 = invoice.list("total_discount_amounts").iter().map(|one| one.int("amount")).sum();
        html! {
            dl.sum {
                dt { "Subtotal" } dd { (amount("subtotal")) }
                @if off > 0 { dt { "Discount" } dd { "−" (words::amount(off, invoice.text("currency"))) } }
                dt.total { "Total" } dd.total { (amount("total")) }
                @if invoice.int("amount_paid") > 0 { dt { "Paid" } dd { (amount("amount_paid")) } }
                @if invoice.text("status") == "open" { dt.total { "Due" } dd.total { (amount("amount_remaining")) } }
            }
        }
    }

    fn payment(&self) -> Markup {
        let due = words::amount(self.invoice.int("amount_remaining"), self.invoice.text("currency"));
        let address = format!("/i/{}", self.secret);
        html! {
            section.sheet aria-labelledby="pay-heading" {
                h2 #pay-heading { "Pay " (due) }
                @if let Some(method) = saved_card(self.books, self.invoice) {
                    form method="post" action=(address) {
                        (token_field(self.secret))
                        button.wide name="act" value="saved" { "Pay with " (words::card(method)) }
                    }
                    p.soft { "Or with another card:" }
                }
                form.stack method="post" action=(address) {
                    (token_field(self.secret))
                    @if !self.wrong.is_empty() {
                        p.note.bad role="alert" data-testid="form-error" { "Please check the fields below." }
                    }
                    (fields(self.typed, self.wrong))
                    button.wide name="act" value="card" data-testid="pay" { "Pay " (due) }
                }
                (test_cards())
            }
        }
    }
}

fn status(invoice: &Value) -> Markup {
    let (kind, words) = match invoice.text("status") {
        "paid" => ("mark good", "Paid"),
        "open" => ("mark warn", "Open"),
        "void" => ("mark", "Void"),
        "uncollectible" => ("mark bad", "Uncollectible"),
        other => ("mark", other),
    };
    html! { span class=(kind) data-testid="invoice-status" { (words) } }
}

fn period(line: &Value) -> String {
    let (start, end) = (line["period"].int("start"), line["period"].int("end"));
    if start == end { words::day(start) } else { format!("{} – {}", words::day(start), words::day(end)) }
}
