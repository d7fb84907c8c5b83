//! What an `.updated` event says about before.

use serde_json::{Map, Value};

/// The old values of what changed: nested hashes likewise, lists whole, null for what was not there.
pub fn previous_attributes(old: &Value, new: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return Value::Null;
    };
    let mut changed = Map::new();
    for (key, before) in old {
        match new.get(key) {
            Some(now) if now == before => {}
            Some(now) if before.is_object() && now.is_object() => {
                changed.insert(key.clone(), previous_attributes(before, now));
            }
            _ => drop(changed.insert(key.clone(), before.clone())),
        }
    }
    for key in new.keys().filter(|key| !old.contains_key(*key)) {
        changed.insert(key.clone(), Value::Null);
    }
    Value::Object(changed)
}

#[cfg(test)]
mod tests {
    use super::previous_attributes;
    use serde_json::json;

    #[test]
    fn only_what_changed_is_said_with_its_old_value() {
        let old = json!({
            "id": "x", "status": "open", "paid_at": null, "list": [1, 2], "gone": {"a": 1},
            "metadata": {"keep": "1", "other": "2"}, "same": {"deep": [1]},
        });
        let new = json!({
            "id": "x", "status": "paid", "paid_at": 7, "list": [1], "gone": null,
            "metadata": {"keep": "1", "other": "3", "new": "4"}, "same": {"deep": [1]},
        });
        let expected = json!({
            "status": "open", "paid_at": null, "list": [1, 2], "gone": {"a": 1},
            "metadata": {"other": "2", "new": null},
        });
        assert_eq!(previous_attributes(&old, &new), expected);
        assert_eq!(previous_attributes(&new, &new), json!({}));
    }
}
