//! The one error that reaches a browser: closed, without free text.

use domain::{
    accounts::linking::Unfinished,
    form::{Field, Problem},
};
use http::StatusCode;
use leptos::{
    prelude::{FromServerFnError, ServerFnErrorErr},
    server_fn::codec::JsonEncoding,
};
use policy::Reason;
use serde::{Deserialize, Serialize};
use services::ServiceError;
use thiserror::Error;

#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
pub enum AppError {
    #[error("sign in first")]
    SignInRequired,
    #[error("not found")]
    NotFound,
    #[error("not allowed")]
    Forbidden,
    /// It is another member's.
    #[error("somebody else's")]
    NotTheAuthor,
    /// It is about somebody above them, or would raise somebody above them.
    #[error("above one's own role")]
    AboveOwnRole,
    /// The organisation asks for a second factor, and this session has shown none.
    #[error("a second factor is required")]
    SecondFactorRequired,
    /// An operator acts as them, and this is not for support.
    #[error("not for support")]
    NotForSupport,
    /// The organisation may not be used from where they are.
    #[error("not from this address")]
    AddressNotAllowed,
    /// The organisation may not be used at this hour.
    #[error("not at this hour")]
    OutsideHours,
    /// The organisation is about to be deleted.
    #[error("the organization is closing")]
    Closing,
    #[error("the form has problems")]
    Invalid(Vec<(Field, Problem)>),
    #[error("wrong email or password")]
    WrongCredentials,
    /// They are sent to prove who they are once more (check L06).
    #[error("confirm that it is you")]
    ConfirmItIsYou,
    #[error("the link is no longer good")]
    LinkNotGood,
    #[error("nothing came of signing in elsewhere")]
    Unfinished(Unfinished),
    #[error("too many attempts")]
    Throttled { retry_after_seconds: i64 },
    #[error("too many requests from one address")]
    Flooded { retry_after_seconds: i64 },
    #[error("busy")]
    Busy,
    #[error("the payment provider failed")]
    PaymentsFailed,
    #[error("unavailable")]
    Unavailable,
    /// What looks like a card number was sent, and nothing of it kept (C-01).
    #[error("a card number")]
    CardNumber,
    #[error("bad request")]
    BadRequest,
    #[error("internal")]
    Internal,
}

impl AppError {
    /// Whether the form comes back with it; everything else is a page of its own.
    pub const fn comes_back(&self) -> bool {
        matches!(self, Self::Invalid(_) | Self::WrongCredentials | Self::Unfinished(_) | Self::Throttled { .. })
    }

    /// The status a reply with this error has.
    pub const fn status(&self) -> StatusCode {
        match self {
            Self::SignInRequired | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::LinkNotGood => StatusCode::GONE,
            Self::Invalid(_) | Self::CardNumber => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Throttled { .. } | Self::Flooded { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::PaymentsFailed | Self::Unfinished(Unfinished::NoAnswer) => StatusCode::BAD_GATEWAY,
            Self::Unfinished(
                Unfinished::Conflict | Unfinished::LinkedAlready | Unfinished::LastWayIn | Unfinished::StaffNeedsOne,
            ) => StatusCode::CONFLICT,
            Self::Forbidden
            | Self::NotTheAuthor
            | Self::AboveOwnRole
            | Self::SecondFactorRequired
            | Self::NotForSupport
            | Self::AddressNotAllowed
            | Self::OutsideHours
            | Self::Closing
            | Self::ConfirmItIsYou
            | Self::Unfinished(_) => StatusCode::FORBIDDEN,
            Self::Busy | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl From<ServiceError> for AppError {
    /// The boundary: what happened goes into the log here, once; what leaves says no more than its kind.
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotFound => Self::NotFound,
            ServiceError::Forbidden(Reason::SecondFactorRequired) => Self::SecondFactorRequired,
            ServiceError::Forbidden(Reason::Impersonated) => Self::NotForSupport,
            ServiceError::Forbidden(Reason::AddressNotAllowed) => Self::AddressNotAllowed,
            ServiceError::Forbidden(Reason::OutsideHours) => Self::OutsideHours,
            ServiceError::Forbidden(Reason::Closing) => Self::Closing,
            ServiceError::Forbidden(Reason::NotTheAuthor) => Self::NotTheAuthor,
            ServiceError::Forbidden(Reason::AboveOwnRole) => Self::AboveOwnRole,
            ServiceError::Forbidden(_) => Self::Forbidden,
            ServiceError::Invalid(problems) => Self::Invalid(problems),
            ServiceError::WrongCredentials => Self::WrongCredentials,
            ServiceError::Throttled { retry_after_seconds } => Self::Throttled { retry_after_seconds },
            ServiceError::Flooded { retry_after_seconds } => Self::Flooded { retry_after_seconds },
            ServiceError::Busy => Self::Busy,
            ServiceError::ProofTooOld => Self::ConfirmItIsYou,
            ServiceError::LinkNotGood => Self::LinkNotGood,
            // Logged where it happened.
            ServiceError::Unfinished(why) => Self::Unfinished(why),
            ServiceError::Seal(_) | ServiceError::Unreadable(_) => {
                tracing::error!(%error, "a stored value");
                Self::Internal
            }
            // Alerted where it happened.
            ServiceError::Payments(_) => Self::PaymentsFailed,
            ServiceError::Store(error) => {
                tracing::error!(%error, "storage");
                Self::Unavailable
            }
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    /// What the framework finds wrong with a request. Its text may quote the
    /// request, so it stays here.
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Args(_)
            | ServerFnErrorErr::MissingArg(_)
            | ServerFnErrorErr::Deserialization(_)
            | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}
