//! How much is taken on at once, and for how long (check D04). What is too much is
//! told so at once, with 503 and when to come back.

use std::{sync::Arc, time::Duration};

use app::error::AppError;
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use tokio::{sync::Semaphore, time::timeout};

use super::chain::Next;

/// Requests in work at once.
const AT_ONCE: usize = 512;
/// Longer than any action takes: the longest, a portal that does not answer, gives up after eight seconds.
const PATIENCE: Duration = Duration::from_secs(15);

#[derive(Clone)]
pub struct Admission(Arc<Semaphore>);

impl Default for Admission {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

pub async fn admit(State(Admission(places)): State<Admission>, request: Request, next: Next) -> Response {
    let Ok(_place) = places.try_acquire() else { return refusal(AppError::Busy) };
    timeout(PATIENCE, next.run(request)).await.unwrap_or_else(|_| refusal(AppError::Unavailable))
}

/// A refusal without words; `error_pages` gives it a page.
pub fn refusal(error: AppError) -> Response {
    let mut response = error.status().into_response();
    if error.status() == http::StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(http::header::RETRY_AFTER, http::HeaderValue::from_static("5"));
    }
    if let AppError::Throttled { retry_after_seconds } | AppError::Flooded { retry_after_seconds } = error {
        response.headers_mut().insert(http::header::RETRY_AFTER, retry_after_seconds.into());
    }
    response.extensions_mut().insert(error);
    response
}
