//! Killed in the middle of a test clock's advance and started again, it ends where one ends that
//! was never killed: the same objects with the same ids, billed once, and the same events.

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};

use crate::binary::{Program, started_with};
use crate::started::KEY;

/// 2030-01-01: later than the machine's own time, so that one can be told from the other.
const START: i64 = 1_893_456_000;
const DAYS: i64 = 60;
const CUSTOMERS: usize = 28;

/// A running program, and a client of it.
struct Running {
    program: Program,
    url: String,
    http: Client,
}

impl Running {
    fn on(file: &Path) -> Self {
        let (program, url) = started_with(file, &["--seed", "7", "--public-url", "http://sandbox.test"]);
        Self { program, url, http: Client::new() }
    }

    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = self.http.post(format!("{}/v1{path}", self.url)).bearer_auth(KEY);
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body.finish());
        let (status, body) = crate::started::answered(request).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}/v1{path}", self.url)).bearer_auth(KEY);
        crate::started::answered(request).await.1
    }

    /// Everything in a list, oldest first.
    async fn all(&self, path: &str) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let after = all.last().map_or(String::new(), |last| format!("&starting_after={}", text(last, "id")));
            let page = self.get(&format!("{path}{}limit=100{after}", if path.contains('?') { "&" } else { "?" })).await;
            all.extend(page["data"].as_array().unwrap().iter().cloned());
            if page["has_more"] == false {
                all.reverse();
                return all;
            }
        }
    }

    /// Customers with plans that go different ways, on one clock that is sent on its way.
    async fn set_out(&self) -> String {
        let clock = text(&self.post("/test_helpers/test_clocks", &[("frozen_time", &START.to_string())]).await, "id");
        let mut price = [
            ("currency", "eur"),
            ("unit_amount", "700"),
            ("recurring[interval]", "day"),
            ("product_data[name]", "Day"),
        ];
        let daily = text(&self.post("/prices", &price).await, "id");
        price[2].1 = "week";
        let weekly = text(&self.post("/prices", &price).await, "id");
        self.post("/coupons", &[("id", "TEN"), ("percent_off", "10"), ("duration", "forever")]).await;
        for number in 0..CUSTOMERS {
            let customer = text(&self.post("/customers", &[("test_clock", &clock)]).await, "id");
            // Every third card can be kept and not charged: its plan goes through all retries.
            let card = if number % 3 == 2 { "pm_card_chargeCustomerFail" } else { "pm_card_visa" };
            let card = self.post(&format!("/payment_methods/{card}/attach"), &[("customer", &customer)]).await;
            let mut fields = vec![
                ("customer", customer),
                ("default_payment_method", text(&card, "id")),
                ("items[0][price]", if number % 4 == 3 { weekly.clone() } else { daily.clone() }),
            ];
            match number % 3 {
                0 => fields.push(("discounts[0][coupon]", "TEN".to_owned())),
                // Its first invoice comes after the trial, so that there is a plan to collect for.
                2 => fields.push(("trial_period_days", "10".to_owned())),
                _ => {}
            }
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            self.post("/subscriptions", &fields).await;
        }
        let to = (START + DAYS * 86_400 + 7_200).to_string();
        let moving = self.post(&format!("/test_helpers/test_clocks/{clock}/advance"), &[("frozen_time", &to)]).await;
        assert_eq!(moving["status"], "advancing");
        clock
    }

    async fn is_advancing(&self, clock: &str) -> bool {
        self.get(&format!("/test_helpers/test_clocks/{clock}")).await["status"] == "advancing"
    }

    /// Waits until the clock has arrived; then everything there is, as far as it has to be the same.
    async fn in_the_end(&self, clock: &str) -> Vec<(String, Vec<Value>)> {
        let deadline = Instant::now() + Duration::from_secs(120);
        while self.is_advancing(clock).await {
            assert!(Instant::now() < deadline, "the clock does not arrive");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let mut found = Vec::new();
        for path in [
            "/customers",
            "/events",
            "/invoice_payments",
            "/invoiceitems",
            "/invoices",
            "/payment_intents",
            "/subscriptions?status=all",
            "/test_helpers/test_clocks",
        ] {
            found.push((path.to_owned(), self.all(path).await.into_iter().map(comparable).collect()));
        }
        found
    }
}

fn text(object: &Value, key: &str) -> String {
    object[key].as_str().unwrap_or_else(|| panic!("no {key} in {object}")).to_owned()
}

/// Without the machine's own time, and without which request an event came from.
fn comparable(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_i64().is_some_and(|at| (1_500_000_000..START).contains(&at)) => json!("own"),
        Value::Array(list) => list.into_iter().map(comparable).collect(),
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(key, _)| key != "request" && key != "deletes_after");
            Value::Object(kept.map(|(key, inner)| (key, comparable(inner))).collect())
        }
        other => other,
    }
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |metadata| metadata.len())
}

/// When to kill: once the file has grown so many times since the clock set out.
async fn kill_after(running: Running, clock: &str, file: &Path, saves: usize) -> bool {
    let mut seen = size(file);
    for _ in 0..saves {
        while size(file) == seen && running.is_advancing(clock).await {
            tokio::time::sleep(Duration::from_millis(3)).await;
        }
        seen = size(file);
    }
    let is_on_its_way = running.is_advancing(clock).await;
    // SIGKILL, as `Child::kill` sends it.
    drop(running.program);
    is_on_its_way
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_of_an_advance_it_ends_where_it_would_have() {
    let folder = tempfile::tempdir().unwrap();
    let whole = Running::on(&folder.path().join("whole"));
    let clock = whole.set_out().await;
    let wanted = whole.in_the_end(&clock).await;
    let invoices = &wanted.iter().find(|(path, _)| path == "/invoices").unwrap().1;
    assert!(invoices.len() > CUSTOMERS * 25, "{}", invoices.len());
    let mut cut = 0;
    // Before anything of the advance is saved; and again and again, each time it has got a little further.
    for (name, kills) in [("at-once", vec![0]), ("often", vec![0, 1, 1])] {
        let file = folder.path().join(name);
        let mut running = Running::on(&file);
        let clock = running.set_out().await;
        for saves in kills {
            cut += usize::from(kill_after(running, &clock, &file, saves).await);
            running = Running::on(&file);
        }
        let found = running.in_the_end(&clock).await;
        for ((path, found), (_, wanted)) in found.iter().zip(&wanted) {
            for (found, wanted) in found.iter().zip(wanted) {
                assert_eq!(found, wanted, "{name}: {path}");
            }
            assert_eq!(found.len(), wanted.len(), "{name}: {path}");
        }
    }
    assert!(cut >= 3, "only {cut} of them were killed on their way");
}
