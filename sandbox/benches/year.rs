//! A year of a thousand subscriptions on one test clock, on one core.
//!
//! Prints `name = value` lines. Everything goes through the API; what is timed is the time from
//! the advance to the clock being ready, renewals, payments, events and contract checks included.
#![expect(clippy::unwrap_used, clippy::disallowed_methods, reason = "a benchmark ends by panicking")]

use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use reqwest::Client;
use sandbox::Options;
use sandbox::clock::ManualClock;
use serde_json::Value;

/// 2026-11-21 00:00:00 UTC.
const START: i64 = 1_795_219_200;
const YEAR: i64 = 365 * 86_400;

struct Api {
    base: String,
    http: Client,
}

impl Api {
    async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Value {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth("sk_test_sandbox");
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body.finish());
        let response = request.send().await.unwrap();
        let status = response.status();
        let body = response.json().await.unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    async fn get(&self, path: &str) -> Value {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth("sk_test_sandbox");
        request.send().await.unwrap().json().await.unwrap()
    }
}

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    // `cargo test --all-targets` runs this program as well, and does not want a measurement.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let many: usize = std::env::var("SUBSCRIPTIONS").ok().and_then(|many| many.parse().ok()).unwrap_or(1000);
    runtime.block_on(year(many));
}

async fn year(many: usize) {
    let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let options = Options { clock: Arc::new(ManualClock::at(START)), seed: Some(1), ..Options::default() };
    let running = sandbox::serve(listener, options).await.unwrap();
    let api = Api { base: running.url(), http: Client::new() };
    let clock = subscribe(&api, many).await;
    let began = Instant::now();
    let path = format!("/v1/test_helpers/test_clocks/{clock}");
    api.post(&format!("{path}/advance"), &[("frozen_time", &(START + YEAR + 86_400).to_string())]).await;
    while api.get(&path).await["status"] != "ready" {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = began.elapsed().as_secs_f64();
    let violations = api.get("/_sandbox/violations").await;
    assert_eq!(violations, serde_json::json!([]));
    let last = api.get("/v1/invoices?limit=1&status=paid").await;
    assert!(last["data"][0]["created"].as_i64() > Some(START + YEAR - 1), "the last month was billed");
    let mut report = String::new();
    writeln!(report, "year_of_{many}_subscriptions_s = {took:.2}").unwrap();
    writeln!(report, "year_of_{many}_subscriptions_peak_rss_mib = {:.0}", peak_mib()).unwrap();
    print!("{report}");
    running.stop().await;
}

/// A clock with so many customers, each with a card and a monthly subscription.
async fn subscribe(api: &Api, many: usize) -> String {
    let clock = api.post("/v1/test_helpers/test_clocks", &[("frozen_time", &START.to_string())]).await;
    let clock = clock["id"].as_str().unwrap().to_owned();
    let fields =
        [("currency", "eur"), ("unit_amount", "4900"), ("recurring[interval]", "month"), ("product_data[name]", "Pro")];
    let price = api.post("/v1/prices", &fields).await["id"].as_str().unwrap().to_owned();
    let card = "pm_card_visa";
    for number in 0..many {
        let email = format!("owner-{number}@example.test");
        let fields = [
            ("email", email.as_str()),
            ("test_clock", &clock),
            ("payment_method", card),
            ("invoice_settings[default_payment_method]", card),
        ];
        let customer = api.post("/v1/customers", &fields).await["id"].as_str().unwrap().to_owned();
        api.post("/v1/subscriptions", &[("customer", &customer), ("items[0][price]", &price)]).await;
    }
    clock
}

/// The most memory this process ever had.
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: Option<f64> = line.and_then(|line| line.trim().trim_end_matches(" kB").trim().parse().ok());
    kib.unwrap_or(f64::NAN) / 1024.0
}
