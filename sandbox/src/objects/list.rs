//! Pages of objects, newest first, by cursor.

use serde_json::{Value, json};

use super::operation::Call;
use crate::http::errors::ApiError;

const USUAL: i64 = 10;
const MOST: i64 = 100;

/// The page of `objects` (newest first) that the call asks for, after `keep` and `created`.
///
/// # Errors
/// 400 for a limit outside 1 to 100, both cursors at once, or a cursor that is not in the list.
pub fn page<'a>(
    call: &Call<'_>,
    objects: impl Iterator<Item = &'a Value>,
    keep: impl Fn(&Value) -> bool,
) -> Result<Value, ApiError> {
    let kept: Vec<&Value> = objects.filter(|object| keep(object) && created(call, object)).collect();
    let limit = limit(call)?;
    let (after, before) = (call.text("starting_after"), call.text("ending_before"));
    let (page, has_more) = match (after, before) {
        (Some(_), Some(_)) => {
            let message = "You can only provide one of starting_after and ending_before.";
            return Err(ApiError::invalid("starting_after", message));
        }
        (_, Some(id)) => {
            let end = place(&kept, id, "ending_before")?;
            let start = end.saturating_sub(limit);
            (&kept[start..end], start > 0)
        }
        (after, None) => {
            let start = after.map_or(Ok(0), |id| place(&kept, id, "starting_after").map(|place| place + 1))?;
            let end = kept.len().min(start + limit);
            (&kept[start..end], end < kept.len())
        }
    };
    Ok(json!({"object": "list", "url": call.path, "has_more": has_more, "data": page}))
}

/// `limit`, 10 when absent.
pub fn limit(call: &Call<'_>) -> Result<usize, ApiError> {
    let limit = call.params.get("limit").and_then(Value::as_i64).unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        let message = format!("Limit must be between 1 and {MOST}, but was {limit}.");
        return Err(ApiError::invalid("limit", message));
    }
    Ok(usize::try_from(limit).unwrap_or(1))
}

fn place(kept: &[&Value], id: &str, param: &str) -> Result<usize, ApiError> {
    kept.iter()
        .position(|object| object["id"] == id)
        .ok_or_else(|| ApiError::no_such("object in this list", id, param, false))
}

fn created(call: &Call<'_>, object: &Value) -> bool {
    let at = object["created"].as_i64().unwrap_or(0);
    match call.params.get("created") {
        None => true,
        Some(Value::Object(range)) => {
            let holds = |key: &str, test: fn(i64, i64) -> bool| {
                range.get(key).and_then(Value::as_i64).is_none_or(|bound| test(at, bound))
            };
            holds("gt", |a, b| a > b)
                && holds("gte", |a, b| a >= b)
                && holds("lt", |a, b| a < b)
                && holds("lte", |a, b| a <= b)
        }
        Some(exactly) => exactly.as_i64() == Some(at),
    }
}
