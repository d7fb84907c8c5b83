//! What an endpoint is, and which of them are modelled.

use serde_json::{Map, Value};

use super::{
    checkout_session, coupon, customer, event, feature, invoice, invoice_item, invoice_payment, meter, meter_event,
    payment_intent, payment_method, portal_configuration, portal_session, preview, price, product, promotion_code,
    refund, schedule, searches, setup_intent, subscription, subscription_item, subscription_pause, test_clock,
    webhook_endpoint,
};
use crate::books::Books;
use crate::http::errors::ApiError;

/// A request that passed the contract.
#[derive(Debug)]
pub struct Call<'a> {
    /// The values of the path's placeholders.
    pub path_ids: &'a [String],
    pub path: &'a str,
    pub params: &'a Map<String, Value>,
    /// Seconds since the Unix epoch, by the test clock of the customer it is about, if there is one.
    pub now: i64,
    /// Origin of the hosted pages, without a slash at its end.
    pub public_url: &'a str,
}

impl Call<'_> {
    /// The first id in the path.
    pub fn id(&self) -> &str {
        self.path_ids.first().map_or("", String::as_str)
    }

    /// A text parameter; an empty one reads as absent.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.params.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A parameter as the object keeps it: absent and empty are null.
    pub fn or_null(&self, key: &str) -> Value {
        match self.params.get(key) {
            None => Value::Null,
            Some(value) if value == "" => Value::Null,
            Some(value) => value.clone(),
        }
    }

    /// A switch, with what it is when absent.
    pub fn flag(&self, key: &str, otherwise: bool) -> bool {
        self.params.get(key).and_then(Value::as_bool).unwrap_or(otherwise)
    }

    /// Copies the named parameters that were sent onto an object; an empty text becomes null.
    pub fn copy(&self, keys: &[&str], object: &mut Value) {
        for key in keys.iter().filter(|key| self.params.contains_key(**key)) {
            object[*key] = self.or_null(key);
        }
    }
}

/// Changes the books and returns the answer; on an error what it changed is dropped.
pub type Handler = fn(&mut Books, &Call<'_>) -> Result<Value, ApiError>;

/// A modelled endpoint.
#[derive(Debug)]
pub struct Modelled {
    pub method: &'static str,
    pub template: &'static str,
    /// The parameters it understands; a name covers everything below it, `a.b` only that part.
    pub params: &'static [&'static str],
    pub handler: Handler,
}

/// Shorthand for the tables in the nouns' files.
pub const fn on(
    method: &'static str,
    template: &'static str,
    params: &'static [&'static str],
    handler: Handler,
) -> Modelled {
    Modelled { method, template, params, handler }
}

/// The parameters of a list that every list has.
pub const PAGING: [&str; 4] = ["created", "ending_before", "limit", "starting_after"];

/// One line a noun.
const ALL: &[&[Modelled]] = &[
    checkout_session::OPERATIONS,
    coupon::OPERATIONS,
    customer::OPERATIONS,
    event::OPERATIONS,
    feature::OPERATIONS,
    invoice::OPERATIONS,
    invoice_item::OPERATIONS,
    invoice_payment::OPERATIONS,
    meter::OPERATIONS,
    meter_event::OPERATIONS,
    payment_intent::OPERATIONS,
    payment_method::OPERATIONS,
    portal_configuration::OPERATIONS,
    portal_session::OPERATIONS,
    preview::OPERATIONS,
    price::OPERATIONS,
    product::OPERATIONS,
    promotion_code::OPERATIONS,
    searches::OPERATIONS,
    setup_intent::OPERATIONS,
    refund::OPERATIONS,
    schedule::OPERATIONS,
    subscription::OPERATIONS,
    subscription_item::OPERATIONS,
    subscription_pause::OPERATIONS,
    test_clock::OPERATIONS,
    webhook_endpoint::OPERATIONS,
];

/// The modelled endpoint, if this is one.
pub fn modelled(method: &str, template: &str) -> Option<&'static Modelled> {
    ALL.iter().copied().flatten().find(|operation| operation.method == method && operation.template == template)
}

impl Modelled {
    /// Refuses parameters that the contract has and the sandbox does not act on.
    ///
    /// # Errors
    /// 501 naming the first of them.
    pub fn check_params(&self, params: &Map<String, Value>) -> Result<(), ApiError> {
        params.iter().try_for_each(|(key, value)| {
            self.check_param(key, value)?;
            check_size(key, value)
        })
    }

    fn check_param(&self, path: &str, value: &Value) -> Result<(), ApiError> {
        if path == "expand" || self.params.contains(&path) || (self.method == "GET" && PAGING.contains(&path)) {
            return Ok(());
        }
        let within = format!("{path}.");
        let is_partly = self.params.iter().any(|known| known.starts_with(&within));
        match value {
            Value::Object(map) if is_partly => {
                map.iter().try_for_each(|(key, value)| self.check_param(&format!("{path}.{key}"), value))
            }
            Value::Array(list) if is_partly => list.iter().try_for_each(|entry| self.check_param(path, entry)),
            _ => {
                let what = format!("the parameter `{path}` of {} {}", self.method, self.template);
                Err(ApiError::not_modelled(&what).about(path))
            }
        }
    }
}

/// The largest amount and quantity: eight digits, so that no sum of them can overflow.
const LARGEST: i64 = 99_999_999;
/// The latest moment, 2100-01-01: nothing is asked of the calendar that it does not have.
const LATEST: i64 = 4_102_444_800;

/// Refuses amounts, quantities and times that are out of bounds, wherever they stand.
fn check_size(name: &str, value: &Value) -> Result<(), ApiError> {
    match value {
        Value::Object(map) if name != "metadata" => map.iter().try_for_each(|(key, value)| check_size(key, value)),
        Value::Array(list) => list.iter().try_for_each(|entry| check_size(name, entry)),
        Value::Number(number) => {
            let bounds = match name {
                "amount" | "amount_off" | "balance" | "quantity" | "unit_amount" => -LARGEST..=LARGEST,
                "trial_period_days" => 0..=730,
                "billing_cycle_anchor"
                | "cancel_at"
                | "end_date"
                | "frozen_time"
                | "proration_date"
                | "resumes_at"
                | "start_date"
                | "trial_end" => 0..=LATEST,
                _ => return Ok(()),
            };
            if number.as_i64().is_some_and(|number| bounds.contains(&number)) {
                return Ok(());
            }
            let message = format!("{name} must be from {} to {}.", bounds.start(), bounds.end());
            Err(ApiError::invalid(name, message))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::modelled;
    use crate::contract::Contract;

    #[test]
    fn every_modelled_endpoint_and_parameter_is_in_the_contract() {
        let contract = Contract::bundled();
        let mut seen = 0;
        for operation in contract.operations() {
            let Some(known) = modelled(&operation.method, &operation.template) else {
                continue;
            };
            seen += 1;
            for param in known.params {
                let top = param.split('.').next().unwrap_or(param);
                assert!(operation.input["properties"].get(top).is_some(), "{} {param}", operation.template);
            }
        }
        assert_eq!(seen, super::ALL.iter().map(|noun| noun.len()).sum::<usize>());
    }
}
