//! The left half of the checkout page: what is bought, and what it costs when.

use maud::{Markup, html};
use serde_json::Value;

use super::page::Shown;
use crate::fields::Fields;
use crate::objects::checkout_order::{Order, Totals};
use crate::pages::hosted::posted::token_field;
use crate::pages::hosted::words;

/// The summary with its promotion code form.
pub fn summary(shown: &Shown<'_>, order: &Order) -> Markup {
    let session = shown.session;
    html! {
        section.summary aria-label="Order summary" {
            div.inner {
                @if let Some(back) = session.maybe_text("cancel_url") {
                    nav aria-label="Way back" {
                        a.back href=(back) data-testid="cancel-link" { span aria-hidden="true" { "←" } "Back" }
                    }
                }
                (headline(shown, order))
                @if !order.lines.is_empty() {
                    (lines(shown, order))
                    (code(shown, order))
                    (sums(shown, order))
                }
            }
        }
    }
}

fn headline(shown: &Shown<'_>, order: &Order) -> Markup {
    let session = shown.session;
    let regular = order.regular(shown.books);
    let currency = session.text("currency");
    let first = order.lines.first().and_then(|line| shown.books.prices.get(&line.price));
    let name = first.map(|price| words::product(shown.books, price)).unwrap_or_default();
    let every = first.map(|price| words::every(&price["recurring"])).unwrap_or_default();
    html! {
        @match session.text("mode") {
            "setup" => {
                h1 { "Save your card" }
                p.soft { "Nothing is charged now. The card is kept for later payments." }
            }
            "subscription" => {
                div.stack.tight {
                    h1 { "Subscribe to " (name) }
                    @if let Some(end) = order.trial_end(shown.now()) {
                        p.huge data-testid="headline-amount" { (free_for(end - shown.now())) " free" }
                        p.soft data-testid="trial-text" {
                            (free_for(end - shown.now())) " free, then "
                            (words::amount(regular.total(), currency)) " " (every)
                        }
                    } @else {
                        p.huge data-testid="headline-amount" { (words::amount(regular.total(), currency)) }
                        p.soft { (every) }
                    }
                }
            }
            _ => {
                div.stack.tight {
                    h1 { "Pay for " (name) }
                    p.huge data-testid="headline-amount" { (words::amount(regular.total(), currency)) }
                }
            }
        }
    }
}

/// `7 days`, rounded to whole days as people count them.
fn free_for(seconds: i64) -> String {
    match (seconds + 43_200) / 86_400 {
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    }
}

fn lines(shown: &Shown<'_>, order: &Order) -> Markup {
    html! {
        ul.lines.plain {
            @for line in &order.lines {
                @if let Some(price) = shown.books.prices.get(&line.price) {
                    li.line data-testid="order-line" {
                        span { (words::product(shown.books, price)) }
                        span.money {
                            (words::amount(price.int("unit_amount").saturating_mul(line.quantity), price.text("currency")))
                        }
                        span.soft.small { (detail(price, line.quantity)) }
                    }
                }
            }
        }
    }
}

fn detail(price: &Value, quantity: i64) -> String {
    let every = words::every(&price["recurring"]);
    match (quantity, every.as_str()) {
        (1, "") => "One payment".to_owned(),
        (1, every) => format!("Billed {every}"),
        _ => words::price(price, quantity),
    }
}

fn code(shown: &Shown<'_>, order: &Order) -> Markup {
    let error = shown.said.code_error.as_ref();
    let is_allowed = shown.session.is("allow_promotion_codes");
    html! {
        @if let Some(held) = &order.discount {
            div.row.apart {
                p { span.mark.good data-testid="discount" { (held.coupon.maybe_text("name").unwrap_or("Discount")) } " "
                    span.small.soft { (words::coupon(&held.coupon)) } }
                @if is_allowed && held.promotion_code.is_some() {
                    form method="post" action=(shown.address()) {
                        (token_field(shown.session.id()))
                        button.link name="act" value="remove-code" aria-label="Remove the promotion code" { "Remove" }
                    }
                }
            }
        } @else if is_allowed {
            form.stack.tight method="post" action=(shown.address()) {
                (token_field(shown.session.id()))
                div.field {
                    label for="code" { "Promotion code" }
                    div.beside {
                        input #code name="code" value=(shown.said.code) maxlength="100" autocomplete="off" spellcheck="false"
                            required aria-invalid=[error.map(|_| "true")] aria-describedby=[error.map(|_| "code-error")];
                        button.plain name="act" value="apply-code" { "Apply" }
                    }
                    @if let Some(error) = error { p.wrong #code-error data-testid="field-error" { (error) } }
                }
            }
        }
    }
}

fn sums(shown: &Shown<'_>, order: &Order) -> Markup {
    let currency = shown.session.text("currency");
    let Totals { subtotal, discount } = order.regular(shown.books);
    let due = order.due(shown.books, shown.now());
    html! {
        dl.sum {
            dt { "Subtotal" } dd { (words::amount(subtotal, currency)) }
            @if discount > 0 {
                dt { "Discount" } dd data-testid="discount-amount" { "−" (words::amount(discount, currency)) }
            }
            @if due.subtotal != subtotal {
                dt { "After the trial" } dd { (words::amount(subtotal - discount, currency)) }
            }
            dt.total { "Due today" } dd.total data-testid="due-today" { (words::amount(due.total(), currency)) }
        }
    }
}
