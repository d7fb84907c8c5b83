//! What is never written down: card numbers and their security codes.

use serde_json::{Value, json};

use crate::payments::numbers::masked;

/// Parameters with card numbers cut to their last four digits and security codes taken out,
/// wherever they stand.
pub fn hidden(mut params: Value) -> Value {
    hide(&mut params);
    params
}

fn hide(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                match (key.as_str(), inner.as_str()) {
                    ("number", Some(number)) => *inner = json!(masked(number)),
                    ("cvc", Some(_)) => *inner = json!("***"),
                    _ => hide(inner),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(hide),
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
}
