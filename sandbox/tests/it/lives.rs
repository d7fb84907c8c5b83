//! Random lives of a subscription: acts, and time that passes between them; each act is refused
//! or done. What must hold whatever happens stands in [`crate::promises`].

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use crate::billing::{DAY, OnClock, item, period};
use crate::started::{START, Started, id};

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
    /// Price, quantity, and a share of the period when it is dated.
    Both(usize, u8, Option<f64>),
    /// Coupons are taken on, off, and deleted.
    Coupon(usize),
    NoCoupon,
    DeleteCoupon(usize),
    /// One of the older invoices is paid, by a card that works or not.
    PayOld(usize, bool),
    VoidOld(usize),
    /// A schedule that changes price and quantity so many seconds from now.
    Schedule(i64, usize, u8),
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
        4 => (0..4_usize, 0..5_u8, prop::option::of(0.0..1.0_f64)).prop_map(|(p, q, at)| Act::Both(p, q, at)),
        2 => (0..COUPONS.len()).prop_map(Act::Coupon),
        1 => Just(Act::NoCoupon),
        1 => (0..COUPONS.len()).prop_map(Act::DeleteCoupon),
        2 => (0..4_usize, any::<bool>()).prop_map(|(which, works)| Act::PayOld(which, works)),
        1 => (0..4_usize).prop_map(Act::VoidOld),
        1 => (DAY..40 * DAY, 0..4_usize, 0..5_u8).prop_map(|(after, p, q)| Act::Schedule(after, p, q)),
    ]
}

/// What coupons take off, and for how long.
const COUPONS: [&[(&str, &str)]; 4] = [
    &[("percent_off", "50"), ("duration", "once")],
    &[("percent_off", "100"), ("duration", "forever")],
    &[("amount_off", "700"), ("currency", "eur"), ("duration", "once")],
    &[("amount_off", "1500"), ("currency", "eur"), ("duration", "repeating"), ("duration_in_months", "2")],
];

/// A coupon of a life by its name; it is made anew when it was deleted.
async fn coupon(sandbox: &Started, which: usize) -> String {
    let name = format!("COUPON-{which}");
    if sandbox.get(&format!("/v1/coupons/{name}")).await.0 != 200 {
        sandbox.made("/v1/coupons", &[COUPONS[which], &[("id", name.as_str())]].concat()).await;
    }
    name
}

/// How a life begins and goes on.
#[derive(Debug, Clone)]
pub struct Life {
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
        prop::collection::vec(act(), 1..18),
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
        Act::Both(price, quantity, dated) => {
            let mut fields = change("price", &prices[*price]);
            fields.push(("items[0][quantity]".to_owned(), quantity.to_string()));
            let (from, to) = period(&now);
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a place in the period")]
            let at = dated.map(|share| from + ((to - from) as f64 * share) as i64);
            fields.extend(at.map(|at| ("proration_date".to_owned(), at.to_string())));
            (path, fields)
        }
        Act::Coupon(which) => (path, one("discounts[0][coupon]", &coupon(sandbox, *which).await)),
        Act::NoCoupon => (path, one("discounts", "")),
        Act::DeleteCoupon(which) => {
            return drop(sandbox.delete(&format!("/v1/coupons/{}", coupon(sandbox, *which).await)).await);
        }
        Act::PayOld(which, works) => {
            let card = if *works { "pm_card_visa" } else { "pm_card_chargeCustomerFail" };
            let path = format!("/v1/payment_methods/{card}/attach");
            let card = id(&sandbox.made(&path, &[("customer", &acme.customer)]).await);
            (format!("/v1/invoices/{}/pay", acme.old(*which).await), one("payment_method", &card))
        }
        Act::VoidOld(which) => (format!("/v1/invoices/{}/void", acme.old(*which).await), Vec::new()),
        Act::Schedule(after, price, quantity) => {
            return schedule(acme, &now, *after, &prices[*price], *quantity, life.prorations).await;
        }
    };
    let fields: Vec<(&str, &str)> = fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let (status, body) = sandbox.post(&path, &fields).await;
    assert!([200, 400, 402, 404].contains(&status.as_u16()), "{act:?}: {status} {body}");
}

impl OnClock<'_> {
    /// One of the older invoices, from the newest on.
    async fn old(&self, which: usize) -> String {
        self.invoices().await.iter().rev().nth(which + 1).map_or("none".to_owned(), id)
    }
}

/// Puts a subscription on a schedule whose next phase has another price.
async fn schedule(acme: &OnClock<'_>, now: &Value, after: i64, price: &str, quantity: u8, prorations: &str) {
    let path = "/v1/subscription_schedules";
    let (status, made) = acme.sandbox.post(path, &[("from_subscription", &id(now))]).await;
    if status != 200 {
        return;
    }
    let phase = &made["phases"][0];
    let (start, price_now) = (phase["start_date"].to_string(), id(&now["items"]["data"][0]["price"]));
    let quantities = (now["items"]["data"][0]["quantity"].to_string(), quantity.to_string());
    let clock = acme.sandbox.get(&format!("/v1/test_helpers/test_clocks/{}", acme.clock)).await.1;
    let at = (clock["frozen_time"].as_i64().unwrap() + after).to_string();
    let fields = [
        ("phases[0][items][0][price]", price_now.as_str()),
        ("phases[0][items][0][quantity]", &quantities.0),
        ("phases[0][start_date]", &start),
        ("phases[0][end_date]", &at),
        ("phases[1][items][0][price]", price),
        ("phases[1][items][0][quantity]", &quantities.1),
        ("phases[1][proration_behavior]", prorations),
        ("proration_behavior", "none"),
    ];
    let (status, body) = acme.sandbox.post(&format!("{path}/{}", id(&made)), &fields).await;
    assert!([200, 400].contains(&status.as_u16()), "{status} {body}");
}

/// Lives a life; the clock moves in steps of at most `step`.
pub async fn live<'s>(sandbox: &'s Started, life: &Life, step: i64) -> (OnClock<'s>, Value) {
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
    (acme, subscription)
}

/// Runs a property over so many random values, or as many as `PROPTEST_CASES` says.
pub fn run<S: Strategy, F: Future<Output = ()>>(cases: u32, values: &S, property: impl Fn(S::Value) -> F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    #[expect(clippy::disallowed_methods, reason = "how many lives is for the one who runs the tests to say")]
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let config = Config { cases: asked.unwrap_or(cases), failure_persistence: None, ..Config::default() };
    let tried = TestRunner::new(config).run(values, |value| {
        runtime.block_on(property(value));
        Ok(())
    });
    if let Err(failure) = tried {
        panic!("{failure}");
    }
}

/// Runs a property over random lives, each in a sandbox of its own.
pub fn each_life<F: Future<Output = ()>>(cases: u32, property: impl Fn(Life) -> F) {
    run(cases, &life(), property);
}
