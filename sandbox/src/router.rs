//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::routing::{any, get, post};

use crate::memory::Sandbox;
use crate::{api, control, pages};

/// Everything the sandbox answers.
pub fn routes(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .route("/", get(pages::front::show))
        .merge(pages::portal::routes())
        .route("/3ds/{secret}", get(pages::three_d_secure::show).post(pages::three_d_secure::answer))
        .route("/i/{secret}", get(pages::invoice::show).post(pages::invoice::submit))
        .route("/i/{secret}/authenticate", get(pages::invoice::authenticate).post(pages::invoice::authenticate_answer))
        .route("/c/pay/{session}", get(pages::checkout::show).post(pages::checkout::submit))
        .route(
            "/c/pay/{session}/authenticate",
            get(pages::checkout::authenticate).post(pages::checkout::authenticate_answer),
        )
        .route("/_sandbox/requests", get(control::requests))
        .route("/_sandbox/violations", get(control::violations))
        .route("/_sandbox/reset", post(control::reset))
        .route("/_sandbox/webhooks", get(control::webhook).post(control::set_webhook))
        .route("/_sandbox/faults", get(control::faults).post(control::add_faults).delete(control::clear_faults))
        .route("/_sandbox/settings", get(control::settings).post(control::set_settings))
        .route("/_sandbox/{*rest}", any(control::unknown))
        .route("/v1/{*rest}", any(api::answer))
        .fallback(pages::layout::not_found)
        .with_state(sandbox)
}
