//! `/_sandbox/webhooks…`: where events go, what became of them, and what is to go wrong.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Reply, Shared, bad, saved};
use crate::memory::{Memory, Sandbox};
use crate::webhooks::mishap::Mishap;
use crate::webhooks::settings::Settings;
use crate::webhooks::target::{DEFAULT, Secrets, WebhookTarget};

/// Seconds for which an old secret still signs, unless said otherwise: Stripe's most.
const ROLLING: i64 = 24 * 60 * 60;
/// How many deliveries an answer shows, unless it is asked for more.
const SHOWN: usize = 100;

fn good(value: Value) -> Reply {
    (StatusCode::OK, Json(value))
}

/// Changes the memory, saves it, wakes whoever delivers, and answers.
async fn change(sandbox: &Arc<Sandbox>, change: impl FnOnce(&mut Memory, i64) -> Result<Value, String>) -> Reply {
    let now = sandbox.clock.now();
    let done = change(&mut sandbox.memory(), now);
    match done {
        Err(problem) => bad(problem),
        Ok(value) => match saved(sandbox).await {
            Ok(()) => {
                sandbox.courier.notify_one();
                good(value)
            }
            Err(reply) => reply,
        },
    }
}

fn read<'b, T: Deserialize<'b>>(body: &'b Bytes) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|error| error.to_string())
}

/// `GET /_sandbox/webhooks`: the target, who else listens, how it is delivered, what is to go wrong.
pub async fn show(State(sandbox): Shared) -> Reply {
    good(shown(&sandbox.memory()))
}

fn shown(memory: &Memory) -> Value {
    let webhooks = &memory.webhooks;
    let target = webhooks.target.as_ref().map(|target| {
        let previous = target.secrets.previous.as_ref();
        json!({
            "url": target.url, "secret": target.secrets.current, "enabled_events": target.enabled_events,
            "previous_secret": previous.map(|(secret, _)| secret), "previous_expires": previous.map(|(_, at)| at),
        })
    });
    json!({
        "target": target, "delivers": true, "listening": webhooks.listening(&memory.books),
        "settings": webhooks.settings, "faults": webhooks.mishaps.list(), "held_for": webhooks.deliveries.holding(),
        "idle": webhooks.deliveries.is_idle(),
    })
}

/// `POST /_sandbox/webhooks`: `{url, secret, enabled_events?}`.
pub async fn set(State(sandbox): Shared, body: Bytes) -> Reply {
    change(&sandbox, |memory, _| {
        memory.webhooks.target = Some(read::<WebhookTarget>(&body)?.into());
        Ok(shown(memory))
    })
    .await
}

/// `DELETE /_sandbox/webhooks`: nobody listens there; what waits for it is given up.
pub async fn unset(State(sandbox): Shared) -> Reply {
    change(&sandbox, |memory, _| {
        memory.webhooks.target = None;
        memory.webhooks.give_up(&mut memory.books, DEFAULT);
        Ok(shown(memory))
    })
    .await
}

/// `POST /_sandbox/webhooks/settings`: all of them; what is left out goes back to its default.
pub async fn set_settings(State(sandbox): Shared, body: Bytes) -> Reply {
    change(&sandbox, |memory, _| {
        let settings: Settings = read(&body)?;
        settings.check()?;
        memory.webhooks.settings = settings;
        Ok(json!(memory.webhooks.settings))
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Roll {
    #[serde(default = "default_target")]
    target: String,
    secret: Option<String>,
    #[serde(default = "rolling")]
    expires_in: i64,
}

fn default_target() -> String {
    DEFAULT.to_owned()
}

fn rolling() -> i64 {
    ROLLING
}

/// `POST /_sandbox/webhooks/roll`: `{target?, secret?, expires_in?}`. Both secrets sign until then.
pub async fn roll(State(sandbox): Shared, body: Bytes) -> Reply {
    change(&sandbox, |memory, now| {
        let Roll { target, secret, expires_in } = read(&body)?;
        let fresh = secret.unwrap_or_else(|| memory.books.ids.signing_secret());
        let expires = now.saturating_add(expires_in);
        roll_secret(memory, &target, fresh, expires)
            .ok_or("nobody listens at this `target`")
            .map(|secrets| json!({"target": target, "secret": secrets.current, "previous_expires": expires}))
            .map_err(str::to_owned)
    })
    .await
}

fn roll_secret(memory: &mut Memory, target: &str, fresh: String, expires: i64) -> Option<Secrets> {
    let secrets = match target {
        DEFAULT => &mut memory.webhooks.target.as_mut()?.secrets,
        endpoint => memory.books.webhook_secrets.get_mut_cow(endpoint)?,
    };
    secrets.roll(fresh, expires);
    Some(secrets.clone())
}

/// `GET /_sandbox/webhooks/deliveries?last=N&event=evt_…&target=…`: newest last, each with its attempts.
pub async fn deliveries(State(sandbox): Shared, Query(query): Query<HashMap<String, String>>) -> Reply {
    let last = match query.get("last").map(|text| text.parse::<usize>()) {
        None => SHOWN,
        Some(Ok(last)) => last,
        Some(Err(_)) => return bad("`last` must be a number"),
    };
    let memory = sandbox.memory();
    let is_asked = |key: &str, value: &str| query.get(key).is_none_or(|asked| asked == value);
    let all = memory.webhooks.deliveries.newest_first();
    let asked = all.filter(|row| is_asked("event", &row.event) && is_asked("target", &row.target));
    let mut rows: Vec<Value> = asked.take(last).map(|row| json!(**row)).collect();
    rows.reverse();
    good(json!(rows))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    event: String,
    target: Option<String>,
    fault: Option<Mishap>,
}

/// `POST /_sandbox/webhooks/deliver`: `{event, target?, fault?}` sends an event again.
pub async fn deliver(State(sandbox): Shared, body: Bytes) -> Reply {
    change(&sandbox, |memory, now| {
        let Again { event, target, fault } = read(&body)?;
        fault.as_ref().map_or(Ok(()), Mishap::check)?;
        let made = memory.webhooks.again(&memory.books, &event, target.as_deref(), fault.as_ref(), now);
        if made.is_empty() { Err("there is no such event, or nobody listens".to_owned()) } else { Ok(json!(made)) }
    })
    .await
}

/// `POST /_sandbox/webhooks/retry`: what waits for its next attempt is due now, what is held is let go.
pub async fn retry(State(sandbox): Shared) -> Reply {
    change(&sandbox, |memory, now| {
        let deliveries = &mut memory.webhooks.deliveries;
        deliveries.holding().iter().for_each(|target| deliveries.release(target, now));
        Ok(json!({"hurried": deliveries.hurry(now)}))
    })
    .await
}

/// `POST /_sandbox/webhooks/faults`: one fault of delivery or a list of them; all or none are taken.
pub async fn add_faults(State(sandbox): Shared, body: Bytes) -> Reply {
    change(&sandbox, |memory, _| {
        let sent: Value = read(&body)?;
        let list = if sent.is_array() { sent } else { json!([sent]) };
        let list: Vec<Mishap> = serde_json::from_value(list).map_err(|error| error.to_string())?;
        list.iter().try_for_each(Mishap::check)?;
        for mishap in list {
            memory.webhooks.mishaps.add(mishap);
        }
        Ok(json!(memory.webhooks.mishaps.list()))
    })
    .await
}

/// `DELETE /_sandbox/webhooks/faults`: ends them all, and lets go what was held.
pub async fn clear_faults(State(sandbox): Shared) -> Reply {
    change(&sandbox, |memory, now| {
        memory.webhooks.mishaps.clear();
        let deliveries = &mut memory.webhooks.deliveries;
        deliveries.holding().iter().for_each(|target| deliveries.release(target, now));
        Ok(json!([]))
    })
    .await
}
