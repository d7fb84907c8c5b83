//! From events to deliveries, and who listens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::mishap::{Mishap, Mishaps};
use super::queue::{Deliveries, Order};
use super::settings::Settings;
use super::target::{DEFAULT, Secrets, WebhookTarget, wants};
use crate::books::Books;

/// Everything about webhooks but the endpoints, which are objects of the API.
#[derive(Debug, Default)]
pub struct Webhooks {
    pub target: Option<Target>,
    pub settings: Settings,
    pub mishaps: Mishaps,
    pub deliveries: Deliveries,
}

/// The target of `/_sandbox/webhooks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    pub url: String,
    pub enabled_events: Vec<String>,
    pub secrets: Secrets,
}

impl From<WebhookTarget> for Target {
    fn from(sent: WebhookTarget) -> Self {
        Self { url: sent.url, enabled_events: sent.enabled_events, secrets: Secrets::new(sent.secret) }
    }
}

impl Webhooks {
    /// Gives every new event its deliveries. True when there is one to make.
    pub fn fan_out(&mut self, books: &mut Books, now: i64) -> bool {
        let is_idle = self.deliveries.is_idle();
        if is_idle && !books.events.has_outgoing() {
            return false;
        }
        let listening = self.listening(books);
        if is_idle && listening.is_empty() {
            books.events.skip_outgoing();
            return false;
        }
        let events = books.events.take_outgoing();
        for target in self.deliveries.targets() {
            if !listening.contains_key(&target) {
                self.give_up(books, &target);
            }
        }
        let mut is_any = false;
        for event in events {
            for (target, enabled) in &listening {
                if wants(enabled.iter().map(String::as_str), &event.kind) {
                    let order = Order { event: &event.id, event_type: &event.kind, target, counts: true };
                    let mishap = self.mishaps.strike(&event.kind, target);
                    self.deliveries.add(order, mishap, now);
                    is_any = true;
                }
            }
            self.count(books, &event.id);
        }
        is_any
    }

    /// Sends an event again, to one target or to all that listen. Returns the deliveries' numbers.
    pub fn again(
        &mut self,
        books: &Books,
        event: &str,
        only: Option<&str>,
        mishap: Option<&Mishap>,
        now: i64,
    ) -> Vec<u64> {
        let Some(event_type) = books.events.get(event).map(|event| event.kind.clone()) else {
            return Vec::new();
        };
        let listening = self.listening(books).into_keys().filter(|name| only.is_none_or(|only| only == name));
        let mut made = Vec::new();
        for target in listening.collect::<Vec<_>>() {
            let order = Order { event, event_type: &event_type, target: &target, counts: false };
            made.extend(self.deliveries.add(order, mishap.cloned(), now));
        }
        made
    }

    /// Gives up what waits for a target where nobody listens any more.
    pub fn give_up(&mut self, books: &mut Books, target: &str) {
        for event in self.deliveries.give_up(target) {
            self.count(books, &event);
        }
    }

    /// Brings an event's `pending_webhooks` up to date.
    pub fn count(&self, books: &mut Books, event: &str) {
        let pending = u32::try_from(self.deliveries.pending(event)).unwrap_or(u32::MAX);
        if books.events.get(event).is_some_and(|event| event.pending_webhooks != pending) {
            books.events.change(event, |event| event.pending_webhooks = pending);
        }
    }

    /// A target's address and secrets, if somebody listens there.
    pub fn address(&self, books: &Books, target: &str) -> Option<(String, Secrets)> {
        if target == DEFAULT {
            return self.target.as_ref().map(|target| (target.url.clone(), target.secrets.clone()));
        }
        let endpoint = books.webhook_endpoints.living(target).filter(|endpoint| endpoint["status"] == "enabled")?;
        Some((endpoint["url"].as_str()?.to_owned(), books.webhook_secrets.get(target)?.clone()))
    }

    /// Who listens, and to what.
    pub fn listening(&self, books: &Books) -> BTreeMap<String, Vec<String>> {
        let default = self.target.as_ref().map(|target| (DEFAULT.to_owned(), target.enabled_events.clone()));
        let endpoints = books.webhook_endpoints.newest_first().filter(|endpoint| endpoint["status"] == "enabled");
        let texts =
            |list: &Value| list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
        let endpoints = endpoints
            .filter_map(|endpoint| Some((endpoint["id"].as_str()?.to_owned(), texts(&endpoint["enabled_events"]))));
        default.into_iter().chain(endpoints).collect()
    }
}
