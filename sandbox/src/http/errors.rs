//! Errors in Stripe's shape.

use serde_json::{Map, Value, json};

/// Stripe's `error.type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorType {
    Api,
    Card,
    Idempotency,
    InvalidRequest,
}

impl ErrorType {
    fn name(self) -> &'static str {
        match self {
            Self::Api => "api_error",
            Self::Card => "card_error",
            Self::Idempotency => "idempotency_error",
            Self::InvalidRequest => "invalid_request_error",
        }
    }
}

/// A refusal as the API sends it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {message}")]
pub struct ApiError {
    pub status: u16,
    pub kind: ErrorType,
    pub code: Option<String>,
    pub message: String,
    pub param: Option<String>,
    pub decline_code: Option<String>,
    /// What was done before the refusal stays done: a card was asked and said no.
    pub is_done: bool,
}

/// The code of an answer that the sandbox refuses to make up.
pub const NOT_MODELLED: &str = "sandbox_not_modelled";

/// The code of a path to expand that is too long.
pub const TOO_DEEP: &str = "property_expansion_max_depth";

impl ApiError {
    /// Any refusal; the other constructors name the usual ones.
    pub fn new(status: u16, kind: ErrorType, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            code: (!code.is_empty()).then(|| code.to_owned()),
            message: message.into(),
            param: None,
            decline_code: None,
            is_done: false,
        }
    }

    /// 400 without a code, as Stripe answers wrong types and enums.
    pub fn invalid(param: &str, message: impl Into<String>) -> Self {
        Self::coded("", param, message)
    }

    /// 400 with a code and the parameter it is about.
    pub fn coded(code: &str, param: &str, message: impl Into<String>) -> Self {
        Self::new(400, ErrorType::InvalidRequest, code, message).about(param)
    }

    /// 400: a parameter that can't be left out.
    pub fn missing(param: &str) -> Self {
        Self::coded("parameter_missing", param, format!("Missing required param: {param}."))
    }

    /// An id that nothing answers to: 404 when it stands in the path (`in_path`), else 400.
    pub fn no_such(noun: &str, id: &str, param: &str, in_path: bool) -> Self {
        let message = format!("No such {noun}: '{id}'");
        let status = if in_path { 404 } else { 400 };
        Self::new(status, ErrorType::InvalidRequest, "resource_missing", message).about(param)
    }

    /// 501: part of Stripe, but not of the sandbox. Never a plausible 200.
    pub fn not_modelled(what: &str) -> Self {
        let message = format!("The sandbox does not model {what}. See sandbox/DEVIATIONS.md.");
        Self::new(501, ErrorType::Api, NOT_MODELLED, message)
    }

    /// The same error, about `param`.
    #[must_use]
    pub fn about(mut self, param: &str) -> Self {
        self.param = (!param.is_empty()).then(|| param.to_owned());
        self
    }

    /// The same error, after work that is not to be undone.
    #[must_use]
    pub fn kept(mut self) -> Self {
        self.is_done = true;
        self
    }

    /// The JSON body.
    pub fn body(&self) -> Value {
        let mut error = Map::new();
        error.insert("message".into(), json!(self.message));
        error.insert("type".into(), json!(self.kind.name()));
        if let Some(code) = &self.code {
            error.insert("code".into(), json!(code));
            // Stripe has no page about that one.
            if !code.starts_with("sandbox_") && code != TOO_DEEP {
                let page = format!("https://stripe.com/docs/error-codes/{}", code.replace('_', "-"));
                error.insert("doc_url".into(), json!(page));
            }
        }
        if let Some(param) = &self.param {
            error.insert("param".into(), json!(param));
        }
        if let Some(decline_code) = &self.decline_code {
            error.insert("decline_code".into(), json!(decline_code));
        }
        json!({"error": error})
    }
}
