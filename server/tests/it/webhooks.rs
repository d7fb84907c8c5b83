//! The inbox (W-01 to W-07, checks W01 to W09): what the payment provider tells us is stored before
//! it is answered, and applied afterwards, whatever its order and number.

use domain::{
    Millis, OrgId, Timestamp,
    audit::{AuditAction, AuditOutcome},
    billing::{Subscription, SubscriptionStatus},
};
use futures::future::join_all;
use reqwest::{Client, Response, StatusCode, header::HeaderMap};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};
use services::mail::Letter;
use store::BillingCustomer;
use testkit::{World, each_database, signature};

use crate::{proving, until::until};

const SECRET: &str = "whsec_sandbox";

/// Delivers bytes with a signature to a node.
async fn post(node: &str, body: &[u8], signature: Option<&str>) -> Response {
    let mut request = Client::new().post(format!("{node}/webhooks/stripe")).body(body.to_vec());
    if let Some(signature) = signature {
        request = request.header("stripe-signature", signature);
    }
    request.send().await.unwrap()
}

/// Delivers an event as the provider does; it is stored when this returns.
pub async fn deliver(world: &World, event: &Value) {
    let body = event.to_string();
    let reply = post(&world.node.url, body.as_bytes(), Some(&signature(body.as_bytes(), SECRET, world.now()))).await;
    assert_eq!(reply.status(), StatusCode::OK, "{}", reply.text().await.unwrap());
}

async fn deliver_all(world: &World, events: &[Value]) {
    for event in events {
        deliver(world, event).await;
    }
}

/// An event as the provider would write it, about nothing that exists.
pub fn event(id: &str, kind: &str, customer: &str) -> Value {
    json!({
        "id": id, "object": "event", "type": kind, "created": 1_795_219_200, "livemode": false,
        "api_version": "2026-09-30.endive", "data": {"object": {"id": "in_1", "object": "invoice", "customer": customer}},
    })
}

/// States of the stored events, by id.
pub async fn states(world: &World) -> Vec<(String, String, Option<String>)> {
    let db = world.oracle.connection();
    let sql = "SELECT id, state, reason FROM billing_events ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    let row = |row: &sea_orm::QueryResult| {
        (row.try_get("", "id").unwrap(), row.try_get("", "state").unwrap(), row.try_get("", "reason").unwrap())
    };
    rows.iter().map(row).collect()
}

async fn count(world: &World, state: &str) -> usize {
    states(world).await.into_iter().filter(|(_, is, _)| is == state).count()
}

/// acme with a team and a customer at the provider.
pub async fn acme_with_customer(world: &World) -> (OrgId, String) {
    let acme = world.team("acme").await;
    let customer = customer_of(world, acme).await;
    (acme, customer)
}

async fn customer_of(world: &World, org: OrgId) -> String {
    let made = world.provider.post("/v1/customers", &[("name", "Org")]).await;
    let id = made["id"].as_str().unwrap().to_owned();
    store_customer(world, org, &id).await;
    id
}

pub async fn store_customer(world: &World, org: OrgId, id: &str) {
    let customer = BillingCustomer { id: domain::CustomerId::from_trusted(id), livemode: false };
    world.store().insert_billing_customer(org, &customer, world.now()).await.unwrap();
}

async fn subscription(world: &World, org: OrgId) -> Option<Subscription> {
    world.store().find_subscription(org).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn w01_w02_what_the_provider_did_not_sign_is_refused_and_leaves_nothing() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (_, customer) = acme_with_customer(&world).await;
        let body = event("evt_forged", "invoice.paid", &customer).to_string();
        let now = world.now();
        let good = signature(body.as_bytes(), SECRET, now);
        let (t, v1) = good.split_once(",v1=").unwrap();
        let mut other = body.clone().into_bytes();
        other.push(b' ');
        let reserialised = serde_json::to_vec_pretty(&event("evt_forged", "invoice.paid", &customer)).unwrap();
        let headers: Vec<Option<String>> = vec![
            None,
            Some(String::new()),
            Some("t=,v1=".to_owned()),
            Some(format!("{t},v0={v1}")),
            Some(v1.to_owned()),
            Some(format!("{t},v1={}{}", if v1.starts_with('0') { '1' } else { '0' }, &v1[1..])),
            Some(format!("{t},v1={}", &v1[..40])),
            Some(signature(body.as_bytes(), "", now)),
            Some(signature(body.as_bytes(), "whsec_other", now)),
            Some(signature(body.as_bytes(), "sandbox", now)),
            Some(signature(body.as_bytes(), SECRET, now - Millis::seconds(301))),
            Some(signature(body.as_bytes(), SECRET, now + Millis::seconds(301))),
            Some(signature(&other, SECRET, now)),
        ];
        for header in &headers {
            let reply = post(&world.node.url, body.as_bytes(), header.as_deref()).await;
            assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{header:?}");
            assert!(reply.headers().get("set-cookie").is_none());
        }
        for changed in [other.as_slice(), reserialised.as_slice(), b""] {
            let reply = post(&world.node.url, changed, Some(&good)).await;
            assert_eq!(reply.status(), StatusCode::BAD_REQUEST);
        }
        // Twice the header, the good one among them.
        let mut twice = HeaderMap::new();
        twice.append("stripe-signature", good.parse().unwrap());
        twice.append("stripe-signature", "t=1,v1=00".parse().unwrap());
        let url = format!("{}/webhooks/stripe", world.node.url);
        let reply = Client::new().post(&url).headers(twice).body(body.clone()).send().await.unwrap();
        assert_eq!(reply.status(), StatusCode::BAD_REQUEST);
        assert_eq!(states(&world).await, []);
        // A clock that is wrong is told.
        assert_eq!(world.alerts.take(), ["webhook_clock", "webhook_clock"]);
        // Read by nobody, and only by its method.
        for method in [reqwest::Method::GET, reqwest::Method::PUT, reqwest::Method::DELETE] {
            let reply = Client::new().request(method, &url).send().await.unwrap();
            assert_eq!(reply.status(), StatusCode::METHOD_NOT_ALLOWED);
        }
        let reply = post(&world.node.url, body.as_bytes(), Some(&good)).await;
        assert_eq!((reply.status(), states(&world).await.len()), (StatusCode::OK, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w09_a_large_body_is_refused_and_a_megabyte_is_not() {
    let world = World::on(testkit::Database::sqlite().await).await;
    let filled = |bytes: usize| {
        let mut large = event("evt_large", "invoice.paid", "cus_1");
        large["filler"] = "x".repeat(bytes).into();
        large.to_string()
    };
    let too_large = filled(1024 * 1024);
    let signed = signature(too_large.as_bytes(), SECRET, world.now());
    let reply = post(&world.node.url, too_large.as_bytes(), Some(&signed)).await;
    assert_eq!(reply.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let fits = filled(1_000_000);
    let reply = post(&world.node.url, fits.as_bytes(), Some(&signature(fits.as_bytes(), SECRET, world.now()))).await;
    assert_eq!(reply.status(), StatusCode::OK);
    let kept = world.store().find_billing_event("evt_large").await.unwrap().unwrap();
    assert_eq!(kept.body, fits.as_bytes(), "as it was signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn w03_w04_w06_one_event_delivered_by_many_at_once_is_one() {
    each_database(|database| async {
        let world =
            World::with_settings(database, &[("PORTICO_STRIPE_WEBHOOK_SECRETS", "whsec_new,whsec_sandbox")]).await;
        let (acme, customer) = acme_with_customer(&world).await;
        let other = world.another_node().await;
        let price = world.provider.price("pro", 4900).await;
        world.provider.subscribe(&customer, &price, None).await;
        let paid = world.provider.events().await.into_iter().find(|event| event["type"] == "invoice.paid").unwrap();
        let body = paid.to_string();
        let times = if proving() { 1000 } else { 200 };
        let sent = (0..times).map(|n| {
            let secret = if n % 3 == 0 { "whsec_new" } else { SECRET };
            let signed = signature(body.as_bytes(), secret, world.now());
            let (node, body) = (if n % 2 == 0 { &world.node.url } else { &other.url }, body.as_bytes());
            async move { post(node, body, Some(&signed)).await.status() }
        });
        assert!(join_all(sent).await.into_iter().all(|status| status == StatusCode::OK));
        assert_eq!(states(&world).await.len(), 1);
        // And both nodes work on it.
        let work = |services: services::Services| {
            tokio::spawn(async move {
                for _ in 0..3 {
                    for held in services.take_billing_customers(8).await.unwrap() {
                        services.sync_customer(&held).await.unwrap();
                    }
                }
            })
        };
        let workers: Vec<_> =
            (0..4).flat_map(|_| [world.services().clone(), other.services.clone()]).map(work).collect();
        for worker in workers {
            worker.await.unwrap();
        }
        assert_eq!(count(&world, "applied").await, 1);
        assert_eq!(subscription(&world, acme).await.unwrap().status, SubscriptionStatus::Active);
        world.work_off().await;
        assert_eq!(world.mail.to("owner@acme.test").len(), 1, "one receipt");
        world.provider.assert_contract_kept().await;
    })
    .await;
}

/// W-01: what the provider says now is what the page says, and the trail, and the mail.
#[tokio::test(flavor = "multi_thread")]
async fn w01_b02_a_subscription_is_known_from_its_events() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, customer) = acme_with_customer(&world).await;
        let before = world.provider.events().await.len();
        world.provider.deliver_to(&world.node.url).await;
        let price = world.provider.price("pro", 4900).await;
        let made = world.provider.subscribe(&customer, &price, None).await;
        let happened = world.provider.events().await.len() - before;
        until("all were delivered", async || states(&world).await.len() == happened).await;
        world.work_inbox().await;

        let known = subscription(&world, acme).await.unwrap();
        assert_eq!(known.id.as_str(), made["id"].as_str().unwrap());
        assert_eq!((known.plan.as_str(), known.status, known.seats), ("pro", SubscriptionStatus::Active, 1));
        let end = made["items"]["data"][0]["current_period_end"].as_i64().unwrap();
        assert_eq!(known.current_period_end.map(Timestamp::as_seconds), Some(end));
        assert_eq!(count(&world, "waiting").await, 0);
        let invoices = world.store().list_invoices(acme, 10).await.unwrap();
        assert_eq!(invoices.len(), 1);
        assert_eq!(invoices[0].paid.to_string(), "$49.00");
        let page = world.signed_in("owner@acme.test").await.get("/o/acme/settings/billing").await;
        assert!(page.body.contains(">Pro<") && page.body.contains(">Active<"), "{}", page.body);
        world.work_off().await;
        let Letter::Receipt { amount, organization, .. } = world.mail.last_to("owner@acme.test") else { panic!() };
        assert_eq!((amount.as_str(), organization.as_str()), ("$49.00", "Org acme"));
        assert_eq!(world.mail.all().len(), 1, "owners only");
        let entry = world.store().list_audit_entries(acme, 0, 1).await.unwrap().entries.remove(0);
        assert_eq!((entry.action, entry.outcome), (AuditAction::ChangeSubscription, AuditOutcome::Done));
        assert_eq!((entry.actor.as_str(), entry.subject.as_deref()), ("payment provider", Some("pro, active")));

        world.provider.delete(&format!("/v1/subscriptions/{}", known.id.as_str())).await;
        let happened = world.provider.events().await.len() - before;
        until("all were delivered", async || states(&world).await.len() == happened).await;
        world.work_inbox().await;
        assert_eq!(subscription(&world, acme).await.unwrap().status, SubscriptionStatus::Canceled);
        world.work_off().await;
        assert_eq!(world.mail.all().len(), 1, "nothing is told twice");
        world.provider.assert_contract_kept().await;
    })
    .await;
}

/// L-05: what is billed next is for people to read; whoever doesn't say it holds nothing up.
#[tokio::test(flavor = "multi_thread")]
async fn l05_what_is_billed_next_holds_nothing_up() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, customer) = acme_with_customer(&world).await;
        let price = world.provider.price("pro", 4900).await;
        world.provider.subscribe(&customer, &price, None).await;
        let next = async |id: &str, fault: Option<u16>| {
            if let Some(status) = fault {
                let endpoint = "POST /v1/invoices/create_preview";
                world.provider.fail(endpoint, json!({"kind": "status", "value": status})).await;
            }
            deliver(&world, &event(id, "customer.subscription.updated", &customer)).await;
            world.work_inbox().await;
            world.provider.heal().await;
            let state = states(&world).await.into_iter().find(|(known, ..)| known == id).unwrap();
            assert_eq!((state.1.as_str(), state.2), ("applied", None), "{id}");
            let stored = world.store().find_subscription(acme).await.unwrap().unwrap();
            assert_eq!((stored.plan.as_str(), stored.status.as_str()), ("pro", "active"), "{id}");
            stored.upcoming.invoice.map(|next| next.due.amount)
        };
        assert_eq!(next("evt_refused", Some(400)).await, None);
        assert_eq!(next("evt_told", None).await, Some(4900));
        assert_eq!(next("evt_away", Some(500)).await, Some(4900), "what was known stays");
        world.provider.assert_contract_kept().await;
    })
    .await;
}

/// W05, F3: the six events of a life in every order, each applied before the next one comes.
#[tokio::test(flavor = "multi_thread")]
async fn w05_the_order_makes_no_difference() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, customer) = acme_with_customer(&world).await;
        let price = world.provider.price("pro", 4900).await;
        let made = world.provider.subscribe(&customer, &price, None).await;
        let path = format!("/v1/subscriptions/{}", made["id"].as_str().unwrap());
        world.provider.post(&path, &[("cancel_at_period_end", "true")]).await;
        world.provider.post(&path, &[("cancel_at_period_end", "false")]).await;
        world.provider.delete(&path).await;
        let kinds = [
            "customer.subscription.created",
            "customer.subscription.updated",
            "customer.subscription.deleted",
            "invoice.finalized",
            "invoice.paid",
        ];
        let all = world.provider.events().await;
        let mut six: Vec<Value> =
            all.into_iter().filter(|event| kinds.contains(&event["type"].as_str().unwrap())).collect();
        six.truncate(6);
        assert_eq!(six.len(), 6);
        let every = if proving() { 1 } else { 45 };
        for (n, order) in orders(6).into_iter().enumerate().filter(|(n, _)| n % every == 0) {
            for place in order {
                let mut again = six[place].clone();
                // New to us, or it would count as known.
                again["id"] = format!("{}_{n}", again["id"].as_str().unwrap()).into();
                // All of one second.
                again["created"] = 1_795_219_200.into();
                deliver(&world, &again).await;
                world.work_inbox().await;
                let known = subscription(&world, acme).await.unwrap();
                assert_eq!(known.status, SubscriptionStatus::Canceled, "order {n}");
            }
        }
        assert_eq!(count(&world, "waiting").await, 0);
        world.work_off().await;
        assert_eq!(world.mail.all().len(), 1, "one receipt");
    })
    .await;
}

fn orders(of: usize) -> Vec<Vec<usize>> {
    if of == 0 {
        return vec![Vec::new()];
    }
    let longer = |order: Vec<usize>| {
        (0..of).map(move |at| {
            let mut order = order.clone();
            order.insert(at, of - 1);
            order
        })
    };
    orders(of - 1).into_iter().flat_map(longer).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn w08_what_is_not_understood_is_kept_and_harms_nobody() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (_, customer) = acme_with_customer(&world).await;
        deliver(&world, &event("evt_1", "product.updated", &customer)).await;
        deliver(&world, &event("evt_2", "made.up.last.night", &customer)).await;
        let mut newer = event("evt_3", "invoice.paid", &customer);
        newer["api_version"] = "2031-01-01.zinnia".into();
        newer["data"]["object"]["lines"] = json!(["of", {"another": "shape"}]);
        deliver(&world, &newer).await;
        assert_eq!(world.alerts.take(), ["event_version"]);
        let mut nobodys = event("evt_4", "checkout.session.completed", &customer);
        nobodys["data"]["object"]["customer"] = Value::Null;
        deliver(&world, &nobodys).await;
        for body in ["not even JSON", "{}", "[1,2]"] {
            let signed = signature(body.as_bytes(), SECRET, world.now());
            for _ in 0..2 {
                let reply = post(&world.node.url, body.as_bytes(), Some(&signed)).await;
                assert_eq!(reply.status(), StatusCode::OK);
            }
        }
        assert_eq!(world.alerts.take(), ["event_quarantined"; 3]);
        world.work_inbox().await;
        assert_eq!((count(&world, "ignored").await, count(&world, "applied").await), (6, 1));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w08_a_customer_that_is_stored_later_gets_what_was_told_before() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let made = world.provider.post("/v1/customers", &[("name", "Org")]).await;
        let customer = made["id"].as_str().unwrap();
        let price = world.provider.price("basic", 1900).await;
        world.provider.subscribe(customer, &price, None).await;
        deliver_all(&world, &world.provider.events().await).await;
        world.work_inbox().await;
        assert!(subscription(&world, acme).await.is_none());
        assert!(count(&world, "waiting").await > 0);
        store_customer(&world, acme, customer).await;
        // It was put off.
        world.work_inbox().await;
        assert!(subscription(&world, acme).await.is_none());
        world.clock.advance(Millis::minutes(1));
        world.work_inbox().await;
        assert_eq!(subscription(&world, acme).await.unwrap().plan, "basic");
        assert_eq!(count(&world, "waiting").await, 0);
    })
    .await;
}

/// W-07: what can't be applied for three days is given up, kept, and told.
#[tokio::test(flavor = "multi_thread")]
async fn w07_what_nobody_can_apply_is_parked_and_told() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        deliver(&world, &event("evt_1", "invoice.paid", "cus_of_nobody")).await;
        for _ in 0..5 {
            world.work_inbox().await;
            world.clock.advance(Millis::minutes(20));
        }
        assert_eq!(count(&world, "waiting").await, 1);
        world.services().measure_billing_events().await.unwrap();
        assert_eq!(world.alerts.take(), ["events_stuck"]);
        world.clock.advance(Millis::days(3));
        world.work_inbox().await;
        let why = Some("no organization has this customer".to_owned());
        assert_eq!(states(&world).await, [("evt_1".to_owned(), "parked".to_owned(), why)]);
        assert_eq!(world.alerts.take(), ["event_parked"]);
        world.services().measure_billing_events().await.unwrap();
        assert_eq!(world.alerts.take(), [""; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w02_w07_another_mode_account_or_organization_changes_nothing() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, customer) = acme_with_customer(&world).await;
        let globex = world.team("globex").await;
        let theirs = customer_of(&world, globex).await;
        let price = world.provider.price("pro", 4900).await;
        world.provider.subscribe(&customer, &price, None).await;
        let mut live = event("evt_live", "invoice.paid", &customer);
        live["livemode"] = true.into();
        let mut connected = event("evt_connected", "invoice.paid", &customer);
        connected["account"] = "acct_1".into();
        let mut named = event("evt_named", "customer.subscription.updated", &customer);
        named["data"]["object"]["metadata"] = json!({"portico_organization": globex.to_string()});
        let mut referred = event("evt_referred", "checkout.session.completed", &customer);
        referred["data"]["object"]["client_reference_id"] = globex.to_string().into();
        deliver_all(&world, &[live, connected, named, referred]).await;
        world.work_inbox().await;
        assert_eq!(count(&world, "quarantined").await, 4);
        assert_eq!(world.alerts.take(), ["event_quarantined"; 4]);
        assert!(subscription(&world, acme).await.is_none() && subscription(&world, globex).await.is_none());
        assert_eq!(world.provider.requests("GET", "/v1/subscriptions").await.len(), 0, "nobody was asked");

        // At the provider, a subscription of their customer names us: it counts for neither.
        let made = world.provider.subscribe(&theirs, &price, None).await;
        let path = format!("/v1/subscriptions/{}", made["id"].as_str().unwrap());
        world.provider.post(&path, &[("metadata[portico_organization]", &acme.to_string())]).await;
        deliver(&world, &event("evt_theirs", "invoice.paid", &theirs)).await;
        world.work_inbox().await;
        assert!(subscription(&world, acme).await.is_none() && subscription(&world, globex).await.is_none());
        assert_eq!(world.alerts.take(), ["subscription_names_another"]);
    })
    .await;
}

/// F8: the provider's failures put it off, and are no news.
#[tokio::test(flavor = "multi_thread")]
async fn f8_a_provider_that_is_away_is_asked_again() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, customer) = acme_with_customer(&world).await;
        let price = world.provider.price("pro", 4900).await;
        world.provider.subscribe(&customer, &price, None).await;
        for fault in [
            json!({"kind": "status", "value": 500}),
            json!({"kind": "drop"}),
            json!({"kind": "half_answer"}),
            json!({"kind": "wrong_customer"}),
            json!({"kind": "wrong_livemode"}),
        ] {
            world.provider.fail("GET /v1/subscriptions", fault.clone()).await;
            deliver(&world, &event(&format!("evt_{}", fault["kind"].as_str().unwrap()), "invoice.paid", &customer))
                .await;
            world.work_inbox().await;
            assert!(subscription(&world, acme).await.is_none(), "{fault}");
            assert!(count(&world, "waiting").await > 0, "{fault}");
            world.provider.heal().await;
            world.clock.advance(Millis::minutes(20));
        }
        world.work_inbox().await;
        assert_eq!(count(&world, "applied").await, 5);
        assert_eq!(subscription(&world, acme).await.unwrap().status, SubscriptionStatus::Active);
    })
    .await;
}

/// A worker that was overtaken writes nothing: neither the state nor a mail.
#[tokio::test(flavor = "multi_thread")]
async fn w04_a_worker_whose_lease_went_to_another_writes_nothing() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, customer) = acme_with_customer(&world).await;
        let price = world.provider.price("pro", 4900).await;
        world.provider.subscribe(&customer, &price, None).await;
        deliver(&world, &event("evt_1", "invoice.paid", &customer)).await;
        let slow = world.services().take_billing_customers(8).await.unwrap().remove(0);
        assert!(world.services().take_billing_customers(8).await.unwrap().is_empty(), "it is held");
        world.clock.advance(Millis::minutes(2));
        let quick = world.services().take_billing_customers(8).await.unwrap().remove(0);
        world.services().sync_customer(&slow).await.unwrap();
        assert!(subscription(&world, acme).await.is_none());
        assert_eq!(count(&world, "waiting").await, 1);
        world.services().sync_customer(&quick).await.unwrap();
        assert_eq!(subscription(&world, acme).await.unwrap().plan, "pro");
        assert_eq!(count(&world, "applied").await, 1);
        world.services().sync_customer(&slow).await.unwrap();
        world.work_off().await;
        assert_eq!(world.mail.all().len(), 1, "one receipt");
    })
    .await;
}

/// L-09: a payment that fails is told once for each attempt.
#[tokio::test(flavor = "multi_thread")]
async fn l09_a_failed_payment_is_told_to_the_owners() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, customer) = acme_with_customer(&world).await;
        let price = world.provider.price("pro", 4900).await;
        world.provider.subscribe(&customer, &price, Some("pm_card_chargeCustomerFail")).await;
        deliver_all(&world, &world.provider.events().await).await;
        world.work_inbox().await;
        assert_eq!(subscription(&world, acme).await.unwrap().status, SubscriptionStatus::Incomplete);
        world.work_off().await;
        let Letter::PaymentFailed { amount, .. } = world.mail.last_to("owner@acme.test") else { panic!() };
        assert_eq!(amount, "$49.00");
        deliver(&world, &event("evt_again", "invoice.payment_failed", &customer)).await;
        world.work_inbox().await;
        world.work_off().await;
        assert_eq!(world.mail.all().len(), 1);
    })
    .await;
}

/// T09: invoices are of one organisation, whoever asks for which ids.
#[tokio::test(flavor = "multi_thread")]
async fn t09_invoices_of_others_are_not_listed_and_not_known() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, customer) = acme_with_customer(&world).await;
        let globex = world.team("globex").await;
        let price = world.provider.price("pro", 4900).await;
        world.provider.subscribe(&customer, &price, None).await;
        deliver(&world, &event("evt_1", "invoice.paid", &customer)).await;
        world.work_inbox().await;
        let ours = world.store().list_invoices(acme, 10).await.unwrap();
        assert_eq!(ours.len(), 1);
        assert_eq!(world.store().list_invoices(globex, 10).await.unwrap(), []);
        let id = ours[0].id.as_str();
        assert_eq!(world.store().told_of_invoices(acme, &[id]).await.unwrap().len(), 1);
        assert!(world.store().told_of_invoices(globex, &[id]).await.unwrap().is_empty());
        let owner = world.signed_in("owner@acme.test").await;
        let page = owner.get("/o/acme/settings/billing/invoices").await;
        let number = ours[0].number.clone().unwrap();
        assert!(
            page.body.contains(&number) && page.body.contains("$49.00") && page.body.contains(">View<"),
            "{}",
            page.body
        );
        // Who doesn't pay reads of it, and gets no address where it can be opened.
        let viewer = world.signed_in("viewer@acme.test").await.get("/o/acme/settings/billing/invoices").await;
        assert!(viewer.body.contains(&number) && !viewer.body.contains(">View<") && !viewer.body.contains("/i/"));
        let theirs = world.signed_in("owner@globex.test").await.get("/o/globex/settings/billing/invoices").await;
        assert!(theirs.shows("no-invoices") && !theirs.body.contains(&number));
    })
    .await;
}

/// What was told is kept for as long as anything could tell it again, and goes with its organisation.
#[tokio::test(flavor = "multi_thread")]
async fn events_go_after_ninety_days_and_with_their_organization() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (_, customer) = acme_with_customer(&world).await;
        let globex = world.team("globex").await;
        let theirs = customer_of(&world, globex).await;
        deliver(&world, &event("evt_applied", "invoice.paid", &customer)).await;
        deliver(&world, &event("evt_ignored", "invoice.sent", &customer)).await;
        deliver(&world, &event("evt_nobody", "invoice.paid", "cus_nobody")).await;
        deliver(&world, &event("evt_theirs", "invoice.paid", &theirs)).await;
        world.work_inbox().await;
        // Given up, and waiting for somebody to look at it.
        world.clock.advance(Millis::days(4));
        world.work_inbox().await;
        let ids = async || states(&world).await.into_iter().map(|(id, ..)| id).collect::<Vec<_>>();
        let state =
            |of: Vec<(String, String, Option<String>)>, id: &str| of.into_iter().find(|row| row.0 == id).unwrap().1;
        assert_eq!(state(states(&world).await, "evt_nobody"), "parked");
        // How often each was tried stays to be read (W-06).
        let attempts = async |id: &str| world.store().show_billing_event(id).await.unwrap().unwrap().attempts;
        assert_eq!((attempts("evt_applied").await, attempts("evt_ignored").await), (Some(1), None));
        assert_eq!(attempts("evt_nobody").await, Some(2));
        world.clock.advance(Millis::days(85));
        assert_eq!(world.services().sweep_billing_events().await.unwrap(), 0, "not yet");
        deliver(&world, &event("evt_late", "invoice.paid", &customer)).await;
        world.work_inbox().await;
        let owner = world.signed_in("owner@globex.test").await;
        owner.post("/api/orgs/delete", &[("org", "globex"), ("confirmation", "globex")]).await;
        world.clock.advance(domain::orgs::CLOSING_GRACE);
        deliver(&world, &event("evt_of_globex", "invoice.paid", &theirs)).await;
        world.work_inbox().await;
        world.services().delete_due_organizations(10).await.unwrap();
        assert_eq!(ids().await, ["evt_applied", "evt_ignored", "evt_late", "evt_nobody"], "globex's are gone");
        assert_eq!(world.services().sweep_billing_events().await.unwrap(), 2);
        assert_eq!(ids().await, ["evt_late", "evt_nobody"]);
    })
    .await;
}
