//! Reading the policies, once, at the start.

use std::str::FromStr;

use cedar_policy::{Authorizer, Entity, PolicySet, Schema, ValidationMode, Validator};
use thiserror::Error;

use crate::{answers::Answers, entities};

const SCHEMA: &str = include_str!("../policies/portico.cedarschema");
const POLICIES: [&str; 2] = [include_str!("../policies/roles.cedar"), include_str!("../policies/limits.cedar")];

/// The loaded policies.
pub struct Policy {
    pub(crate) authorizer: Authorizer,
    pub(crate) policies: PolicySet,
    /// The role tree, the same for every question.
    pub(crate) roles: Vec<Entity>,
    /// A question that does not fit it is not asked.
    pub(crate) schema: Schema,
    /// What has been asked already, see `answers.rs`.
    pub(crate) answers: Answers,
}

/// Why the policies can't be used. The process must not start then.
#[derive(Debug, Error)]
pub enum PolicyError {
    #[error("the policy schema does not parse: {0}")]
    Schema(String),
    #[error("the policies do not parse: {0}")]
    Parse(String),
    #[error("the policies do not fit their schema: {0}")]
    Invalid(String),
}

impl Policy {
    /// # Errors
    /// When the schema or a policy does not parse, or a policy does not fit the schema.
    pub fn load() -> Result<Self, PolicyError> {
        Self::from_text(SCHEMA, &POLICIES.join("\n"))
    }

    pub(crate) fn from_text(schema: &str, policies: &str) -> Result<Self, PolicyError> {
        let (schema, _warnings) =
            Schema::from_cedarschema_str(schema).map_err(|e| PolicyError::Schema(e.to_string()))?;
        let parsed = PolicySet::from_str(policies).map_err(|e| PolicyError::Parse(e.to_string()))?;
        let report = Validator::new(schema.clone()).validate(&parsed, ValidationMode::Strict);
        if !report.validation_passed() {
            return Err(PolicyError::Invalid(report.to_string()));
        }
        Ok(Self {
            authorizer: Authorizer::new(),
            policies: parsed,
            roles: entities::role_tree(),
            schema,
            answers: Answers::default(),
        })
    }
}
