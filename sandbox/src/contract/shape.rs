//! Schemas made ready for checking: every answer and every event is held against one, so what a
//! schema says is looked up once, not for each value.

use std::collections::HashMap;

use serde_json::{Map, Value};

use super::REFERENCE;

/// A schema that was made ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape(usize);

/// What a schema demands of a value.
#[derive(Debug, Default)]
pub struct Demand {
    pub is_nullable: bool,
    pub kind: Kind,
    /// The values of an enum.
    pub allowed: Option<Vec<Value>>,
}

/// The type that is due.
#[derive(Debug, Default)]
pub enum Kind {
    #[default]
    Anything,
    /// As another schema demands.
    As(Shape),
    AnyOf(Vec<Shape>),
    /// `string`, `boolean`, `number` or `integer`.
    Scalar(String),
    Array(Shape),
    Object {
        /// By name, sorted.
        properties: Vec<(String, Shape)>,
        required: Vec<String>,
        others: Others,
    },
}

/// What is said of keys that have no schema of their own.
#[derive(Debug)]
pub enum Others {
    Welcome,
    Refused,
    As(Shape),
}

/// All schemas, ready.
#[derive(Debug, Default)]
pub struct Shapes {
    demands: Vec<Demand>,
    names: HashMap<String, Shape>,
}

impl Shapes {
    /// Makes the named schemas ready.
    pub fn of(schemas: &Map<String, Value>) -> Self {
        let mut shapes = Self::default();
        // Names first: schemas refer to each other in circles.
        for name in schemas.keys() {
            let place = shapes.reserve();
            shapes.names.insert(name.clone(), place);
        }
        for (place, schema) in schemas.values().enumerate() {
            let demand = shapes.read(schema);
            shapes.demands[place] = demand;
        }
        shapes
    }

    /// A schema by its name.
    pub fn named(&self, name: &str) -> Option<Shape> {
        self.names.get(name).copied()
    }

    /// Whether a schema is that of objects of a kind, by their `object`.
    pub fn is_named(&self, shape: Shape, object: &str) -> bool {
        let found = if object.contains('.') { self.named(&object.replace('.', "__")) } else { self.named(object) };
        found
            .is_some_and(|named| shape == named || matches!(self.demand(shape).kind, Kind::As(other) if other == named))
    }

    /// What a schema demands.
    pub fn demand(&self, shape: Shape) -> &Demand {
        &self.demands[shape.0]
    }

    /// Makes one more schema ready.
    pub fn add(&mut self, schema: &Value) -> Shape {
        let place = self.reserve();
        let demand = self.read(schema);
        self.demands[place.0] = demand;
        place
    }

    fn reserve(&mut self) -> Shape {
        self.demands.push(Demand::default());
        Shape(self.demands.len() - 1)
    }

    fn read(&mut self, schema: &Value) -> Demand {
        let is_nullable = schema["nullable"] == true || schema.as_object().is_some_and(Map::is_empty);
        let named = schema["$ref"].as_str().and_then(|reference| self.named(reference.strip_prefix(REFERENCE)?));
        if let Some(named) = named {
            return Demand { is_nullable, kind: Kind::As(named), allowed: None };
        }
        let kind = if let Some(choices) = schema["anyOf"].as_array() {
            Kind::AnyOf(choices.iter().map(|choice| self.add(choice)).collect())
        } else {
            match schema["type"].as_str() {
                None => Kind::Anything,
                Some("array") => Kind::Array(self.add(&schema["items"])),
                Some("object") => self.read_object(schema),
                Some(scalar) => Kind::Scalar(scalar.to_owned()),
            }
        };
        Demand { is_nullable, kind, allowed: schema["enum"].as_array().cloned() }
    }

    fn read_object(&mut self, schema: &Value) -> Kind {
        let mut properties: Vec<(String, Shape)> = Vec::new();
        for (name, of_key) in schema["properties"].as_object().into_iter().flatten() {
            properties.push((name.clone(), self.add(of_key)));
        }
        properties.sort_by(|(a, _), (b, _)| a.cmp(b));
        let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let others = match &schema["additionalProperties"] {
            of_others @ Value::Object(_) => Others::As(self.add(of_others)),
            Value::Bool(false) if schema["x-out-of-scope"] != true => Others::Refused,
            _ => Others::Welcome,
        };
        Kind::Object { properties, required: required.map(str::to_owned).collect(), others }
    }

    /// The objects that may stand where a schema does, also as entries of its list.
    pub fn objects(&self, shape: Shape) -> Vec<Shape> {
        match &self.demand(shape).kind {
            Kind::As(other) | Kind::Array(other) => self.objects(*other),
            Kind::AnyOf(choices) => choices.iter().flat_map(|choice| self.objects(*choice)).collect(),
            Kind::Object { .. } => vec![shape],
            Kind::Anything | Kind::Scalar(_) => Vec::new(),
        }
    }

    /// The schema of an object's property.
    pub fn property(&self, object: Shape, name: &str) -> Option<Shape> {
        let Kind::Object { properties, .. } = &self.demand(object).kind else { return None };
        let place = properties.binary_search_by(|(known, _)| known.as_str().cmp(name)).ok()?;
        Some(properties[place].1)
    }

    /// Whether an id may stand there for its object: the contract's mark of what can be expanded.
    pub fn is_expandable(&self, shape: Shape) -> bool {
        match &self.demand(shape).kind {
            Kind::As(other) | Kind::Array(other) => self.is_expandable(*other),
            Kind::AnyOf(choices) => {
                let is_id = |choice: &Shape| {
                    let demand = self.demand(*choice);
                    demand.allowed.is_none() && matches!(&demand.kind, Kind::Scalar(due) if due == "string")
                };
                choices.iter().any(is_id) && !self.objects(shape).is_empty()
            }
            _ => false,
        }
    }

    /// The `object` of the objects that a schema is about.
    pub fn object_name(&self, shape: Shape) -> Option<&Value> {
        match &self.demand(shape).kind {
            Kind::As(other) => self.object_name(*other),
            Kind::Object { properties, .. } => {
                let place = properties.binary_search_by(|(name, _)| name.as_str().cmp("object")).ok()?;
                self.demand(properties[place].1).allowed.as_ref()?.first()
            }
            _ => None,
        }
    }
}
