//! What is never written down: card numbers and their security codes.

use serde_json::{Value, json};

use crate::payments::numbers::masked;

/// The digits of the shortest card number.
const SHORTEST: usize = 13;

/// Parameters with card numbers cut to their last four digits and security codes taken out,
/// wherever they stand: also under a name of another shape, where they would be refused.
pub fn hidden(mut params: Value) -> Value {
    hide(&mut params, "");
    params
}

/// Text without card numbers: runs of 13 to 19 digits with a right check digit lose all but four.
pub fn without_numbers(text: &str) -> String {
    if !has_long_run(text) {
        return text.to_owned();
    }
    let mut kept = String::with_capacity(text.len());
    let mut run = String::new();
    for character in text.chars().chain(['\0']) {
        if character.is_ascii_digit() {
            run.push(character);
            continue;
        }
        kept.push_str(&if is_card(&run) { masked(&run) } else { std::mem::take(&mut run) });
        run.clear();
        kept.push(character);
    }
    kept.pop();
    kept
}

/// Whether as many digits stand together as the shortest card number has.
fn has_long_run(text: &str) -> bool {
    let mut run = 0;
    text.len() >= SHORTEST
        && text.bytes().any(|byte| {
            run = if byte.is_ascii_digit() { run + 1 } else { 0 };
            run >= SHORTEST
        })
}

/// The check digit of ISO/IEC 7812.
fn is_card(digits: &str) -> bool {
    let doubled = |(place, digit): (usize, u32)| match place % 2 {
        0 => digit,
        _ => digit * 2 / 10 + digit * 2 % 10,
    };
    let sum: u32 = digits.chars().rev().filter_map(|digit| digit.to_digit(10)).enumerate().map(doubled).sum();
    (SHORTEST..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

fn hide(value: &mut Value, key: &str) {
    match value {
        Value::Object(map) => {
            for (name, inner) in &mut *map {
                // Below `cvc[]` it is still a security code.
                hide(inner, if key.starts_with("cvc") { key } else { name });
            }
            if map.keys().any(|name| has_long_run(name)) {
                let named = std::mem::take(map).into_iter();
                *map = named.map(|(name, inner)| (without_numbers(&name), inner)).collect();
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|inner| hide(inner, key)),
        Value::String(_) if key.starts_with("cvc") => *value = json!("***"),
        Value::String(text) if key == "number" => *value = json!(masked(text)),
        Value::String(text) if has_long_run(text) => *value = json!(without_numbers(text)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::hidden;
    use serde_json::json;

    #[test]
    fn numbers_are_cut_wherever_they_stand() {
        let sent =
            json!({"card": {"number": "4242424242424242", "cvc": "123"}, "list": [{"number": "5555555555554444"}]});
        let kept = json!({"card": {"number": "****4242", "cvc": "***"}, "list": [{"number": "****4444"}]});
        assert_eq!(hidden(sent), kept);
    }

    #[test]
    fn numbers_under_other_names_are_cut_as_well() {
        let sent = json!({
            "card": {"Number": "4242424242424242", "number": ["4000000000000002"], "cvc": ["123"]},
            "{\"number\":\"5555555555554444\"}": "", "when": "1795219200", "phone": "+491701234567",
        });
        let kept = json!({
            "card": {"Number": "****4242", "number": ["****0002"], "cvc": ["***"]},
            "{\"number\":\"****4444\"}": "", "when": "1795219200", "phone": "+491701234567",
        });
        assert_eq!(hidden(sent), kept);
        assert_eq!(super::without_numbers("/v1/customers/4242424242424242"), "/v1/customers/****4242");
    }
}
