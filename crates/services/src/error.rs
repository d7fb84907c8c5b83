//! Why a use case did not happen.

use policy::Reason;
use store::StoreError;
use thiserror::Error;

use crate::billing::PaymentsError;

/// A form's field that can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Email,
    Password,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    Missing,
    Malformed,
    TooLong,
}

#[derive(Debug, Error)]
pub enum ServiceError {
    /// It does not exist, or the one asking may not know that it does.
    #[error("not found")]
    NotFound,
    /// A member who may not.
    #[error("forbidden: {0:?}")]
    Forbidden(Reason),
    #[error("the form has problems")]
    Invalid(Vec<(Field, Problem)>),
    /// Unknown person, wrong password, disabled: nobody is told which (check L01).
    #[error("wrong e-mail or password")]
    WrongCredentials,
    /// Too many tries on one account.
    #[error("too many attempts; again in {retry_after_seconds} s")]
    Throttled { retry_after_seconds: i64 },
    /// Too many requests from one network address.
    #[error("too many requests from one address; again in {retry_after_seconds} s")]
    Flooded { retry_after_seconds: i64 },
    /// More work than this machine takes on at once.
    #[error("too busy")]
    Busy,
    /// The provider failed, or its answer can't be trusted. Alerted where it happened.
    #[error("payments: {0}")]
    Payments(#[from] PaymentsError),
    #[error(transparent)]
    Store(#[from] StoreError),
}
