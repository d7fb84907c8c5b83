//! What a restricted key (`rk_test_…`) may do, by resource.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::errors::{ApiError, ErrorType};

/// How far a right goes; writing includes reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    None,
    Read,
    Write,
}

/// Rights by the resource's name, as in [`resource`]; what is absent is `none`.
pub type Rights = BTreeMap<String, Right>;

/// The beginnings of paths and the resource they belong to; the longest that fits counts. The
/// names are those of Stripe's permissions (`rak_<name>_write`) where they are known to us.
const RESOURCES: [(&str, &str); 31] = [
    ("/v1/billing/meter_event_adjustments", "billing_meter_event_adjustment"),
    ("/v1/billing/meter_events", "billing_meter_event"),
    ("/v1/billing/meters", "billing_meter"),
    ("/v1/billing_portal", "customer_portal"),
    ("/v1/checkout/sessions", "checkout_session"),
    ("/v1/coupons", "coupon"),
    ("/v1/credit_notes", "credit_note"),
    ("/v1/customers", "customer"),
    ("/v1/customers/{customer}/payment_methods", "payment_method"),
    ("/v1/customers/{customer}/tax_ids", "tax_id"),
    ("/v1/entitlements/active_entitlements", "active_entitlement"),
    ("/v1/entitlements/features", "entitlements_feature"),
    ("/v1/events", "event"),
    ("/v1/invoice_payments", "invoice"),
    ("/v1/invoiceitems", "invoice"),
    ("/v1/invoices", "invoice"),
    ("/v1/payment_intents", "payment_intent"),
    ("/v1/payment_methods", "payment_method"),
    ("/v1/prices", "plan"),
    ("/v1/products", "product"),
    ("/v1/products/{product}/features", "product_feature"),
    ("/v1/promotion_codes", "promotion_code"),
    ("/v1/refunds", "charge"),
    ("/v1/setup_intents", "setup_intent"),
    ("/v1/subscription_items", "subscription"),
    ("/v1/subscription_schedules", "subscription"),
    ("/v1/subscriptions", "subscription"),
    ("/v1/tax_ids", "tax_id"),
    ("/v1/tax_rates", "tax_rate"),
    ("/v1/test_helpers/test_clocks", "billing_clock"),
    ("/v1/webhook_endpoints", "webhook"),
];

/// The resource that a path of the contract belongs to.
pub fn resource(template: &str) -> &'static str {
    let below = |beginning: &str| template.strip_prefix(beginning).is_some_and(|r| r.is_empty() || r.starts_with('/'));
    let fitting = RESOURCES.iter().filter(|(beginning, _)| below(beginning));
    fitting.max_by_key(|(beginning, _)| beginning.len()).map_or("", |(_, name)| name)
}

/// Whether there is a resource of this name.
pub fn is_resource(name: &str) -> bool {
    RESOURCES.iter().any(|(_, known)| *known == name)
}

/// Passes when the rights allow `method` on a path of the contract.
///
/// # Errors
/// 403 naming the permission that is missing. The key is shown by its last four characters.
pub fn check(rights: &Rights, key: &str, method: &str, template: &str) -> Result<(), ApiError> {
    let name = resource(template);
    let (needed, suffix) = if method == "GET" { (Right::Read, "read") } else { (Right::Write, "write") };
    if rights.get(name).copied().unwrap_or(Right::None) >= needed {
        return Ok(());
    }
    let end = key.get(key.len().saturating_sub(4)..).unwrap_or_default();
    let message = format!(
        "The provided key 'rk_test_*********{end}' does not have the required permissions for this endpoint on \
         account 'acct_sandbox'. Having the 'rak_{name}_{suffix}' permission would allow this request to continue."
    );
    Err(ApiError::new(403, ErrorType::InvalidRequest, "", message))
}

#[cfg(test)]
mod tests {
    use super::{Right, Rights, check, resource};
    use crate::contract::Contract;

    #[test]
    fn every_path_of_the_contract_has_a_resource() {
        for operation in Contract::bundled().operations() {
            assert_ne!(resource(&operation.template), "", "{}", operation.template);
        }
        assert_eq!(resource("/v1/customers/{customer}/payment_methods"), "payment_method");
        assert_eq!(resource("/v1/customers/search"), "customer");
    }

    #[test]
    fn writing_includes_reading_and_not_the_other_way_round() {
        let rights = Rights::from([("customer".to_owned(), Right::Write), ("plan".to_owned(), Right::Read)]);
        let may = |method: &str, template: &str| check(&rights, "rk_test_1234567", method, template).is_ok();
        assert!(may("GET", "/v1/customers") && may("DELETE", "/v1/customers/{customer}"));
        assert!(may("GET", "/v1/prices") && !may("POST", "/v1/prices"));
        assert!(!may("GET", "/v1/invoices"));
        let message = check(&rights, "rk_test_1234567", "POST", "/v1/prices").unwrap_err().message;
        assert!(message.contains("rak_plan_write") && !message.contains("1234"), "{message}");
    }
}
