//! What must hold whatever happens: random lives, driven through the API, looked at from outside.
//!
//! A life is a list of acts and of time that passes; each is refused or done. After it, every
//! promise is checked: documented transitions only, events that tell the whole story, lines that
//! sum to totals, previews that come true, and one step of the clock like many.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use sandbox::Options;
use sandbox::clock::ManualClock;
use serde_json::{Value, json};

use crate::billing::{DAY, OnClock, item};
use crate::started::{START, Started, id, start};

/// What happens to a subscription.
#[derive(Debug, Clone)]
enum Act {
    Pass(i64),
    Card(&'static str),
    Price(usize),
    Quantity(u8),
    CancelAtEnd(bool),
    Cancel,
    PauseCollection(&'static str),
    Collect,
    EndTrial,
    Resume,
    PayLatest,
    VoidLatest,
    GiveUpLatest,
    Item(i16),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (1..40 * DAY).prop_map(Act::Pass),
        2 => prop::sample::select(vec!["pm_card_visa", "pm_card_chargeCustomerFail", "pm_card_authenticationRequired"])
            .prop_map(Act::Card),
        3 => (0..4_usize).prop_map(Act::Price),
        2 => (0..9_u8).prop_map(Act::Quantity),
        1 => any::<bool>().prop_map(Act::CancelAtEnd),
        1 => Just(Act::Cancel),
        1 => prop::sample::select(vec!["void", "mark_uncollectible", "keep_as_draft"]).prop_map(Act::PauseCollection),
        1 => Just(Act::Collect),
        1 => Just(Act::EndTrial),
        1 => Just(Act::Resume),
        1 => Just(Act::PayLatest),
        1 => Just(Act::VoidLatest),
        1 => Just(Act::GiveUpLatest),
        1 => (-900..900_i16).prop_map(Act::Item),
    ]
}

/// How a life begins and goes on.
#[derive(Debug, Clone)]
struct Life {
    trial_days: u8,
    missing: &'static str,
    behavior: &'static str,
    prorations: &'static str,
    after_retries: &'static str,
    acts: Vec<Act>,
}

fn life() -> impl Strategy<Value = Life> {
    (
        prop::sample::select(vec![0_u8, 0, 2, 14]),
        prop::sample::select(vec!["create_invoice", "pause", "cancel"]),
        prop::sample::select(vec!["allow_incomplete", "default_incomplete"]),
        prop::sample::select(vec!["create_prorations", "always_invoice", "none"]),
        prop::sample::select(vec!["cancel", "unpaid", "past_due"]),
        prop::collection::vec(act(), 1..14),
    )
        .prop_map(|(trial_days, missing, behavior, prorations, after_retries, acts)| Life {
            trial_days,
            missing,
            behavior,
            prorations,
            after_retries,
            acts,
        })
}

/// The prices a life moves between.
async fn prices(sandbox: &Started) -> Vec<String> {
    let mut all = Vec::new();
    for (cents, interval) in [(1999, "month"), (4999, "month"), (0, "month"), (49_990, "year")] {
        all.push(sandbox.price(cents, interval).await);
    }
    all
}

/// Begins a life with a card that works, unless the trial is to end without one.
async fn begin<'s>(sandbox: &'s Started, life: &Life, prices: &[String]) -> (OnClock<'s>, Value) {
    sandbox.settings(json!({"retry_days": [1, 3], "after_retries": life.after_retries})).await;
    let has_card = life.trial_days == 0 || life.missing == "create_invoice";
    let acme = sandbox.on_clock(if has_card { "pm_card_visa" } else { "" }).await;
    let days = life.trial_days.to_string();
    let mut fields = vec![
        ("payment_behavior", life.behavior),
        ("trial_settings[end_behavior][missing_payment_method]", life.missing),
    ];
    if life.trial_days > 0 {
        fields.push(("trial_period_days", &days));
    }
    let subscription = acme.subscribe(&prices[0], &fields).await;
    (acme, subscription)
}

/// Does an act; Stripe may refuse it.
async fn perform(acme: &OnClock<'_>, subscription: &Value, life: &Life, act: &Act, prices: &[String]) {
    let sandbox = acme.sandbox;
    let path = format!("/v1/subscriptions/{}", id(subscription));
    let now = acme.now(subscription).await;
    let item = item(&now);
    let latest = format!("/v1/invoices/{}", now["latest_invoice"].as_str().unwrap_or("none"));
    let change = |key: &'static str, value: &str| {
        vec![
            ("items[0][id]".to_owned(), item.clone()),
            (format!("items[0][{key}]"), value.to_owned()),
            ("proration_behavior".to_owned(), life.prorations.to_owned()),
        ]
    };
    let one = |key: &str, value: &str| vec![(key.to_owned(), value.to_owned())];
    let (path, fields) = match act {
        Act::Pass(_) => return,
        Act::Card(card) => return drop(acme.default_card(card).await),
        Act::Cancel => return drop(sandbox.delete(&format!("{path}?prorate=true&invoice_now=true")).await),
        Act::Price(which) => (path, change("price", &prices[*which])),
        Act::Quantity(quantity) => (path, change("quantity", &quantity.to_string())),
        Act::CancelAtEnd(is_on) => (path, one("cancel_at_period_end", &is_on.to_string())),
        Act::PauseCollection(behavior) => (path, one("pause_collection[behavior]", behavior)),
        Act::Collect => (path, one("pause_collection", "")),
        Act::EndTrial => (path, one("trial_end", "now")),
        Act::Resume => (format!("{path}/resume"), Vec::new()),
        Act::PayLatest => (format!("{latest}/pay"), Vec::new()),
        Act::VoidLatest => (format!("{latest}/void"), Vec::new()),
        Act::GiveUpLatest => (format!("{latest}/mark_uncollectible"), Vec::new()),
        Act::Item(cents) => {
            let mut fields = one("customer", &acme.customer);
            fields.extend([("amount".to_owned(), cents.to_string()), ("currency".to_owned(), "eur".to_owned())]);
            ("/v1/invoiceitems".to_owned(), fields)
        }
    };
    let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let (status, body) = sandbox.post(&path, &fields).await;
    assert!([200, 400, 402, 404].contains(&status.as_u16()), "{act:?}: {status} {body}");
}

/// Lives a life; the clock moves in steps of at most `step`.
async fn live(sandbox: &Started, life: &Life, step: i64) -> String {
    let prices = prices(sandbox).await;
    let (acme, subscription) = begin(sandbox, life, &prices).await;
    let mut now = START;
    for act in &life.acts {
        if let Act::Pass(seconds) = act {
            let to = now + seconds;
            while now < to {
                now = to.min(now + step);
                acme.advance(now).await;
            }
        } else {
            perform(&acme, &subscription, life, act, &prices).await;
        }
    }
    acme.customer.clone()
}

/// Runs a property over random lives, each in a sandbox of its own.
fn each_life<F>(cases: u32, property: impl Fn(Life) -> F)
where
    F: Future<Output = ()>,
{
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let tried = runner.run(&life(), |life| {
        runtime.block_on(property(life));
        Ok(())
    });
    if let Err(failure) = tried {
        panic!("{failure}");
    }
}

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
            let customer = live(&sandbox, &life, step).await;
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
fn check_sums(invoice: &Value) {
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
        let customer = live(&sandbox, &life, 400 * DAY).await;
        let events = sandbox.events("").await;
        check_transitions(&events, "subscription", &TRANSITIONS);
        check_transitions(&events, "invoice", &OF_INVOICES);
        check_events(&sandbox, &events).await;
        let invoices = sandbox.get(&format!("/v1/invoices?customer={customer}&limit=100")).await.1;
        for invoice in invoices["data"].as_array().unwrap() {
            check_sums(invoice);
        }
        sandbox.end().await;
    });
}

/// What of an invoice must not differ between its preview and itself.
fn amounts_and_texts(invoice: &Value) -> Value {
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
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let mut runner = TestRunner::new(Config { cases: 25, failure_persistence: None, ..Config::default() });
    let change = (
        (1..90_000_i64, 1..90_000_i64),
        (1..40_u8, 1..40_u8),
        1..30 * DAY,
        prop::sample::select(vec!["create_prorations", "always_invoice"]),
        any::<bool>(),
        prop::option::of(1..100_u8),
    );
    let tried = runner.run(&change, |((old, new), (few, many), after, prorations, is_yearly, percent)| {
        runtime.block_on(async {
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
        Ok(())
    });
    if let Err(failure) = tried {
        panic!("{failure}");
    }
}
