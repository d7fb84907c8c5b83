//! Metadata: merged key by key, an empty value removes its key, an empty whole removes all.

use serde_json::{Map, Value, json};

use crate::http::errors::ApiError;

const MOST_KEYS: usize = 50;
const LONGEST_KEY: usize = 40;
const LONGEST_VALUE: usize = 500;

/// The metadata after a request that sent `sent`.
///
/// # Errors
/// 400 beyond Stripe's limits: 50 keys, 40 characters a key, 500 a value.
pub fn merge(old: &Value, sent: Option<&Value>) -> Result<Value, ApiError> {
    let mut merged = old.as_object().cloned().unwrap_or_default();
    match sent {
        None => {}
        Some(Value::Object(sent)) => put(&mut merged, sent)?,
        Some(_) => merged.clear(),
    }
    if merged.len() > MOST_KEYS {
        let message = format!("You can only have {MOST_KEYS} metadata keys");
        return Err(ApiError::invalid("metadata", message));
    }
    Ok(json!(merged))
}

fn put(merged: &mut Map<String, Value>, sent: &Map<String, Value>) -> Result<(), ApiError> {
    for (key, value) in sent {
        let param = format!("metadata[{key}]");
        let text = value.as_str().unwrap_or_default();
        if key.chars().count() > LONGEST_KEY {
            return Err(ApiError::invalid(&param, format!("Metadata keys can have up to {LONGEST_KEY} characters.")));
        }
        if text.chars().count() > LONGEST_VALUE {
            let message = format!("Metadata values can have up to {LONGEST_VALUE} characters.");
            return Err(ApiError::invalid(&param, message));
        }
        if text.is_empty() {
            merged.remove(key);
        } else {
            merged.insert(key.clone(), value.clone());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::merge;
    use serde_json::json;

    #[test]
    fn keys_are_merged_and_removed() {
        let old = json!({"a": "1", "b": "2"});
        assert_eq!(merge(&old, Some(&json!({"a": "", "c": "3"}))), Ok(json!({"b": "2", "c": "3"})));
        assert_eq!(merge(&old, Some(&json!(""))), Ok(json!({})));
        assert_eq!(merge(&old, None), Ok(old));
        assert!(merge(&json!({}), Some(&json!({"k".repeat(41): "v"}))).is_err());
        assert!(merge(&json!({}), Some(&json!({"k": "v".repeat(501)}))).is_err());
    }
}
