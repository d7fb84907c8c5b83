//! Amounts as people read them.

use serde_json::Value;

/// Currencies whose amounts Stripe counts in whole units.
const WITHOUT_CENTS: [&str; 16] =
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"];

/// `49.00 EUR` from an amount in the smallest unit and a currency's code.
pub fn written(amount: &Value, currency: &Value) -> String {
    let (amount, currency) = (amount.as_i64().unwrap_or(0), currency.as_str().unwrap_or_default());
    let code = currency.to_uppercase();
    if WITHOUT_CENTS.contains(&currency) {
        return format!("{amount} {code}");
    }
    let sign = if amount < 0 { "-" } else { "" };
    let (whole, cents) = (amount.unsigned_abs() / 100, amount.unsigned_abs() % 100);
    format!("{sign}{whole}.{cents:02} {code}")
}

#[cfg(test)]
mod tests {
    use super::written;
    use serde_json::json;

    #[test]
    fn amounts_keep_their_cents() {
        assert_eq!(written(&json!(4905), &json!("eur")), "49.05 EUR");
        assert_eq!(written(&json!(-5), &json!("usd")), "-0.05 USD");
        assert_eq!(written(&json!(500), &json!("jpy")), "500 JPY");
    }
}
