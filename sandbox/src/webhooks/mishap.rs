//! What goes wrong on a webhook's way, on request.
//!
//! A mishap strikes deliveries as they are made, one mishap each. What is about the sending
//! (`lose`, `stale_timestamp`, `wrong_secret`) spoils the first attempt only, so that the retry shows
//! whether the receiver recovers; what is about the event (`api_version`, `unknown_type`) stays.

use serde::{Deserialize, Serialize};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MishapKind {
    /// Sent `value` times (2 when absent), each a delivery of its own.
    Duplicate,
    /// Held until `value` deliveries (2 when absent) have come together, then sent newest first.
    Reorder,
    /// Sent `value` seconds (60 when absent) of the sandbox's clock later.
    Delay,
    /// The first attempt never leaves; the retry does.
    Lose,
    /// The first attempt is signed for a time `value` seconds (600 when absent) ago.
    StaleTimestamp,
    /// The first attempt is signed with a secret that nobody has.
    WrongSecret,
    /// The event says another API version: `text`, or `2024-06-20`.
    ApiVersion,
    /// The event has a type that Stripe does not know: `text`, or `sandbox.unknown`.
    UnknownType,
}

/// One mishap and which deliveries it strikes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mishap {
    pub kind: MishapKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Only events of this type; every type when absent.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub event_type: Option<String>,
    /// Only deliveries to this target (`default` or an endpoint's id); all of them when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// How many deliveries it still strikes; all of them when absent.
    #[serde(default)]
    pub times: Option<u64>,
}

/// The most copies, or deliveries held together.
const MOST: i64 = 100;

impl Mishap {
    /// Says what is wrong with a mishap that somebody asked for.
    pub fn check(&self) -> Result<(), String> {
        let value = self.value.unwrap_or(self.usual());
        let fits = match self.kind {
            MishapKind::Duplicate | MishapKind::Reorder => (2..=MOST).contains(&value),
            MishapKind::Delay | MishapKind::StaleTimestamp => value >= 1,
            _ => self.value.is_none(),
        };
        if !fits {
            return Err(format!("{} can't have this `value`", self.name()));
        }
        match self.kind {
            MishapKind::ApiVersion | MishapKind::UnknownType => Ok(()),
            _ if self.text.is_some() => Err("only api_version and unknown_type take `text`".to_owned()),
            _ => Ok(()),
        }
    }

    /// The number that counts: `value`, or what stands for it.
    pub fn number(&self) -> i64 {
        self.value.unwrap_or(self.usual())
    }

    fn usual(&self) -> i64 {
        match self.kind {
            MishapKind::Duplicate | MishapKind::Reorder => 2,
            MishapKind::Delay => 60,
            MishapKind::StaleTimestamp => 600,
            _ => 0,
        }
    }

    /// The kind as it is written in JSON.
    pub fn name(&self) -> String {
        match serde_json::to_value(self.kind) {
            Ok(serde_json::Value::String(name)) => name,
            _ => String::new(),
        }
    }

    fn fits(&self, event_type: &str, target: &str) -> bool {
        self.times != Some(0)
            && self.event_type.as_deref().is_none_or(|wanted| wanted == event_type)
            && self.target.as_deref().is_none_or(|wanted| wanted == target)
    }
}

/// The mishaps in force, in the order they were asked for. Not saved by `--state`.
#[derive(Debug, Clone, Default)]
pub struct Mishaps {
    list: Vec<Mishap>,
}

impl Mishaps {
    /// Adds a mishap.
    pub fn add(&mut self, mishap: Mishap) {
        self.list.push(mishap);
    }

    /// Those still in force.
    pub fn list(&self) -> &[Mishap] {
        &self.list
    }

    /// Ends them all.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// The first one for this delivery, counted off.
    pub fn strike(&mut self, event_type: &str, target: &str) -> Option<Mishap> {
        let place = self.list.iter().position(|mishap| mishap.fits(event_type, target))?;
        let struck = self.list[place].clone();
        if let Some(times) = &mut self.list[place].times {
            *times -= 1;
            if *times == 0 {
                self.list.remove(place);
            }
        }
        Some(struck)
    }
}

#[cfg(test)]
mod tests {
    use super::{Mishap, Mishaps};
    use serde_json::json;

    fn read(value: serde_json::Value) -> Mishap {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn it_strikes_what_it_names_and_as_often() {
        let mut mishaps = Mishaps::default();
        mishaps.add(read(json!({"kind": "lose", "type": "invoice.paid", "target": "default", "times": 1})));
        assert_eq!(mishaps.strike("invoice.created", "default"), None);
        assert_eq!(mishaps.strike("invoice.paid", "we_1"), None);
        assert_eq!(mishaps.strike("invoice.paid", "default").map(|m| m.name()).as_deref(), Some("lose"));
        assert_eq!(mishaps.list(), []);
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for wrong in [
            json!({"kind": "duplicate", "value": 1}),
            json!({"kind": "reorder", "value": 101}),
            json!({"kind": "delay", "value": 0}),
            json!({"kind": "lose", "value": 3}),
            json!({"kind": "wrong_secret", "text": "x"}),
        ] {
            assert!(read(wrong.clone()).check().is_err(), "{wrong}");
        }
        assert_eq!(read(json!({"kind": "api_version", "text": "2023-10-16"})).check(), Ok(()));
    }
}
