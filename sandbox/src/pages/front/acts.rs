//! What the buttons of the front page do. Each is a plain form post, answered by a way back.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::{Map, Value, json};

use crate::calendar;
use crate::control::saved;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::memory::{Memory, Sandbox};
use crate::objects::operation::{Call, modelled};
use crate::pages::layout::notice;
use crate::transaction::{Stop, transact};

const ADVANCE: &str = "/v1/test_helpers/test_clocks/{test_clock}/advance";

/// Another site must not press the buttons.
fn is_own(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none")
}

async fn back(sandbox: &Arc<Sandbox>, to: &str) -> Response {
    match saved(sandbox).await {
        Ok(()) => Redirect::to(&format!("/#{to}")).into_response(),
        Err(reply) => reply.into_response(),
    }
}

fn refused(status: StatusCode, why: &str) -> Response {
    notice(status, "This could not be done", why)
}

/// `POST /clocks/{clock}/advance` with `by` = `day`, `month` or `next`.
pub async fn advance(
    State(sandbox): State<Arc<Sandbox>>,
    Path(clock): Path<String>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    if !is_own(&headers) {
        return refused(StatusCode::FORBIDDEN, "The request came from another site.");
    }
    let by = form.get("by").map_or("", String::as_str);
    let done = advanced(&sandbox, &mut sandbox.memory(), &clock, by);
    sandbox.clock_moved.notify_one();
    match done {
        Ok(()) => back(&sandbox, "clocks").await,
        Err(Stop::Refused(error)) => refused(StatusCode::BAD_REQUEST, &error.message),
        Err(Stop::Broken(problem)) => refused(StatusCode::INTERNAL_SERVER_ERROR, &problem),
    }
}

fn advanced(sandbox: &Sandbox, memory: &mut Memory, clock: &str, by: &str) -> Result<(), Stop> {
    transact(sandbox, memory, None, |books| {
        let now = books.test_clocks.living(clock).map_or(0, |clock| clock.int("frozen_time"));
        let to = match by {
            "next" => books.agenda.of_clock(Some(clock)).next().map(|due| due.at.max(now + 1)),
            interval => calendar::after(now, interval, 1),
        };
        let to =
            to.ok_or_else(|| ApiError::invalid("by", "It can be advanced by a day, a month, or to what is next."))?;
        let params: Map<String, Value> = Map::from_iter([("frozen_time".to_owned(), json!(to))]);
        let (path_ids, path) = ([clock.to_owned()], ADVANCE.replace("{test_clock}", clock));
        let call = Call { path_ids: &path_ids, path: &path, params: &params, now, public_url: &sandbox.public_url };
        let known = modelled("POST", ADVANCE).ok_or_else(|| ApiError::not_modelled("test clocks"))?;
        (known.handler)(books, &call)?;
        Ok(())
    })
}

/// `POST /deliveries/{delivery}/again`: the same event to the same target once more.
pub async fn deliver_again(
    State(sandbox): State<Arc<Sandbox>>,
    Path(delivery): Path<u64>,
    headers: HeaderMap,
) -> Response {
    if !is_own(&headers) {
        return refused(StatusCode::FORBIDDEN, "The request came from another site.");
    }
    let made = {
        let now = sandbox.clock.now();
        let mut memory = sandbox.memory();
        let memory = &mut *memory;
        let row = memory.webhooks.deliveries.get(delivery).cloned();
        row.map_or(0, |row| memory.webhooks.again(&memory.books, &row.event, Some(&row.target), None, now).len())
    };
    if made == 0 {
        return refused(StatusCode::NOT_FOUND, "The delivery is forgotten, or nobody listens there any more.");
    }
    let response = back(&sandbox, "deliveries").await;
    sandbox.courier.notify_one();
    response
}

/// `POST /deliveries/retry`: all that waits is due now.
pub async fn retry(State(sandbox): State<Arc<Sandbox>>, headers: HeaderMap) -> Response {
    if !is_own(&headers) {
        return refused(StatusCode::FORBIDDEN, "The request came from another site.");
    }
    let now = sandbox.clock.now();
    sandbox.memory().webhooks.deliveries.hurry(now);
    let response = back(&sandbox, "deliveries").await;
    sandbox.courier.notify_one();
    response
}
