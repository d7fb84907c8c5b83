//! Discounts: coupons and promotion codes on subscriptions and invoices, and what they take off.
//!
//! What must hold: a discount keeps the terms it was made with, whatever becomes of its coupon.

use std::sync::Arc;

use serde_json::{Value, json};

use super::part::{percent_of, split};
use crate::books::Books;
use crate::calendar;
use crate::fields::Fields;
use crate::http::errors::ApiError;

/// A discount somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    Coupon(String),
    PromotionCode(String),
    /// One that is there already.
    Discount(String),
}

impl Asked {
    /// Reads `discounts`: `None` when the parameter was not sent, empty when it empties.
    ///
    /// # Errors
    /// 400 for an entry that names nothing.
    pub fn list(params: &serde_json::Map<String, Value>) -> Result<Option<Vec<Self>>, ApiError> {
        let Some(sent) = params.get("discounts") else {
            return Ok(None);
        };
        let read = |(place, entry): (usize, &Value)| {
            let text = |key: &str| entry.maybe_text(key).map(str::to_owned);
            let coupon = text("coupon").map(Self::Coupon);
            let found =
                coupon.or(text("promotion_code").map(Self::PromotionCode)).or(text("discount").map(Self::Discount));
            found.ok_or_else(|| ApiError::missing(&format!("discounts[{place}][coupon]")))
        };
        sent.as_array().into_iter().flatten().enumerate().map(read).collect::<Result<_, _>>().map(Some)
    }
}

/// What a discount is put on.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    pub customer: &'a str,
    pub subscription: Option<&'a str>,
    pub invoice: Option<&'a str>,
    pub checkout_session: Option<&'a str>,
    /// Of what it is put on.
    pub currency: &'a str,
    /// What it is to cost before discounts, where that is known: some codes want it to be enough.
    pub amount: Option<i64>,
    /// The discounts that are there already, and may be named again.
    pub own: &'a [Value],
    pub now: i64,
}

/// Redeems what was asked for and returns the ids of the discounts.
///
/// # Errors
/// 400 for what does not exist, is no longer valid, or is not for this customer or currency.
pub fn redeem(books: &mut Books, asked: &[Asked], target: Target<'_>) -> Result<Vec<Value>, ApiError> {
    let mut redeemed: Vec<Value> = Vec::new();
    for one in asked {
        let id = redeem_one(books, one, target)?;
        if redeemed.contains(&id) {
            return Err(ApiError::invalid("discounts", "The same discount can't be applied twice."));
        }
        redeemed.push(id);
    }
    Ok(redeemed)
}

/// A discount that is there already, unless its time is over.
fn reused(books: &Books, id: &str, target: Target<'_>) -> Result<Value, ApiError> {
    let found = target.own.iter().find(|own| *own == id).and_then(|_| books.discounts.living(id));
    let running = found.filter(|discount| discount.maybe_int("end").is_none_or(|end| target.now < end));
    let id_of = |discount: &Value| discount["id"].clone();
    running.map(id_of).ok_or_else(|| ApiError::no_such("discount", id, "discounts", false))
}

fn redeem_one(books: &mut Books, asked: &Asked, target: Target<'_>) -> Result<Value, ApiError> {
    let (coupon, code) = match asked {
        Asked::Discount(id) => return reused(books, id, target),
        Asked::Coupon(id) => (id.clone(), None),
        Asked::PromotionCode(id) => {
            let code = promotion_code(books, id, target)?;
            (code["promotion"].text("coupon").to_owned(), Some(code))
        }
    };
    let mut coupon = usable(books, &coupon, target)?;
    let end = match coupon.text("duration") {
        "repeating" => calendar::after(target.now, "month", coupon.int("duration_in_months")),
        _ => None,
    };
    let id = books.ids.object("di");
    books.create(&json!({
        "id": id, "object": "discount", "checkout_session": target.checkout_session, "customer": target.customer,
        "customer_account": null, "end": end, "invoice": target.invoice, "invoice_item": null,
        "promotion_code": code.as_ref().map(|code| code["id"].clone()),
        "source": {"coupon": coupon["id"], "type": "coupon"}, "start": target.now,
        "subscription": target.subscription, "subscription_item": null,
    }));
    books.discount_terms.insert_cow(id.clone(), Arc::new(coupon.clone()));
    count(&mut coupon);
    let is_used_up = coupon.maybe_int("max_redemptions").is_some_and(|most| coupon.int("times_redeemed") >= most);
    coupon["valid"] = json!(!is_used_up);
    books.update(coupon);
    if let Some(mut code) = code {
        count(&mut code);
        let is_used_up = code.maybe_int("max_redemptions").is_some_and(|most| code.int("times_redeemed") >= most);
        code["active"] = json!(!is_used_up);
        books.update(code);
    }
    Ok(json!(id))
}

fn count(redeemed: &mut Value) {
    redeemed["times_redeemed"] = json!(redeemed.int("times_redeemed") + 1);
}

fn usable(books: &Books, id: &str, target: Target<'_>) -> Result<Value, ApiError> {
    let coupon = books.coupons.living(id).ok_or_else(|| ApiError::no_such("coupon", id, "discounts", false))?;
    let is_late = coupon.maybe_int("redeem_by").is_some_and(|by| target.now > by);
    if is_late || !coupon.is("valid") {
        return Err(ApiError::coded("coupon_expired", "discounts", format!("Coupon expired: {id}")));
    }
    check_currency(coupon, target.currency, "discounts")?;
    Ok(coupon.clone())
}

/// Passes when a coupon can take something off an amount in a currency.
///
/// # Errors
/// 400 about `param` when it is over an amount in another one.
pub fn check_currency(coupon: &Value, currency: &str, param: &str) -> Result<(), ApiError> {
    match coupon.maybe_text("currency") {
        Some(held) if held != currency => {
            let message = format!("The coupon {} takes off {held} and can't be applied to {currency}.", coupon.id());
            Err(ApiError::invalid(param, message))
        }
        _ => Ok(()),
    }
}

/// What a discount takes off and for how long: the coupon as it was redeemed.
fn terms<'b>(books: &'b Books, id: &Value) -> Option<&'b Value> {
    let id = id.as_str()?;
    let of_coupon = || books.coupons.get(books.discounts.get(id)?["source"].text("coupon"));
    // A state from before terms were kept has them only in the coupon.
    books.discount_terms.get(id).map(|terms| &**terms).or_else(of_coupon)
}

/// Whether a discount is for one invoice.
pub fn is_once(books: &Books, id: &Value) -> bool {
    terms(books, id).is_some_and(|terms| terms["duration"] == "once")
}

/// A promotion code that this customer may use now.
///
/// # Errors
/// 400 when it may not.
pub fn promotion_code(books: &Books, id: &str, target: Target<'_>) -> Result<Value, ApiError> {
    let code = books.promotion_codes.living(id);
    let code = code.ok_or_else(|| ApiError::no_such("promotion code", id, "discounts", false))?;
    let is_late = code.maybe_int("expires_at").is_some_and(|at| target.now > at);
    if is_late || !code.is("active") {
        let message = "This promotion code is not active and can't be redeemed.";
        return Err(ApiError::invalid("discounts", message));
    }
    if code.maybe_text("customer").is_some_and(|customer| customer != target.customer) {
        let message = "This promotion code cannot be redeemed by this customer.";
        return Err(ApiError::invalid("discounts", message));
    }
    let has_paid = || books.invoices.of_customer(target.customer).any(|i| i["status"] == "paid" && i.int("total") > 0);
    if code["restrictions"].is("first_time_transaction") && has_paid() {
        let message = "This promotion code cannot be redeemed because the associated customer has prior transactions.";
        return Err(ApiError::invalid("discounts", message));
    }
    check_minimum(code, target.amount, target.currency, "discounts")?;
    Ok(code.clone())
}

/// Passes when so much is bought that a promotion code can be redeemed.
///
/// # Errors
/// 400 about `param` when it is less, or in another currency; 501 where it is not known yet.
pub fn check_minimum(code: &Value, amount: Option<i64>, currency: &str, param: &str) -> Result<(), ApiError> {
    let restrictions = &code["restrictions"];
    let Some(least) = restrictions.maybe_int("minimum_amount") else {
        return Ok(());
    };
    let Some(amount) = amount else {
        return Err(ApiError::not_modelled("a promotion code with a minimum amount, on an invoice").about(param));
    };
    if restrictions["minimum_amount_currency"] == currency && amount >= least {
        return Ok(());
    }
    let message = "This promotion code cannot be redeemed because less than its minimum amount is bought.";
    Err(ApiError::invalid(param, message))
}

/// A charge that discounts may lower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discountable {
    pub amount: i64,
    pub product: String,
    pub currency: String,
}

/// What each discount takes off each charge: one row a discount, in the order they apply, each
/// on what the ones before it left.
pub fn taken_off(books: &Books, discounts: &[Value], charges: &[Discountable], at: i64) -> Vec<(String, Vec<i64>)> {
    let mut left: Vec<i64> = charges.iter().map(|charge| charge.amount.max(0)).collect();
    let mut rows = Vec::new();
    for discount in discounts.iter().filter_map(|id| books.discounts.get(id.as_str()?)) {
        let is_over = discount.maybe_int("end").is_some_and(|end| end <= at);
        let Some(terms) = terms(books, &discount["id"]).filter(|_| !is_over) else { continue };
        let row = coupon_off(terms, charges, &left);
        for (left, off) in left.iter_mut().zip(&row) {
            *left -= off;
        }
        rows.push((discount.id().to_owned(), row));
    }
    rows
}

/// What a coupon takes off each charge, of which `left` is left to be paid.
pub fn coupon_off(coupon: &Value, charges: &[Discountable], left: &[i64]) -> Vec<i64> {
    let weights: Vec<i64> =
        charges.iter().zip(left).map(|(charge, left)| if applies(coupon, charge) { *left } else { 0 }).collect();
    match coupon["percent_off"].as_f64() {
        Some(percent) => weights.iter().map(|weight| percent_of(*weight, percent)).collect(),
        None => split(coupon.int("amount_off").min(weights.iter().sum()), &weights),
    }
}

fn applies(coupon: &Value, charge: &Discountable) -> bool {
    let products = coupon.get("applies_to").map_or(&[] as &[Value], |to| to.list("products"));
    let is_currency = coupon["percent_off"].is_number() || coupon["currency"] == charge.currency.as_str();
    is_currency && (products.is_empty() || products.iter().any(|product| *product == charge.product.as_str()))
}

/// The discounts of a subscription that outlive an invoice made at `at`; the others are ended.
pub fn outlasting(books: &mut Books, discounts: &[Value], at: i64) -> Vec<Value> {
    let mut kept = Vec::new();
    for id in discounts {
        let discount = books.discounts.get(id.as_str().unwrap_or_default());
        let is_over = discount.is_some_and(|discount| discount.maybe_int("end").is_some_and(|end| end <= at));
        if is_once(books, id) || is_over {
            end(books, id.as_str().unwrap_or_default());
        } else {
            kept.push(id.clone());
        }
    }
    kept
}

/// Says that a discount has ended. It is kept, since invoices name it.
pub fn end(books: &mut Books, id: &str) {
    if let Some(discount) = books.discounts.get(id).cloned() {
        books.emit("customer.discount.deleted", &discount, None);
    }
}
