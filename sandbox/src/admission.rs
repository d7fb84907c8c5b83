//! Whether a request may be worked on: key, version, path, parameters.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::HeaderMap;
use serde_json::{Map, Value};

use crate::contract::{API_VERSION, Contract, Operation, check_request};
use crate::http::auth::{self, Caller};
use crate::http::errors::{ApiError, ErrorType};
use crate::http::form;
use crate::http::rights;
use crate::memory::Sandbox;
use crate::objects::operation::{Modelled, modelled};

/// A request as it came.
pub struct Asked {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Asked {
    /// A header's text, if it is one.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// What a request carries, as far as it can be read.
pub struct Forms {
    pub query: Form,
    pub body: Form,
}

type Form = Result<BTreeMap<String, form::Form>, form::FormError>;

impl Forms {
    /// Nothing: what a stranger sends is not read.
    pub fn unread() -> Self {
        Self { query: Ok(BTreeMap::new()), body: Ok(BTreeMap::new()) }
    }

    /// Reads query and body.
    pub fn of(asked: &Asked) -> Self {
        Self { query: form::parse(asked.query.as_bytes()), body: form::parse(&asked.body) }
    }
}

/// A request that may be worked on.
pub struct Admitted {
    pub operation: &'static Operation,
    pub modelled: &'static Modelled,
    pub path_ids: Vec<String>,
    pub params: Map<String, Value>,
}

/// Admits a request, or says why not. Nothing is done yet.
///
/// # Errors
/// 403 for a restricted key without the right, 400 for the version and for parameters, 404 for
/// the path, 501 for what is not modelled.
pub fn admit(sandbox: &Sandbox, caller: &Caller, asked: &Asked, forms: Forms) -> Result<Admitted, ApiError> {
    if let Some(version) = asked.header("stripe-version")
        && version != API_VERSION
    {
        let message = format!("Invalid Stripe API version: {version}. The sandbox speaks {API_VERSION} only.");
        return Err(ApiError::new(400, ErrorType::InvalidRequest, "", message));
    }
    if asked.headers.contains_key("stripe-account") {
        return Err(ApiError::not_modelled("connected accounts (the header Stripe-Account)"));
    }
    let contract = Contract::bundled();
    let found = contract.find(&asked.method, &asked.path);
    let (operation, path_ids) = found.ok_or_else(|| {
        let message = format!("Unrecognized request URL ({}: {}).", asked.method, asked.path);
        ApiError::new(404, ErrorType::InvalidRequest, "", message)
    })?;
    permit(sandbox, caller, operation, &path_ids)?;
    let params = check_request::check(contract, &operation.input, &sent(asked, forms)?)?;
    let modelled = modelled(&operation.method, &operation.template)
        .ok_or_else(|| ApiError::not_modelled(&format!("{} {}", operation.method, operation.template)))?;
    modelled.check_params(&params)?;
    Ok(Admitted { operation, modelled, path_ids, params })
}

/// Whether this caller may use the operation at all.
fn permit(sandbox: &Sandbox, caller: &Caller, operation: &Operation, path_ids: &[String]) -> Result<(), ApiError> {
    match caller {
        Caller::Secret => Ok(()),
        Caller::Restricted(key, rights) => rights::check(rights, key, &operation.method, &operation.template),
        Caller::Live => {
            let memory = sandbox.memory();
            let found = path_ids.iter().find_map(|id| Some((id, memory.books.any(id)?["object"].as_str()?)));
            Err(match found {
                Some((id, object)) => auth::wrong_mode(Some(object), id),
                None => auth::wrong_mode(None, ""),
            })
        }
    }
}

/// The parameters of a request, from where its method carries them.
fn sent(asked: &Asked, forms: Forms) -> Result<BTreeMap<String, form::Form>, ApiError> {
    let unreadable = |error: form::FormError| ApiError::invalid("", error.to_string());
    let query = forms.query.map_err(unreadable)?;
    if asked.body.is_empty() {
        return Ok(query);
    }
    let is_form =
        asked.header("content-type").is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
    if !is_form {
        let message = "Invalid request: the body must be application/x-www-form-urlencoded.";
        return Err(ApiError::invalid("", message));
    }
    if !query.is_empty() {
        return Err(ApiError::invalid("", "Invalid request: parameters both in the query and in the body."));
    }
    forms.body.map_err(unreadable)
}
