//! `/healthz`: the process lives. `/readyz`: the database answers and is migrated.

use std::time::Duration;

use axum::{extract::State, response::IntoResponse};
use http::StatusCode;
use services::Services;

/// A database that takes longer is not there.
const PATIENCE: Duration = Duration::from_secs(4);

pub async fn alive() -> &'static str {
    "alive\n"
}

pub async fn ready(State(services): State<Services>) -> impl IntoResponse {
    let asked = migrations::is_current(services.store().connection());
    match tokio::time::timeout(PATIENCE, asked).await.map_err(drop).and_then(|answer| answer.map_err(drop)) {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "not migrated: run `portico migrate`\n"),
        Err(()) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer, or was never migrated\n"),
    }
}
