//! Why a use case did not happen.

use domain::{
    accounts::linking::Unfinished,
    form::{Field, Problem},
};
use policy::Reason;
use store::StoreError;
use thiserror::Error;

use crate::{SealError, billing::PaymentsError};

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
    /// It needs a proof of who they are that is more recent than theirs (check L06).
    #[error("a recent proof is needed")]
    ProofTooOld,
    /// A link or code that was used, has run out, or never was: nobody is told which (check P01).
    #[error("the link is no longer good")]
    LinkNotGood,
    /// The way to a provider and back led nowhere. What went wrong is in the log already.
    #[error("nothing came of signing in elsewhere: {0:?}")]
    Unfinished(Unfinished),
    #[error(transparent)]
    Seal(#[from] SealError),
    /// A stored value that no version of this product writes.
    #[error("unreadable: {0}")]
    Unreadable(&'static str),
    #[error(transparent)]
    Store(#[from] StoreError),
}
