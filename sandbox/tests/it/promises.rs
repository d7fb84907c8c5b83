//! What must hold whatever happens: random lives, driven through the API, looked at from outside.
//!
//! A life is a list of acts and of time that passes; each is refused or done. After it, every
//! promise is checked: documented transitions only, events that tell the whole story, lines that
//! sum to totals, no item given back more than it was charged, a status that follows the newest
//! invoice, previews that come true, and one step of the clock like many.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use sandbox::Options;
use sandbox::clock::ManualClock;
use serde_json::{Value, json};

use crate::billing::{DAY, OnClock, item};
use crate::lives::{each_life, live, run};
use crate::started::{START, Started, id, start};

/// Everything there is of the kinds that matter.
async fn everything(sandbox: &Started, customer: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for path in [
        format!("/v1/customers/{customer}?expand[]=subscriptions"),
        format!("/v1/subscriptions?customer={customer}&status=all&limit=100"),
        format!("/v1/invoices?customer={customer}&limit=100"),
        format!("/v1/invoiceitems?customer={customer}&limit=100"),
        format!("/v1/payment_intents?customer={customer}&limit=100"),
    ] {
        all.push(sandbox.get(&path).await.1);
    }
    all
}

/// A sandbox whose ids and addresses are the same each time.
async fn start_alike() -> Started {
    let clock = Arc::new(ManualClock::at(START));
    let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let options = Options {
        clock: clock.clone(),
        seed: Some(7),
        public_url: Some("http://localhost:1".to_owned()),
        ..Options::default()
    };
    let running = sandbox::serve(listener, options).await.unwrap();
    Started { running, clock, http: reqwest::Client::new() }
}

#[test]
fn a_clock_moved_in_one_step_or_in_many_ends_in_the_same_state() {
    each_life(12, |life| async move {
        let mut ends = Vec::new();
        for step in [400 * DAY, 5 * DAY + 4321] {
            let sandbox = start_alike().await;
            let customer = live(&sandbox, &life, step).await.0.customer;
            ends.push(everything(&sandbox, &customer).await);
            sandbox.end().await;
        }
        assert_eq!(ends[0], ends[1], "{life:?}");
    });
}

const TRANSITIONS: [(&str, &[&str]); 8] = [
    ("incomplete", &["active", "incomplete_expired"]),
    ("incomplete_expired", &[]),
    ("trialing", &["active", "past_due", "paused", "canceled"]),
    ("active", &["past_due", "canceled"]),
    ("past_due", &["active", "unpaid", "canceled"]),
    ("unpaid", &["active", "canceled"]),
    ("paused", &["active", "canceled"]),
    ("canceled", &[]),
];

const OF_INVOICES: [(&str, &[&str]); 5] = [
    ("draft", &["open", "paid"]),
    ("open", &["paid", "void", "uncollectible"]),
    ("uncollectible", &["paid", "void"]),
    ("paid", &[]),
    ("void", &[]),
];

/// Each status follows from the one before, as the events tell it.
fn check_transitions(events: &[Value], object: &str, table: &[(&str, &[&str])]) {
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    for event in events.iter().filter(|event| event["data"]["object"]["object"] == object) {
        let now = &event["data"]["object"];
        let status = now["status"].as_str().unwrap().to_owned();
        if let Some(before) = last.insert(id(now), status.clone()).filter(|before| *before != status) {
            let allowed = table.iter().find(|(from, _)| *from == before).unwrap().1;
            assert!(allowed.contains(&status.as_str()), "{object}: {before} → {status}");
        }
    }
}

/// The last event about each object is the object, and what it says of before was so.
async fn check_events(sandbox: &Started, events: &[Value]) {
    let mut told: BTreeMap<String, Value> = BTreeMap::new();
    for event in events {
        let object = &event["data"]["object"];
        if let (Some(changed), Some(before)) = (event["data"]["previous_attributes"].as_object(), told.get(&id(object)))
        {
            for (key, value) in changed.iter().filter(|(_, value)| !value.is_object()) {
                assert_eq!(before.get(key).unwrap_or(&json!(null)), value, "{} {key}", event["type"]);
            }
        }
        told.insert(id(object), object.clone());
    }
    for (id, last) in told {
        let path = match last["object"].as_str().unwrap() {
            "customer" => "customers",
            "subscription" => "subscriptions",
            "invoice" => "invoices",
            "payment_intent" => "payment_intents",
            "price" => "prices",
            _ => continue,
        };
        let now = sandbox.get(&format!("/v1/{path}/{id}")).await.1;
        if now["deleted"] != true {
            assert_eq!(now, last, "the last event about {id}");
        }
    }
}

/// Lines, discounts and balances make the totals; money is whole.
pub fn check_sums(invoice: &Value) {
    let int = |value: &Value| value.as_i64().unwrap_or_else(|| panic!("no whole number: {value}"));
    let lines = invoice["lines"]["data"].as_array().unwrap();
    let subtotal: i64 = lines.iter().map(|line| int(&line["amount"])).sum();
    let off: i64 = invoice["total_discount_amounts"].as_array().unwrap().iter().map(|row| int(&row["amount"])).sum();
    let of_lines: i64 =
        lines.iter().flat_map(|line| line["discount_amounts"].as_array().unwrap()).map(|row| int(&row["amount"])).sum();
    assert_eq!((int(&invoice["subtotal"]), off), (subtotal, of_lines), "{invoice}");
    let total = int(&invoice["total"]);
    assert_eq!(total, subtotal - off);
    let due = (total + int(&invoice["starting_balance"])).max(0);
    assert_eq!(int(&invoice["amount_due"]), due, "{invoice}");
    let is_paid = invoice["status"] == "paid";
    assert_eq!(int(&invoice["amount_paid"]), if is_paid { due } else { 0 });
    assert_eq!(int(&invoice["amount_remaining"]), if is_paid { 0 } else { due });
    if !invoice["ending_balance"].is_null() {
        assert_eq!(int(&invoice["ending_balance"]), (total + int(&invoice["starting_balance"])).min(0));
    }
}

#[test]
fn whatever_happens_the_promises_hold() {
    each_life(40, |life| async move {
        let sandbox = start().await;
        let (acme, subscription) = live(&sandbox, &life, 400 * DAY).await;
        let events = sandbox.events("").await;
        check_transitions(&events, "subscription", &TRANSITIONS);
        check_transitions(&events, "invoice", &OF_INVOICES);
        check_events(&sandbox, &events).await;
        let invoices = acme.invoices().await;
        for invoice in &invoices {
            check_sums(invoice);
        }
        check_items(&acme, &invoices).await;
        let now = acme.now(&subscription).await;
        check_status(&now, &invoices);
        check_next(&acme, &now).await;
        sandbox.end().await;
    });
}

/// The status says whether the invoice that was finalized last is owed.
fn check_status(subscription: &Value, invoices: &[Value]) {
    let finalized = |invoice: &&Value| invoice["status_transitions"]["finalized_at"].is_i64();
    let its = |invoice: &&Value| invoice["parent"]["subscription_details"]["subscription"] == subscription["id"];
    let at = |invoice: &&Value| invoice["status_transitions"]["finalized_at"].as_i64();
    let newest = invoices.iter().filter(finalized).filter(its).max_by_key(at);
    let is_owed = newest.is_some_and(|invoice| invoice["status"] == "open");
    if ["past_due", "unpaid"].contains(&subscription["status"].as_str().unwrap()) {
        assert!(is_owed, "{} although it owes nothing: {newest:?}", subscription["status"]);
    }
    if subscription["status"] == "active" {
        let attempted = newest.is_some_and(|invoice| invoice["attempted"] == true);
        assert!(!(is_owed && attempted), "active although {newest:?}");
    }
}

/// No item is given back more than it was charged, on what was not voided since. A credit that
/// gives back from a voided invoice was right when it was made.
async fn check_items(acme: &OnClock<'_>, invoices: &[Value]) {
    let mut items: BTreeMap<String, (i64, bool)> = BTreeMap::new();
    for invoice in invoices {
        for line in invoice["lines"]["data"].as_array().unwrap() {
            let Some(item) = line["parent"]["subscription_item_details"]["subscription_item"].as_str() else {
                continue;
            };
            let off = line["discount_amounts"].as_array().unwrap().iter().map(|off| off["amount"].as_i64().unwrap());
            let row = items.entry(item.to_owned()).or_default();
            row.0 += line["amount"].as_i64().unwrap() - off.sum::<i64>();
            row.1 |= invoice["status"] == "void";
        }
    }
    let path = format!("/v1/invoiceitems?customer={}&pending=true&limit=100", acme.customer);
    for waiting in acme.sandbox.get(&path).await.1["data"].as_array().unwrap() {
        if let Some(item) = waiting["parent"]["subscription_details"]["subscription_item"].as_str() {
            items.entry(item.to_owned()).or_default().0 += waiting["amount"].as_i64().unwrap();
        }
    }
    for (item, (cents, has_void)) in items {
        assert!(cents >= 0 || has_void, "{item} was given back {} more than it was charged", -cents);
    }
}

/// What is shown of the next invoice is what comes.
async fn check_next(acme: &OnClock<'_>, subscription: &Value) {
    let sandbox = acme.sandbox;
    acme.default_card("pm_card_visa").await;
    let fields = [("subscription", &*id(subscription))];
    let (status, shown) = sandbox.post("/v1/invoices/create_preview", &fields).await;
    if status != 200 {
        assert_eq!(shown["error"]["code"], "invoice_upcoming_none", "{shown}");
        return;
    }
    let at = shown["created"].as_i64().unwrap();
    let before = acme.invoices().await.len();
    let clock = sandbox.get(&format!("/v1/test_helpers/test_clocks/{}", acme.clock)).await.1;
    if clock["frozen_time"].as_i64() < Some(at) {
        acme.advance(at).await;
    }
    let newest = acme.now(subscription).await["latest_invoice"].clone();
    let invoices = acme.invoices().await;
    let billed = invoices[before..].iter().find(|invoice| invoice["id"] == newest);
    let billed = billed.unwrap_or_else(|| panic!("no invoice came of {shown}"));
    assert_eq!(amounts_and_texts(&shown), amounts_and_texts(billed));
}

/// What of an invoice must not differ between its preview and itself.
pub fn amounts_and_texts(invoice: &Value) -> Value {
    let line = |line: &Value| {
        json!([
            line["amount"],
            line["description"],
            line["period"],
            line["quantity"],
            line["pricing"],
            line["discountable"]
        ])
    };
    let lines: Vec<Value> = invoice["lines"]["data"].as_array().unwrap().iter().map(line).collect();
    json!([lines, invoice["subtotal"], invoice["total"], invoice["amount_due"], invoice["starting_balance"]])
}

#[test]
fn a_preview_of_any_change_is_what_is_billed() {
    let change = (
        (1..90_000_i64, 1..90_000_i64),
        (1..40_u8, 1..40_u8),
        1..30 * DAY,
        prop::sample::select(vec!["create_prorations", "always_invoice"]),
        any::<bool>(),
        prop::option::of(1..100_u8),
    );
    run(25, &change, |((old, new), (few, many), after, prorations, is_yearly, percent)| async move {
        let sandbox = start().await;
        let acme = sandbox.on_clock("pm_card_visa").await;
        let price = sandbox.price(old, "month").await;
        let to = sandbox.price(new, if is_yearly { "year" } else { "month" }).await;
        let quantity = few.to_string();
        let mut fields = vec![("items[0][quantity]", quantity.as_str())];
        let coupon = match percent {
            None => String::new(),
            Some(percent) => {
                let fields = [("percent_off", &*percent.to_string()), ("duration", "forever")];
                id(&sandbox.made("/v1/coupons", &fields).await)
            }
        };
        if percent.is_some() {
            fields.push(("discounts[0][coupon]", &coupon));
        }
        let subscription = acme.subscribe(&price, &fields).await;
        acme.advance(START + after).await;
        let (item, many, whose) = (item(&subscription), many.to_string(), id(&subscription));
        let asked = [
            ("subscription", whose.as_str()),
            ("subscription_details[items][0][id]", &item),
            ("subscription_details[items][0][price]", &to),
            ("subscription_details[items][0][quantity]", &many),
            ("subscription_details[proration_behavior]", prorations),
        ];
        let shown = sandbox.made("/v1/invoices/create_preview", &asked).await;
        check_sums(&shown);
        let fields = [
            ("items[0][id]", item.as_str()),
            ("items[0][price]", &to),
            ("items[0][quantity]", &many),
            ("proration_behavior", prorations),
        ];
        acme.update(&subscription, &fields).await;
        if shown["created"].as_i64() > Some(START + after) {
            acme.advance(START + 30 * DAY + 7200).await;
        }
        let billed = acme.invoices().await.pop().unwrap();
        assert_eq!(amounts_and_texts(&shown), amounts_and_texts(&billed));
        sandbox.end().await;
    });
}
