//! Amounts: whole numbers of the smallest unit of a currency, never floating point.

use std::fmt;

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// In the currency's smallest unit: cents of a dollar, yen.
    pub amount: i64,
    /// ISO 4217 in small letters, as the provider writes it.
    pub currency: String,
}

/// Currencies without a smaller unit (<https://docs.stripe.com/currencies#zero-decimal>).
const WHOLE: [&str; 16] =
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"];

impl Money {
    /// Without cents where there are none: `$49`, for price lists.
    pub fn short(&self) -> String {
        let whole = self.to_string();
        match whole.split_once(".00") {
            Some((units, rest)) => format!("{units}{rest}"),
            None => whole,
        }
    }
}

/// `$49.00`, `€49.00`, `¥4900`; by their code where the sign is not known everywhere: `49.00 CHF`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.currency.as_str() {
            "usd" => "$",
            "eur" => "€",
            "gbp" => "£",
            "jpy" => "¥",
            _ => "",
        };
        let minus = if self.amount < 0 { "-" } else { "" };
        let amount = self.amount.unsigned_abs();
        if WHOLE.contains(&self.currency.as_str()) {
            write!(f, "{minus}{sign}{amount}")?;
        } else {
            write!(f, "{minus}{sign}{}.{:02}", amount / 100, amount % 100)?;
        }
        if sign.is_empty() { write!(f, " {}", self.currency.to_uppercase()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_read_it() {
        for (amount, currency, text) in [
            (4900, "usd", "$49.00"),
            (5, "eur", "€0.05"),
            (-1250, "gbp", "-£12.50"),
            (4900, "jpy", "¥4900"),
            (4900, "chf", "49.00 CHF"),
            (0, "krw", "0 KRW"),
            (i64::MIN, "usd", "-$92233720368547758.08"),
        ] {
            assert_eq!(Money { amount, currency: currency.to_owned() }.to_string(), text);
        }
    }

    #[test]
    fn short_where_there_are_no_cents() {
        for (amount, currency, text) in
            [(4900, "usd", "$49"), (4950, "usd", "$49.50"), (100, "chf", "1 CHF"), (7, "jpy", "¥7")]
        {
            assert_eq!(Money { amount, currency: currency.to_owned() }.short(), text);
        }
    }
}
