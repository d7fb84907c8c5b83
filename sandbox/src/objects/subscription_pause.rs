//! `POST /v1/subscriptions/{subscription}/pause`, as the API takes it.

use serde_json::Value;

use super::operation::{Call, Modelled, on};
use crate::books::Books;
use crate::fields::Fields;
use crate::http::errors::ApiError;
use crate::life::suspend::{Suspend, Unused, suspend};

pub const OPERATIONS: &[Modelled] = &[on(
    "POST",
    "/v1/subscriptions/{subscription}/pause",
    // Nothing metered is billed here, so that no usage can be outstanding, whatever is asked.
    &["bill_for.outstanding_usage_through", "bill_for.unused_time_from", "invoicing_behavior", "type"],
    pause,
)];

fn pause(books: &mut Books, call: &Call<'_>) -> Result<Value, ApiError> {
    let bill_for = call.params.get("bill_for").and_then(|asked| asked.get("unused_time_from"));
    let unused = match bill_for.map_or("", |from| from.text("type")) {
        "item_current_period_start" => Unused::FromPeriodStart,
        "none" => Unused::None,
        _ => Unused::FromNow,
    };
    suspend(books, call.id(), Suspend { unused, invoices_now: call.text("invoicing_behavior") == Some("invoice") })
}
