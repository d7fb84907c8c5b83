//! `/healthz`: the process lives. `/readyz`: the database answers and is migrated.

use axum::{extract::State, response::IntoResponse};
use http::StatusCode;
use services::Services;

pub async fn alive() -> &'static str {
    "alive\n"
}

pub async fn ready(State(services): State<Services>) -> impl IntoResponse {
    match migrations::is_current(services.store().connection()).await {
        Ok(true) => (StatusCode::OK, "ready\n"),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "not migrated: run `portico migrate`\n"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer, or was never migrated\n"),
    }
}
