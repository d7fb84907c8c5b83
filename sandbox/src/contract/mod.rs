//! The contract: which paths there are, what they take, what they answer.
//!
//! The JSON is derived from Stripe's own client library (see `sandbox/contract/README.md`).

pub mod check_request;
pub mod check_response;
pub mod shape;

use std::sync::OnceLock;

use serde_json::{Map, Value, json};

use shape::{Shape, Shapes};

const BUNDLED: &str = include_str!("../../contract/stripe-2026-09-30.endive.json");
const REFERENCE: &str = "#/components/schemas/";

/// The only API version spoken.
pub const API_VERSION: &str = "2026-09-30.endive";

/// One method on one path.
#[derive(Debug)]
pub struct Operation {
    /// Upper case.
    pub method: String,
    /// Like `/v1/customers/{customer}`.
    pub template: String,
    /// Schema of the parameters from query and form together.
    pub input: Value,
    /// What the answer with status 200 must be.
    pub answer: Shape,
}

/// The contract, ready to be asked.
#[derive(Debug)]
pub struct Contract {
    schemas: Map<String, Value>,
    operations: Vec<Operation>,
    shapes: Shapes,
}

impl Contract {
    /// The contract that is compiled in, read once.
    pub fn bundled() -> &'static Self {
        static CONTRACT: OnceLock<Contract> = OnceLock::new();
        CONTRACT.get_or_init(|| Self::read(serde_json::from_str(BUNDLED).unwrap_or_default()))
    }

    fn read(mut whole: Value) -> Self {
        let schemas = match whole["components"]["schemas"].take() {
            Value::Object(schemas) => schemas,
            _ => Map::new(),
        };
        let mut shapes = Shapes::of(&schemas);
        let mut operations = Vec::new();
        for (template, methods) in whole["paths"].as_object().into_iter().flatten() {
            for (method, said) in methods.as_object().into_iter().flatten() {
                operations.push(Operation {
                    method: method.to_uppercase(),
                    template: template.clone(),
                    input: input(said, &schemas),
                    answer: shapes.add(&said["responses"]["200"]["content"]["application/json"]["schema"]),
                });
            }
        }
        // `/v1/customers/search` before `/v1/customers/{customer}`.
        operations.sort_by_key(|operation| operation.template.matches('{').count());
        Self { schemas, operations, shapes }
    }

    /// The schemas, ready for checking values.
    pub fn shapes(&self) -> &Shapes {
        &self.shapes
    }

    /// All operations.
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// The operation for a request and the value of the path's placeholder, if it has one.
    pub fn find(&self, method: &str, path: &str) -> Option<(&Operation, Vec<String>)> {
        self.operations
            .iter()
            .filter(|operation| operation.method == method)
            .find_map(|operation| Some((operation, matched(&operation.template, path)?)))
    }

    /// Follows a reference; any other schema is returned as it is.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        schema["$ref"]
            .as_str()
            .and_then(|reference| self.schemas.get(reference.strip_prefix(REFERENCE)?))
            .unwrap_or(schema)
    }

    /// A schema by its name.
    pub fn schema(&self, name: &str) -> Option<&Value> {
        self.schemas.get(name)
    }
}

/// One closed object schema for everything a request may carry.
fn input(said: &Value, schemas: &Map<String, Value>) -> Value {
    let form = &said["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
    if let Some(body) = form["$ref"].as_str().and_then(|r| schemas.get(r.strip_prefix(REFERENCE)?)) {
        return body.clone();
    }
    let (mut properties, mut required) = (Map::new(), Vec::new());
    for parameter in said["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query") {
        if let Some(name) = parameter["name"].as_str() {
            properties.insert(name.to_owned(), parameter["schema"].clone());
            if parameter["required"] == true {
                required.push(json!(name));
            }
        }
    }
    json!({"type": "object", "additionalProperties": false, "properties": properties, "required": required})
}

fn matched(template: &str, path: &str) -> Option<Vec<String>> {
    let (wanted, given): (Vec<_>, Vec<_>) = (template.split('/').collect(), path.split('/').collect());
    if wanted.len() != given.len() {
        return None;
    }
    let mut values = Vec::new();
    for (wanted, given) in wanted.into_iter().zip(given) {
        if wanted.starts_with('{') && !given.is_empty() {
            values.push(given.to_owned());
        } else if wanted != given {
            return None;
        }
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::Contract;

    #[test]
    fn literal_paths_win_over_placeholders() {
        let contract = Contract::bundled();
        let found = |path| contract.find("GET", path).map(|(operation, _)| operation.template.as_str());
        assert_eq!(found("/v1/customers/search"), Some("/v1/customers/search"));
        assert_eq!(found("/v1/customers/cus_1"), Some("/v1/customers/{customer}"));
        assert_eq!(found("/v1/customers/"), None);
        assert_eq!(contract.operations().len(), 163);
    }
}
