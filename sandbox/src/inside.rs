//! The API's operations, asked from inside: hosted pages do what they do by the very handlers
//! that clients reach over HTTP, so a page can't do what the API would refuse.

use std::sync::Arc;

use serde_json::{Map, Value};

use crate::books::Books;
use crate::contract::{Contract, check_response};
use crate::http::errors::{ApiError, ErrorType};
use crate::objects::operation::{Call, modelled};
use crate::objects::test_clock;
use crate::perform::clock_of;

/// The books, to ask operations of.
pub struct Inside<'a> {
    pub books: &'a mut Books,
}

impl Inside<'_> {
    /// `GET` without parameters.
    pub fn get(&mut self, path: &str) -> Result<Value, ApiError> {
        self.ask("GET", path, Map::new())
    }

    /// `POST` with parameters of the types that the contract gives them.
    pub fn post(&mut self, path: &str, params: Value) -> Result<Value, ApiError> {
        let params = if let Value::Object(params) = params { params } else { Map::new() };
        self.ask("POST", path, params)
    }

    /// Any operation, at the time of the test clock that it is about, if there is one.
    ///
    /// # Errors
    /// What the operation answers; 429 while the clock advances; 501 where it is not modelled.
    pub fn ask(&mut self, method: &str, path: &str, params: Map<String, Value>) -> Result<Value, ApiError> {
        let contract = Contract::bundled();
        let unknown = || ApiError::not_modelled(&format!("{method} {path}"));
        let (operation, path_ids) = contract.find(method, path).ok_or_else(unknown)?;
        let modelled = modelled(&operation.method, &operation.template).ok_or_else(unknown)?;
        modelled.check_params(&params)?;
        let clock = clock_of(self.books, &path_ids, &params);
        if let Some(clock) = clock.as_deref().filter(|_| method != "GET") {
            test_clock::check_ready(self.books, clock)?;
        }
        let now = self.books.now_on(clock.as_deref());
        let public_url = Arc::clone(&self.books.moment.public_url);
        let call = Call { path_ids: &path_ids, path, params: &params, now, public_url: &public_url };
        let answer = (modelled.handler)(self.books, &call)?;
        match check_response::violation(contract, operation.answer, &answer) {
            None => Ok(answer),
            Some(problem) => {
                let message = format!("The sandbox's own answer to {method} {path} breaks the contract at {problem}.");
                Err(ApiError::new(500, ErrorType::Api, "sandbox_contract_violation", message))
            }
        }
    }
}
