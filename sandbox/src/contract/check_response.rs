//! The sandbox's own answers against the contract.

use serde_json::{Map, Value};

use super::Contract;

/// The first thing that is wrong with `value`, as `path: what`; `None` when it keeps the contract.
///
/// Checked are types, null, enums, missing and unknown keys. Objects that the contract names
/// without describing them (`x-out-of-scope`) are taken as they are.
pub fn violation(contract: &Contract, schema: &Value, value: &Value) -> Option<String> {
    check(contract, schema, value).err().map(|wrong| format!("${}: {}", wrong.path, wrong.what))
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

    fn within(self, step: &str) -> Self {
        Self { path: format!("{step}{}", self.path), ..self }
    }
}

fn check(contract: &Contract, schema: &Value, value: &Value) -> Result<(), Wrong> {
    let nullable = schema["nullable"] == true;
    let schema = contract.resolve(schema);
    if value.is_null() {
        return if nullable || schema["nullable"] == true || schema.as_object().is_some_and(Map::is_empty) {
            Ok(())
        } else {
            Err(Wrong::here("null is not allowed"))
        };
    }
    if let Some(choices) = schema["anyOf"].as_array() {
        return any_of(contract, choices, value);
    }
    match (schema["type"].as_str(), value) {
        (Some("string"), Value::String(_))
        | (Some("boolean"), Value::Bool(_))
        | (Some("number"), Value::Number(_))
        | (None, _) => {}
        (Some("integer"), Value::Number(number)) if number.is_i64() => {}
        (Some("array"), Value::Array(entries)) => {
            for (place, entry) in entries.iter().enumerate() {
                check(contract, &schema["items"], entry).map_err(|wrong| wrong.within(&format!("[{place}]")))?;
            }
        }
        (Some("object"), Value::Object(map)) => object(contract, schema, map)?,
        (Some(wanted), found) => return Err(Wrong::here(format!("{found} where {wanted} is due"))),
    }
    match schema["enum"].as_array() {
        Some(allowed) if !allowed.contains(value) => Err(Wrong::here(format!("{value} is not one of the enum"))),
        _ => Ok(()),
    }
}

fn object(contract: &Contract, schema: &Value, value: &Map<String, Value>) -> Result<(), Wrong> {
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !value.contains_key(key) {
            return Err(Wrong::here("missing").within(&format!(".{key}")));
        }
    }
    for (key, entry) in value {
        let found = if let Some(of_key) = schema["properties"].get(key) {
            check(contract, of_key, entry)
        } else if schema["additionalProperties"].is_object() {
            check(contract, &schema["additionalProperties"], entry)
        } else if schema["additionalProperties"] == false && schema["x-out-of-scope"] != true {
            Err(Wrong::here("unknown key"))
        } else {
            Ok(())
        };
        found.map_err(|wrong| wrong.within(&format!(".{key}")))?;
    }
    Ok(())
}

/// Alternatives that are objects are told apart by their `object` key, so that the error is
/// about the object that was meant.
fn any_of(contract: &Contract, choices: &[Value], value: &Value) -> Result<(), Wrong> {
    let mut last = Err(Wrong::here("no alternative"));
    for choice in choices {
        match check(contract, choice, value) {
            Ok(()) => return Ok(()),
            Err(error) => {
                let meant = &contract.resolve(choice)["properties"]["object"]["enum"][0];
                if last.is_err() && (!value.is_object() || value["object"] == *meant || value.get("object").is_none()) {
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
        let schema = contract.schema("billing_portal__session").cloned().unwrap_or_default();
        violation(contract, &schema, &value)
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
