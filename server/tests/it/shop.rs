//! A team that pays, on a clock of the provider's.

use domain::{
    CustomerId, Millis, OrgId,
    audit::{AuditAction, AuditOutcome},
    billing::Subscription,
};
use serde_json::Value;
use services::billing::{missing_plans, push_plans, read_catalogue};
use store::BillingCustomer;
use testkit::{Browser, Database, World};

/// acme, subscribed, ten days into its month on a clock of the provider's.
pub struct Shop {
    pub world: World,
    pub acme: OrgId,
    pub customer: String,
    pub subscription: String,
    clock: String,
}

impl Shop {
    pub async fn open(database: Database, plan: &str, interval: &str, seats: &str, more: &[(&str, &str)]) -> Self {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let now = world.now().as_seconds();
        let clock = world.provider.post("/v1/test_helpers/test_clocks", &[("frozen_time", &now.to_string())]).await;
        let clock = id(&clock);
        let made = world.provider.post("/v1/customers", &[("name", "Org acme"), ("test_clock", &clock)]).await;
        let customer = id(&made);
        let row = BillingCustomer { id: CustomerId::from_trusted(customer.as_str()), livemode: false };
        world.store().insert_billing_customer(acme, &row, world.now()).await.unwrap();
        let catalogue = read_catalogue(include_str!("../../../plans.toml")).unwrap();
        let stripe = world.stripe();
        push_plans(&stripe, &missing_plans(&catalogue, &stripe).await.unwrap()).await.unwrap();
        let method = world.provider.post("/v1/payment_methods/pm_card_visa/attach", &[("customer", &customer)]).await;
        let price = world.provider.list(&format!("/v1/prices?lookup_keys[]=portico_{plan}_{interval}")).await;
        let (method, price, org) = (id(&method), id(&price[0]), acme.to_string());
        let mut form = vec![
            ("customer", customer.as_str()),
            ("items[0][price]", &price),
            ("items[0][quantity]", seats),
            ("default_payment_method", &method),
            ("metadata[portico_organization]", &org),
        ];
        form.extend(more);
        let subscription = id(&world.provider.post("/v1/subscriptions", &form).await);
        let shop = Self { world, acme, customer, subscription, clock };
        shop.pass(Millis::days(10)).await;
        shop.world.services().reconcile(Some("acme"), true).await.unwrap();
        shop
    }

    /// Time goes by, here and there.
    pub async fn pass(&self, by: Millis) {
        self.world.clock.advance(by);
        let to = self.world.now().as_seconds().to_string();
        let path = format!("/v1/test_helpers/test_clocks/{}", self.clock);
        self.world.provider.post(&format!("{path}/advance"), &[("frozen_time", &to)]).await;
        while self.world.provider.read(&path).await["status"] != "ready" {
            tokio::task::yield_now().await;
        }
    }

    pub async fn owner(&self) -> Browser {
        self.world.signed_in("owner@acme.test").await
    }

    pub async fn stored(&self) -> Subscription {
        self.world.store().find_subscription(self.acme).await.unwrap().unwrap()
    }

    pub async fn theirs(&self) -> Value {
        self.world.provider.read(&format!("/v1/subscriptions/{}", self.subscription)).await
    }

    pub async fn invoices(&self) -> Vec<Value> {
        self.world.provider.list(&format!("/v1/invoices?limit=100&customer={}", self.customer)).await
    }

    pub async fn last_entry(&self) -> (AuditAction, AuditOutcome, Option<String>, Option<String>) {
        let entries = self.world.store().list_audit_entries(self.acme, 0, 20).await.unwrap().entries;
        let ours = [AuditAction::ChangePlan, AuditAction::KeepPlan];
        let entry = entries.into_iter().find(|entry| ours.contains(&entry.action)).unwrap();
        (entry.action, entry.outcome, entry.reason, entry.subject)
    }
}

pub fn id(object: &Value) -> String {
    object["id"].as_str().unwrap_or_else(|| panic!("{object}")).to_owned()
}
