//! The discount of a checkout session: brought along, or typed by whoever pays.
//!
//! What must hold: what is billed are the terms that were shown.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::checkout_order::{Line, subtotal};
use super::operation::Call;
use crate::billing::discount::{check_currency, check_minimum};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::inside::Inside;

/// A coupon, and the promotion code it came by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Discount {
    /// The coupon as it was when it was applied.
    pub coupon: Value,
    pub promotion_code: Option<String>,
}

/// The discount that the session is made with.
///
/// # Errors
/// 400 for more than one, or one that is not valid; 501 where coupons are not modelled.
pub fn discount(books: &mut Books, call: &Call<'_>, lines: &[Line]) -> Result<Option<Discount>, ApiError> {
    let found = asked_discount(books, call)?;
    let price = lines.first().and_then(|line| books.prices.living(&line.price));
    if let (Some(found), Some(price)) = (&found, price) {
        found.check(books, lines, price.text("currency"), "discounts")?;
    }
    Ok(found)
}

fn asked_discount(books: &mut Books, call: &Call<'_>) -> Result<Option<Discount>, ApiError> {
    let asked = call.params.get("discounts").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let one = match asked {
        [] => return Ok(None),
        [one] => one,
        _ => return Err(ApiError::invalid("discounts", "You may only specify one discount.")),
    };
    let mut inside = Inside { books };
    match (one.maybe_text("coupon"), one.maybe_text("promotion_code")) {
        (Some(id), None) => {
            let coupon = inside.get(&format!("/v1/coupons/{id}"))?;
            if !coupon.is("valid") {
                return Err(ApiError::coded("coupon_expired", "discounts[0][coupon]", "Coupon expired."));
            }
            Ok(Some(Discount { coupon, promotion_code: None }))
        }
        (None, Some(id)) => {
            let code = inside.get(&format!("/v1/promotion_codes/{id}"))?;
            let found = of_code(&mut inside, &code)?;
            found.map(Some).ok_or_else(|| {
                let message = "This promotion code is not active.";
                ApiError::invalid("discounts[0][promotion_code]", message)
            })
        }
        _ => Err(ApiError::invalid("discounts[0]", "A discount is either a coupon or a promotion code.")),
    }
}

/// The discount of what a person typed, if there is a valid code like it.
///
/// # Errors
/// 501 where promotion codes are not modelled.
pub fn by_code(inside: &mut Inside<'_>, typed: &str, customer: Option<&str>) -> Result<Option<Discount>, ApiError> {
    let mut params = Map::new();
    params.insert("code".into(), json!(typed));
    params.insert("active".into(), json!(true));
    params.insert("limit".into(), json!(100));
    let found = inside.ask("GET", "/v1/promotion_codes", params)?;
    let is_for = |code: &&Value| code.maybe_text("customer").is_none_or(|held| Some(held) == customer);
    match found.list("data").iter().find(is_for).cloned() {
        Some(code) => of_code(inside, &code),
        None => Ok(None),
    }
}

fn of_code(inside: &mut Inside<'_>, code: &Value) -> Result<Option<Discount>, ApiError> {
    let held = code["promotion"].maybe_text("coupon").or(code.maybe_text("coupon"));
    let Some(coupon) = held.filter(|_| code.is("active")) else {
        return Ok(None);
    };
    let coupon = inside.get(&format!("/v1/coupons/{coupon}"))?;
    Ok(coupon.is("valid").then(|| Discount { coupon, promotion_code: Some(code.id().to_owned()) }))
}

impl Discount {
    /// Passes when this may be taken off what is sold.
    ///
    /// # Errors
    /// 400 about `param` for another currency, or where a code wants more to be bought.
    pub fn check(&self, books: &Books, lines: &[Line], currency: &str, param: &str) -> Result<(), ApiError> {
        check_currency(&self.coupon, currency, param)?;
        match self.promotion_code.as_deref().and_then(|id| books.promotion_codes.living(id)) {
            Some(code) => check_minimum(code, Some(subtotal(books, lines)), currency, param),
            None => Ok(()),
        }
    }

    /// Passes while the coupon is the one whose terms were shown; another may have taken its name.
    ///
    /// # Errors
    /// 400 where it is not.
    pub fn check_terms(&self, books: &Books) -> Result<(), ApiError> {
        const TERMS: [&str; 6] =
            ["amount_off", "applies_to", "currency", "duration", "duration_in_months", "percent_off"];
        let id = self.coupon.id();
        let now = books.coupons.living(id).filter(|now| TERMS.iter().all(|term| now[*term] == self.coupon[*term]));
        now.map(|_| ()).ok_or_else(|| ApiError::no_such("coupon", id, "discounts", false))
    }
}
