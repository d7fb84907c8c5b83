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
    /// The template's parts; `None` is a placeholder.
    parts: Vec<Option<String>>,
    /// Schema of the parameters from query and form together.
    pub input: Value,
    /// What the answer with status 200 must be.
    pub answer: Shape,
}

impl Operation {
    fn fits(&self, given: &[&str]) -> bool {
        let fits = |(part, given): (&Option<String>, &&str)| match part {
            Some(part) => part == given,
            None => !given.is_empty(),
        };
        self.parts.len() == given.len() && self.parts.iter().zip(given).all(fits)
    }

    /// What stands for the placeholders.
    fn values(&self, given: &[&str]) -> Vec<String> {
        let free = self.parts.iter().zip(given).filter(|(part, _)| part.is_none());
        free.map(|(_, given)| (*given).to_owned()).collect()
    }
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
                    parts: template.split('/').map(|part| (!part.starts_with('{')).then(|| part.to_owned())).collect(),
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

    /// The operation for a request and the values of the path's placeholders.
    pub fn find(&self, method: &str, path: &str) -> Option<(&Operation, Vec<String>)> {
        let given: Vec<&str> = path.split('/').collect();
        let operation =
            self.operations.iter().find(|operation| operation.method == method && operation.fits(&given))?;
        Some((operation, operation.values(&given)))
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
