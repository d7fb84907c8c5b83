//! Parameters against the contract: forms become typed values or an error that names the parameter.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Contract;
use crate::http::errors::ApiError;
use crate::http::form::{Form, indexed};

/// Types a form by an object schema.
///
/// # Errors
/// 400 with `param`: unknown (also nested), missing, of the wrong type, outside its enum.
pub fn check(
    contract: &Contract,
    schema: &Value,
    form: &BTreeMap<String, Form>,
) -> Result<Map<String, Value>, ApiError> {
    match object(contract, contract.resolve(schema), form, "")? {
        Value::Object(map) => Ok(map),
        _ => Ok(Map::new()),
    }
}

fn read(contract: &Contract, schema: &Value, form: &Form, param: &str) -> Result<Value, ApiError> {
    let schema = contract.resolve(schema);
    if let Some(choices) = schema["anyOf"].as_array() {
        return any_of(contract, choices, form, param);
    }
    match (schema["type"].as_str(), form) {
        (Some("object"), Form::Map(map)) => object(contract, schema, map, param),
        (Some("array"), _) => array(contract, schema, form, param),
        (Some("object"), _) => Err(ApiError::invalid(param, "Invalid object")),
        (_, Form::Map(_) | Form::List(_)) => Err(ApiError::invalid(param, format!("Invalid {}", kind(schema)))),
        (_, Form::Text(text)) => scalar(schema, text, param),
    }
}

fn kind(schema: &Value) -> &str {
    schema["type"].as_str().unwrap_or("value")
}

fn object(contract: &Contract, schema: &Value, form: &BTreeMap<String, Form>, param: &str) -> Result<Value, ApiError> {
    let inner = |key: &str| {
        if param.is_empty() { key.to_owned() } else { format!("{param}[{key}]") }
    };
    let mut made = Map::new();
    for (key, value) in form {
        let of_key = schema["properties"].get(key).or_else(|| {
            // A map of the caller's own keys, such as metadata.
            schema.get("additionalProperties").filter(|any| any.is_object())
        });
        let Some(of_key) = of_key else {
            let name = inner(key);
            return Err(ApiError::coded("parameter_unknown", &name, format!("Received unknown parameter: {name}")));
        };
        made.insert(key.clone(), read(contract, of_key, value, &inner(key))?);
    }
    for key in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if !made.contains_key(key) {
            return Err(ApiError::missing(&inner(key)));
        }
    }
    Ok(Value::Object(made))
}

fn array(contract: &Contract, schema: &Value, form: &Form, param: &str) -> Result<Value, ApiError> {
    let entries: Option<Vec<&Form>> = match form {
        Form::List(list) => Some(list.iter().collect()),
        Form::Map(map) => indexed(map),
        Form::Text(_) => None,
    };
    let entries = entries.ok_or_else(|| ApiError::invalid(param, "Invalid array"))?;
    let read = |(place, entry)| read(contract, &schema["items"], entry, &format!("{param}[{place}]"));
    entries.into_iter().enumerate().map(read).collect()
}

/// The first alternative that fits. When none does, the error of the one that looks most like
/// what was sent, so that it names the innermost parameter at fault.
fn any_of(contract: &Contract, choices: &[Value], form: &Form, param: &str) -> Result<Value, ApiError> {
    let mut deepest: Option<ApiError> = None;
    for choice in choices {
        match read(contract, choice, form, param) {
            Ok(value) => return Ok(value),
            Err(error) => {
                let depth = |e: &ApiError| e.param.as_ref().map_or(0, String::len);
                if deepest.as_ref().is_none_or(|best| depth(&error) >= depth(best)) {
                    deepest = Some(error);
                }
            }
        }
    }
    Err(deepest.unwrap_or_else(|| ApiError::invalid(param, "Invalid value")))
}

fn scalar(schema: &Value, text: &str, param: &str) -> Result<Value, ApiError> {
    let value = match schema["type"].as_str() {
        Some("integer" | "number" | "boolean") if text.is_empty() => {
            let message = format!(
                "You passed an empty string for '{param}'. We assume empty values are an attempt to unset a \
                 parameter; however '{param}' cannot be unset. You should remove '{param}' from your request or \
                 supply a non-empty value."
            );
            return Err(ApiError::coded("parameter_invalid_empty", param, message));
        }
        Some("integer") => text
            .parse::<i64>()
            .map(|number| json!(number))
            .map_err(|_| ApiError::coded("parameter_invalid_integer", param, format!("Invalid integer: {text}")))?,
        Some("number") => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => json!(number),
            _ => return Err(ApiError::invalid(param, format!("Invalid decimal: {text}"))),
        },
        Some("boolean") => match text {
            "true" => json!(true),
            "false" => json!(false),
            _ => return Err(ApiError::invalid(param, format!("Invalid boolean: {text}"))),
        },
        _ => json!(text),
    };
    match schema["enum"].as_array() {
        Some(allowed) if !allowed.contains(&value) => {
            let names: Vec<_> = allowed.iter().filter_map(Value::as_str).filter(|name| !name.is_empty()).collect();
            let message = format!("Invalid {param}: must be one of {}", names.join(", "));
            Err(ApiError::invalid(param, message))
        }
        _ => Ok(value),
    }
}
