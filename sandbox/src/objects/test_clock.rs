//! Test clocks: customers made on one live in its time, which moves when it is advanced.
//!
//! Advancing only writes down the target; the work is done in slices beside the requests
//! (`background.rs`), and meanwhile nothing on the clock may be changed.

use serde_json::{Value, json};

use super::list;
use super::operation::{Call, Modelled, on};
use crate::agenda::Due;
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::{ApiError, ErrorType};

/// Seconds for which Stripe keeps a clock.
const KEPT: i64 = 30 * 86_400;

pub const OPERATIONS: &[Modelled] = &[
    on("POST", "/v1/test_helpers/test_clocks", &["frozen_time", "name"], create),
    on("GET", "/v1/test_helpers/test_clocks", &[], list_all),
    on("GET", "/v1/test_helpers/test_clocks/{test_clock}", &[], retrieve),
    on("DELETE", "/v1/test_helpers/test_clocks/{test_clock}", &[], delete),
    on("POST", "/v1/test_helpers/test_clocks/{test_clock}/advance", &["frozen_time"], advance),
];

fn create(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let frozen =
        call.params.get("frozen_time").and_then(Value::as_i64).ok_or_else(|| ApiError::missing("frozen_time"))?;
    let id = books.ids.object("clock");
    let clock = json!({
        "id": id, "object": "test_helpers.test_clock", "created": call.now, "deletes_after": call.now + KEPT,
        "frozen_time": frozen, "livemode": false, "name": call.or_null("name"), "status": "ready",
        "status_details": {},
    });
    books.set_now(Some(&id), frozen);
    books.create(&clock);
    Ok(clock)
}

fn retrieve(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let found = books.test_clocks.living(call.id()).cloned();
    found.ok_or_else(|| ApiError::no_such("testclock", call.id(), "test_clock", true))
}

fn list_all(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    list::page(call, books.test_clocks.newest_first(), |_| true)
}

fn advance(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let mut clock = retrieve(books, call)?;
    check_ready(books, call.id())?;
    let to = call.params.get("frozen_time").and_then(Value::as_i64).ok_or_else(|| ApiError::missing("frozen_time"))?;
    if to <= clock.int("frozen_time") {
        let message = "Test clocks can only be advanced to a time after their current frozen time.";
        return Err(ApiError::invalid("frozen_time", message));
    }
    clock["status"] = json!("advancing");
    clock["status_details"] = json!({"advancing": {"target_frozen_time": to}});
    books.transition(clock.clone(), &["test_helpers.test_clock.advancing"]);
    Ok(clock)
}

/// Notes that an advance has arrived.
pub fn arrive(books: &mut Books, id: &str) {
    let Some(mut clock) = books.test_clocks.living(id).cloned() else {
        return;
    };
    clock["frozen_time"] = clock["status_details"]["advancing"]["target_frozen_time"].clone();
    clock["status"] = json!("ready");
    clock["status_details"] = json!({});
    books.transition(clock, &["test_helpers.test_clock.ready"]);
}

/// The clocks that are on their way, and where to.
pub fn advancing(books: &Books) -> Vec<(String, i64)> {
    let target = |clock: &Value| clock["status_details"]["advancing"].maybe_int("target_frozen_time");
    books.test_clocks.newest_first().filter_map(|clock| Some((clock.id().to_owned(), target(clock)?))).collect()
}

/// Passes unless the clock is on its way.
///
/// # Errors
/// 429 as Stripe answers until the clock is ready.
pub fn check_ready(books: &Books, clock: &str) -> Result<(), ApiError> {
    let is_ready = books.test_clocks.living(clock).is_none_or(|clock| clock["status"] == "ready");
    if is_ready {
        return Ok(());
    }
    let message = format!("Test clock advancement underway - cannot perform modifications: {clock}");
    Err(ApiError::new(429, ErrorType::InvalidRequest, "rate_limit", message))
}

/// Deletes a clock with its customers and all that is to happen to them.
fn delete(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    retrieve(books, call)?;
    let on_it = |customer: &&Value| customer["test_clock"] == call.id();
    let customers: Vec<String> =
        books.customers.newest_first().filter(on_it).map(|customer| customer.id().to_owned()).collect();
    for customer in customers {
        super::customer::end(books, &customer);
    }
    let left: Vec<Due> = books.agenda.of_clock(Some(call.id())).cloned().collect();
    for due in left {
        books.agenda.set(None, due.deed, &due.id, None);
    }
    books.remove(call.id()).ok_or_else(|| ApiError::no_such("testclock", call.id(), "test_clock", true))
}
