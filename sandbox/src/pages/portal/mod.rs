//! The hosted billing portal: `/p/session/{secret}`.
//!
//! What must hold: the configuration's features decide what is shown and, again, what a post may
//! do; a session reaches its own customer's objects only; everything is done by the API's own
//! operations, as one transaction each.

mod cancel;
mod cards;
mod change;
mod confirm;
mod customer;
mod done;
mod home;
mod offered;
mod parts;
mod update;
mod visitor;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::memory::Sandbox;

/// Its pages.
pub fn routes() -> Router<Arc<Sandbox>> {
    Router::new()
        .route("/p/session/{secret}", get(home::show).head(home::only_get))
        .route("/p/session/{secret}/done", get(done::show))
        .route("/p/session/{secret}/customer", get(customer::show).post(customer::submit))
        .route("/p/session/{secret}/subscriptions/{subscription}/update", get(change::show))
        .route("/p/session/{secret}/subscriptions/{subscription}/confirm", get(confirm::show).post(confirm::submit))
        .route("/p/session/{secret}/subscriptions/{subscription}/cancel", get(cancel::show).post(cancel::submit))
        .route("/p/session/{secret}/subscriptions/{subscription}/resume", post(cancel::resume))
        .route("/p/session/{secret}/payment-methods/add", get(cards::show).post(cards::submit))
        .route(
            "/p/session/{secret}/payment-methods/authenticate",
            get(cards::show_question).post(cards::answer_question),
        )
        .route("/p/session/{secret}/payment-methods/{method}/default", post(cards::make_default))
        .route("/p/session/{secret}/payment-methods/{method}/remove", post(cards::remove))
}
