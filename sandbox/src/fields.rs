//! Reading the sandbox's own objects, whose keys are known to be there.

use serde_json::Value;

/// What an object's key holds; the type's zero where it holds nothing of the kind.
pub trait Fields {
    /// Its own `id`.
    fn id(&self) -> &str {
        self.text("id")
    }
    /// A text, empty when there is none.
    fn text(&self, key: &str) -> &str;
    /// A text that is there.
    fn maybe_text(&self, key: &str) -> Option<&str>;
    /// A number, 0 when there is none.
    fn int(&self, key: &str) -> i64 {
        self.maybe_int(key).unwrap_or(0)
    }
    /// A number that is there.
    fn maybe_int(&self, key: &str) -> Option<i64>;
    /// Whether a switch is on.
    fn is(&self, key: &str) -> bool;
    /// A list, empty when there is none; of `{object: list}` its `data`.
    fn list(&self, key: &str) -> &[Value];
}

impl Fields for Value {
    fn text(&self, key: &str) -> &str {
        self.maybe_text(key).unwrap_or_default()
    }

    fn maybe_text(&self, key: &str) -> Option<&str> {
        self.get(key)?.as_str()
    }

    fn maybe_int(&self, key: &str) -> Option<i64> {
        self.get(key)?.as_i64()
    }

    fn is(&self, key: &str) -> bool {
        self.get(key).and_then(Value::as_bool).unwrap_or(false)
    }

    fn list(&self, key: &str) -> &[Value] {
        let found = self.get(key).unwrap_or(&Value::Null);
        found.as_array().or_else(|| found.get("data")?.as_array()).map_or(&[], Vec::as_slice)
    }
}
