//! The payment provider of a test: a sandbox of its own, and what it was asked.

use serde_json::Value;

pub struct Provider {
    pub url: String,
    http: reqwest::Client,
    // Stops with the test.
    _running: sandbox::Running,
}

impl Provider {
    pub async fn start() -> Self {
        let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.expect("a free port");
        let running = sandbox::serve(listener, sandbox::Options::default()).await.expect("a sandbox");
        Self { url: running.url(), http: reqwest::Client::new(), _running: running }
    }

    /// Every request it received on a path, oldest first.
    pub async fn requests(&self, method: &str, path: &str) -> Vec<Value> {
        let all: Vec<Value> = self.get("/_sandbox/requests").await;
        all.into_iter().filter(|r| r["method"] == method && r["path"] == path).collect()
    }

    pub async fn portal_calls(&self) -> Vec<Value> {
        self.requests("POST", "/v1/billing_portal/sessions").await
    }

    /// The portal calls among the last twenty requests that came after the one of that id,
    /// oldest first: what a long walk asks after each step.
    pub async fn portal_calls_after(&self, id: Option<&str>) -> Vec<Value> {
        let last: Vec<Value> = self.get("/_sandbox/requests?last=20").await;
        let seen = id.and_then(|id| last.iter().rposition(|r| r["id"] == id)).map_or(0, |at| at + 1);
        let after = last.into_iter().skip(seen);
        after.filter(|r| r["method"] == "POST" && r["path"] == "/v1/billing_portal/sessions").collect()
    }

    /// Customers that exist there.
    pub async fn customers(&self) -> Vec<Value> {
        let answer = self
            .http
            .get(format!("{}/v1/customers?limit=100", self.url))
            .bearer_auth("sk_test_sandbox")
            .send()
            .await
            .unwrap();
        answer.json::<Value>().await.unwrap()["data"].as_array().unwrap().clone()
    }

    /// Asks its API, as the product does; panics unless it is done.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let asked = self.http.post(format!("{}{path}", self.url)).bearer_auth("sk_test_sandbox").form(form);
        let answer = asked.send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{path}: {body}");
        serde_json::from_str(&body).unwrap()
    }

    pub async fn delete(&self, path: &str) -> Value {
        let asked = self.http.delete(format!("{}{path}", self.url)).bearer_auth("sk_test_sandbox");
        asked.send().await.unwrap().json().await.unwrap()
    }

    /// A monthly price of a plan, as `portico plans push` makes it.
    pub async fn price(&self, plan: &str, amount: u32) -> String {
        let product = self.post("/v1/products", &[("name", plan), ("metadata[portico_plan]", plan)]).await;
        let (product, amount) = (product["id"].as_str().unwrap().to_owned(), amount.to_string());
        let form = [
            ("product", product.as_str()),
            ("currency", "usd"),
            ("unit_amount", &amount),
            ("recurring[interval]", "month"),
            ("metadata[portico_plan]", plan),
        ];
        self.post("/v1/prices", &form).await["id"].as_str().unwrap().to_owned()
    }

    /// A subscription of a customer, paid with a card that works, or with the one that is named.
    pub async fn subscribe(&self, customer: &str, price: &str, card: Option<&str>) -> Value {
        let card = format!("/v1/payment_methods/{}/attach", card.unwrap_or("pm_card_visa"));
        let method = self.post(&card, &[("customer", customer)]).await["id"].as_str().unwrap().to_owned();
        let form = [
            ("customer", customer),
            ("items[0][price]", price),
            ("default_payment_method", &method),
            ("payment_behavior", "allow_incomplete"),
        ];
        self.post("/v1/subscriptions", &form).await
    }

    /// An object of its API.
    pub async fn read(&self, path: &str) -> Value {
        let asked = self.http.get(format!("{}{path}", self.url)).bearer_auth("sk_test_sandbox");
        asked.send().await.unwrap().json().await.unwrap()
    }

    /// What a list of its API has.
    pub async fn list(&self, path: &str) -> Vec<Value> {
        self.read(path).await["data"].as_array().unwrap_or_else(|| panic!("{path}")).clone()
    }

    /// Ends every checkout of a customer that can still be paid.
    pub async fn expire_all(&self, customer: &str) {
        for open in self.list(&format!("/v1/checkout/sessions?limit=100&status=open&customer={customer}")).await {
            self.post(&format!("/v1/checkout/sessions/{}/expire", open["id"].as_str().unwrap()), &[]).await;
        }
    }

    /// Has it deliver an event once more.
    pub async fn deliver_again(&self, event: &str) {
        let asked = self.http.post(format!("{}/_sandbox/webhooks/deliver", self.url));
        let answer = asked.json(&serde_json::json!({"event": event})).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Everything that happened there, oldest first, as it is delivered.
    pub async fn events(&self) -> Vec<Value> {
        let mut events = self.list("/v1/events?limit=100").await;
        events.reverse();
        events
    }

    /// Has it deliver what happens to a server, signed with `whsec_sandbox`.
    pub async fn deliver_to(&self, server: &str) {
        let target = serde_json::json!({"url": format!("{server}/webhooks/stripe"), "secret": "whsec_sandbox"});
        let answer = self.http.post(format!("{}/_sandbox/webhooks", self.url)).json(&target).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// What an account's owner decides in the dashboard, `{"retry_days": …, "after_retries": …}`.
    pub async fn settings(&self, settings: Value) {
        let answer = self.http.post(format!("{}/_sandbox/settings", self.url)).json(&settings).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// Plants a fault, `{"kind": …, "value": …, "times": …}`, on an endpoint.
    pub async fn fail(&self, endpoint: &str, mut fault: Value) {
        fault["endpoint"] = endpoint.into();
        let answer = self.http.post(format!("{}/_sandbox/faults", self.url)).json(&fault).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    pub async fn heal(&self) {
        self.http.delete(format!("{}/_sandbox/faults", self.url)).send().await.unwrap();
    }

    /// Nothing that was asked or answered broke the contract.
    pub async fn assert_contract_kept(&self) {
        let violations: Vec<Value> = self.get("/_sandbox/violations").await;
        assert!(violations.is_empty(), "{violations:#?}");
    }

    async fn get<T: serde::de::DeserializeOwned>(&self, path: &str) -> T {
        self.http.get(format!("{}{path}", self.url)).send().await.unwrap().json().await.unwrap()
    }
}
