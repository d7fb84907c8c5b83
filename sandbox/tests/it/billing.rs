//! What the tests of the life of money share: customers on clocks, prices, subscriptions.

use serde_json::{Value, json};

use crate::started::{START, Started, id};

pub const HOUR: i64 = 3600;
pub const DAY: i64 = 86_400;
/// 2026-12-21 00:00:00 UTC, a month after the start: 30 days.
pub const MONTH: i64 = START + 30 * DAY;

/// A customer on a test clock.
pub struct OnClock<'s> {
    pub sandbox: &'s Started,
    pub clock: String,
    pub customer: String,
}

impl Started {
    /// A customer whose time begins at the start, with this test card as the default, if any.
    pub async fn on_clock(&self, card: &str) -> OnClock<'_> {
        let clock = self.test_clock(START).await;
        let customer = id(&self.made("/v1/customers", &[("name", "Acme"), ("test_clock", &clock)]).await);
        let on_clock = OnClock { sandbox: self, clock, customer };
        if !card.is_empty() {
            on_clock.default_card(card).await;
        }
        on_clock
    }

    /// A price in euro cents.
    pub async fn price(&self, cents: i64, interval: &str) -> String {
        let fields = [
            ("currency", "eur"),
            ("unit_amount", &cents.to_string()),
            ("recurring[interval]", interval),
            ("product_data[name]", "Pro"),
        ];
        id(&self.made("/v1/prices", &fields).await)
    }

    /// Sets `/_sandbox/settings`.
    pub async fn settings(&self, settings: Value) {
        let request = self.http.post(self.at("/_sandbox/settings")).json(&settings);
        let (status, body) = crate::started::answered(request).await;
        assert_eq!(status, 200, "{body}");
    }
}

impl OnClock<'_> {
    /// Attaches a test card and makes it the default.
    pub async fn default_card(&self, card: &str) -> String {
        let path = format!("/v1/payment_methods/{card}/attach");
        let method = id(&self.sandbox.made(&path, &[("customer", &self.customer)]).await);
        let path = format!("/v1/customers/{}", self.customer);
        self.sandbox.made(&path, &[("invoice_settings[default_payment_method]", &method)]).await;
        method
    }

    /// Subscribes to one of a price, with more fields.
    pub async fn subscribe(&self, price: &str, fields: &[(&str, &str)]) -> Value {
        let mut all = vec![("customer", self.customer.as_str()), ("items[0][price]", price)];
        all.extend(fields);
        self.sandbox.made("/v1/subscriptions", &all).await
    }

    pub async fn advance(&self, to: i64) {
        self.sandbox.advance(&self.clock, to).await;
    }

    /// A subscription as it is now.
    pub async fn now(&self, subscription: &Value) -> Value {
        self.sandbox.get(&format!("/v1/subscriptions/{}", id(subscription))).await.1
    }

    /// Changes a subscription.
    pub async fn update(&self, subscription: &Value, fields: &[(&str, &str)]) -> Value {
        self.sandbox.made(&format!("/v1/subscriptions/{}", id(subscription)), fields).await
    }

    /// All invoices, oldest first.
    pub async fn invoices(&self) -> Vec<Value> {
        let path = format!("/v1/invoices?customer={}&limit=100", self.customer);
        let mut all = self.sandbox.get(&path).await.1["data"].as_array().unwrap().clone();
        all.reverse();
        all
    }

    /// Reason, status and total of all invoices, oldest first.
    pub async fn totals(&self) -> Vec<(String, String, i64)> {
        let text = |invoice: &Value, key: &str| invoice[key].as_str().unwrap().to_owned();
        let row = |i: &Value| (text(i, "billing_reason"), text(i, "status"), i["total"].as_i64().unwrap());
        self.invoices().await.iter().map(row).collect()
    }

    pub async fn balance(&self) -> i64 {
        let path = format!("/v1/customers/{}", self.customer);
        self.sandbox.get(&path).await.1["balance"].as_i64().unwrap()
    }
}

/// What a table of invoices is compared with.
pub fn rows(rows: &[(&str, &str, i64)]) -> Vec<(String, String, i64)> {
    rows.iter().map(|(reason, status, total)| ((*reason).to_owned(), (*status).to_owned(), *total)).collect()
}

/// The amounts of an invoice's lines.
pub fn amounts(invoice: &Value) -> Vec<i64> {
    invoice["lines"]["data"].as_array().unwrap().iter().map(|line| line["amount"].as_i64().unwrap()).collect()
}

/// The only item of a subscription.
pub fn item(subscription: &Value) -> String {
    id(&subscription["items"]["data"][0])
}

/// Start and end of the current period.
pub fn period(subscription: &Value) -> (i64, i64) {
    let item = &subscription["items"]["data"][0];
    (item["current_period_start"].as_i64().unwrap(), item["current_period_end"].as_i64().unwrap())
}

pub fn null() -> Value {
    json!(null)
}
