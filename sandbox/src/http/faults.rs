//! Faults on request: what goes wrong between a client and Stripe.
//!
//! `delay_ms` waits before the work, so the idempotency key is in flight meanwhile. `status`
//! answers without doing the work. `drop`, `half_answer` and `hang` do the work and lose the
//! answer, which is the harder case for a client. The `wrong_*` kinds falsify the answer on
//! its way out; what is kept for a replay stays true.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Waits `value` milliseconds before the work.
    DelayMs,
    /// Answers with the HTTP status `value` and does no work.
    Status,
    /// Does the work and closes the connection without a byte.
    Drop,
    /// Does the work, sends half of the answer's body, closes the connection.
    HalfAnswer,
    /// Does the work and never answers.
    Hang,
    /// Another `customer` in the answer.
    WrongCustomer,
    /// `livemode` true in the answer.
    WrongLivemode,
    /// `url` on the host `evil.example` in the answer.
    WrongUrl,
    /// Breaks the answer before the sandbox's own check, to show that the check works.
    ContractViolation,
}

/// One fault and how often it still strikes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `POST /v1/customers/{customer}` or `POST /v1/customers/cus_1`; `*` is every request.
    pub endpoint: String,
    pub kind: FaultKind,
    /// Milliseconds of `delay_ms`, HTTP status of `status`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<u64>,
    /// How many requests it strikes; `None` is all of them.
    #[serde(default)]
    pub times: Option<u64>,
}

impl Fault {
    /// Says what is wrong with a fault somebody asked for.
    pub fn check(&self) -> Result<(), String> {
        match (self.kind, self.value) {
            (FaultKind::DelayMs, Some(_)) | (FaultKind::Status, Some(400..=599)) => Ok(()),
            (FaultKind::DelayMs, None) => Err("delay_ms needs `value`, the milliseconds".into()),
            (FaultKind::Status, _) => Err("status needs `value`, a status from 400 to 599".into()),
            (_, Some(_)) => Err("only delay_ms and status take `value`".into()),
            (_, None) => Ok(()),
        }
    }

    /// The kind as it is written in JSON.
    pub fn name(&self) -> String {
        match serde_json::to_value(self.kind) {
            Ok(Value::String(name)) => name,
            _ => String::new(),
        }
    }

    /// Falsifies an answer on its way out.
    pub fn falsify(&self, body: &mut Value) {
        if body["object"] == "list" {
            body["data"].as_array_mut().into_iter().flatten().for_each(|entry| self.falsify(entry));
            return;
        }
        match self.kind {
            FaultKind::WrongCustomer if body["object"] == "customer" => {
                body["id"] = json!("cus_SandboxWrong00");
            }
            FaultKind::WrongCustomer => body["customer"] = json!("cus_SandboxWrong00"),
            FaultKind::WrongLivemode => body["livemode"] = json!(true),
            FaultKind::WrongUrl => {
                let path = body["url"].as_str().and_then(|url| url.splitn(4, '/').nth(3));
                let url = format!("https://evil.example/{}", path.unwrap_or_default());
                body["url"] = json!(url);
            }
            _ => {}
        }
    }
}

/// The faults in force, in the order they were asked for.
#[derive(Debug, Default)]
pub struct Faults {
    list: Vec<Fault>,
}

impl Faults {
    /// Adds a fault.
    pub fn add(&mut self, fault: Fault) {
        self.list.push(fault);
    }

    /// The faults still in force.
    pub fn list(&self) -> &[Fault] {
        &self.list
    }

    /// Ends all faults.
    pub fn clear(&mut self) {
        self.list.clear();
    }

    /// The first fault for this request, counted off.
    pub fn strike(&mut self, method: &str, path: &str, template: &str) -> Option<Fault> {
        if self.list.is_empty() {
            return None;
        }
        let (by_path, by_template) = (format!("{method} {path}"), format!("{method} {template}"));
        let place = self.list.iter().position(|fault| {
            fault.times != Some(0) && ["*", &by_path, &by_template].contains(&fault.endpoint.as_str())
        })?;
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
