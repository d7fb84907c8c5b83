//! The sandbox's own answers against the contract.

use serde_json::{Map, Value};

use super::Contract;
use super::shape::{Kind, Others, Shape, Shapes};

/// The first thing that is wrong with `value`, as `path: what`; `None` when it keeps the contract.
///
/// Checked are types, null, enums, missing and unknown keys. Objects that the contract names
/// without describing them (`x-out-of-scope`) are taken as they are.
pub fn violation(contract: &Contract, shape: Shape, value: &Value) -> Option<String> {
    check(contract.shapes(), shape, value).err().map(|wrong| format!("${}: {}", wrong.path, wrong.what))
}

/// What is wrong, and where; the path is written only once something is, from the inside out.
struct Wrong {
    path: String,
    what: String,
}

impl Wrong {
    fn here(what: impl Into<String>) -> Self {
        Self { path: String::new(), what: what.into() }
    }

    fn due(due: &str, found: &Value) -> Self {
        Self::here(format!("{found} where {due} is due"))
    }

    fn within(self, step: &str) -> Self {
        Self { path: format!("{step}{}", self.path), ..self }
    }
}

fn check(shapes: &Shapes, shape: Shape, value: &Value) -> Result<(), Wrong> {
    let demand = shapes.demand(shape);
    if value.is_null() {
        let is_fine = demand.is_nullable || matches!(demand.kind, Kind::As(other) if shapes.demand(other).is_nullable);
        return if is_fine { Ok(()) } else { Err(Wrong::here("null is not allowed")) };
    }
    match &demand.kind {
        Kind::Anything => {}
        Kind::As(other) => check(shapes, *other, value)?,
        Kind::AnyOf(choices) => any_of(shapes, choices, value)?,
        Kind::Scalar(due) => scalar(due, value)?,
        Kind::Array(of_entries) => {
            let entries = value.as_array().ok_or_else(|| Wrong::due("array", value))?;
            for (place, entry) in entries.iter().enumerate() {
                check(shapes, *of_entries, entry).map_err(|wrong| wrong.within(&format!("[{place}]")))?;
            }
        }
        Kind::Object { properties, required, others } => {
            let map = value.as_object().ok_or_else(|| Wrong::due("object", value))?;
            if let Some(key) = required.iter().find(|key| !map.contains_key(key.as_str())) {
                return Err(Wrong::here("missing").within(&format!(".{key}")));
            }
            keys(shapes, properties, others, map)?;
        }
    }
    match &demand.allowed {
        Some(allowed) if !allowed.contains(value) => Err(Wrong::here(format!("{value} is not one of the enum"))),
        _ => Ok(()),
    }
}

fn scalar(due: &str, value: &Value) -> Result<(), Wrong> {
    let fits = match due {
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "number" => value.is_number(),
        "integer" => value.is_i64(),
        _ => false,
    };
    if fits { Ok(()) } else { Err(Wrong::due(due, value)) }
}

fn keys(
    shapes: &Shapes,
    properties: &[(String, Shape)],
    others: &Others,
    map: &Map<String, Value>,
) -> Result<(), Wrong> {
    // Both are sorted as a rule, so the next property is the first guess.
    let mut next = 0;
    for (key, entry) in map {
        let guess = properties[next..].iter().position(|(name, _)| name >= key).map(|ahead| next + ahead);
        let place = guess.filter(|place| properties[*place].0 == *key);
        let place = place.or_else(|| properties.binary_search_by(|(name, _)| name.cmp(key)).ok());
        let found = match (place, others) {
            (Some(place), _) => {
                next = place + 1;
                check(shapes, properties[place].1, entry)
            }
            (None, Others::As(other)) => check(shapes, *other, entry),
            (None, Others::Refused) => Err(Wrong::here("unknown key")),
            (None, Others::Welcome) => Ok(()),
        };
        found.map_err(|wrong| wrong.within(&format!(".{key}")))?;
    }
    Ok(())
}

/// Alternatives that are objects are told apart by their `object` key, so that the error is
/// about the object that was meant.
fn any_of(shapes: &Shapes, choices: &[Shape], value: &Value) -> Result<(), Wrong> {
    let mut last = Err(Wrong::here("no alternative"));
    for choice in choices {
        match check(shapes, *choice, value) {
            Ok(()) => return Ok(()),
            Err(error) => {
                let object = value.get("object");
                if !value.is_object() || object.is_none() || object == shapes.object_name(*choice) {
                    last = Err(error);
                }
            }
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::violation;
    use crate::contract::Contract;
    use serde_json::{Value, json};

    fn session() -> Value {
        json!({
            "id": "bps_1", "object": "billing_portal.session", "configuration": "bpc_1", "created": 1,
            "customer": "cus_1", "livemode": false, "url": "http://localhost/p", "locale": null,
        })
    }

    fn found(change: impl FnOnce(&mut Value)) -> Option<String> {
        let contract = Contract::bundled();
        let mut value = session();
        change(&mut value);
        violation(contract, contract.shapes().named("billing_portal__session")?, &value)
    }

    #[test]
    fn each_planted_violation_is_found() {
        assert_eq!(found(|_| {}), None);
        assert_eq!(found(|v| v["extra"] = json!(1)).as_deref(), Some("$.extra: unknown key"));
        assert_eq!(found(|v| v["url"] = json!(null)).as_deref(), Some("$.url: null is not allowed"));
        assert_eq!(found(|v| v["created"] = json!("1")).as_deref(), Some("$.created: \"1\" where integer is due"));
        assert_eq!(found(|v| v["created"] = json!(1.5)).as_deref(), Some("$.created: 1.5 where integer is due"));
        assert_eq!(found(|v| v["locale"] = json!("xx")).as_deref(), Some("$.locale: \"xx\" is not one of the enum"));
        assert_eq!(
            found(|v| v["configuration"] = json!({"object": "billing_portal.configuration"})).as_deref(),
            Some("$.configuration.active: missing")
        );
        let missing = found(|v| {
            v.as_object_mut().map(|o| o.remove("customer"));
        });
        assert_eq!(missing.as_deref(), Some("$.customer: missing"));
    }
}
