//! Which path leads where.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};

use crate::control::{access, webhooks};
use crate::http::own_site;
use crate::memory::Sandbox;
use crate::{api, control, github, pages};

/// Everything the sandbox answers.
pub fn routes(sandbox: Arc<Sandbox>) -> Router {
    Router::new()
        .merge(pages::front::routes())
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
        .route("/_sandbox/webhooks", get(webhooks::show).post(webhooks::set).delete(webhooks::unset))
        .route("/_sandbox/webhooks/settings", post(webhooks::set_settings))
        .route("/_sandbox/webhooks/roll", post(webhooks::roll))
        .route("/_sandbox/webhooks/deliveries", get(webhooks::deliveries))
        .route("/_sandbox/webhooks/deliver", post(webhooks::deliver))
        .route("/_sandbox/webhooks/retry", post(webhooks::retry))
        .route("/_sandbox/webhooks/faults", post(webhooks::add_faults).delete(webhooks::clear_faults))
        .route("/_sandbox/authenticate", post(access::authenticate))
        .route("/_sandbox/keys", get(access::keys).post(access::set_key))
        .route("/_sandbox/rate_limit", get(access::rate_limit).post(access::set_rate_limit))
        .route("/_sandbox/faults", get(control::faults).post(control::add_faults).delete(control::clear_faults))
        .route("/_sandbox/settings", get(control::settings).post(control::set_settings))
        .route("/_sandbox/{*rest}", any(control::unknown))
        .route("/v1/{*rest}", any(api::answer))
        .nest("/github", github::routes(Arc::clone(&sandbox)))
        .fallback(pages::layout::not_found)
        .layer(from_fn_with_state(Arc::clone(&sandbox), own_site::guard))
        .with_state(sandbox)
}
