//! Subscription schedules and previews.

use serde_json::{Value, json};

use crate::billing::{DAY, HOUR, MONTH, OnClock, amounts, item, null, period};
use crate::started::{Fields, START, Started, id, start};

const WORKS: &str = "pm_card_visa";

#[tokio::test]
async fn a_schedule_changes_the_plan_at_the_end_of_the_period() {
    for (end_behavior, status, schedule_status) in
        [("release", "active", "released"), ("cancel", "canceled", "completed")]
    {
        let sandbox = start().await;
        let acme = sandbox.on_clock(WORKS).await;
        let (dear, cheap) = (sandbox.price(4900, "month").await, sandbox.price(900, "month").await);
        let subscription = acme.subscribe(&dear, &[]).await;
        let schedule = sandbox.made("/v1/subscription_schedules", &[("from_subscription", &id(&subscription))]).await;
        assert_eq!(schedule["current_phase"], json!({"start_date": START, "end_date": MONTH}));
        assert_eq!(acme.now(&subscription).await["schedule"], schedule["id"]);
        let path = format!("/v1/subscription_schedules/{}", id(&schedule));
        let fields = [
            ("end_behavior", end_behavior),
            ("phases[0][items][0][price]", dear.as_str()),
            ("phases[0][start_date]", &START.to_string()),
            ("phases[0][end_date]", &MONTH.to_string()),
            ("phases[1][items][0][price]", cheap.as_str()),
            ("phases[1][items][0][quantity]", "3"),
            ("phases[1][duration][interval]", "month"),
        ];
        let changed = sandbox.made(&path, &fields).await;
        assert_eq!(changed["phases"][1]["end_date"], MONTH + 31 * DAY);
        acme.advance(MONTH + HOUR).await;
        let invoice = acme.invoices().await.pop().unwrap();
        assert_eq!((amounts(&invoice), &invoice["status"]), (vec![2700], &json!("paid")), "nothing is prorated");
        let second = sandbox.get(&path).await.1;
        assert_eq!(second["current_phase"], json!({"start_date": MONTH, "end_date": MONTH + 31 * DAY}));
        acme.advance(MONTH + 31 * DAY + HOUR).await;
        let over = acme.now(&subscription).await;
        assert_eq!(over["status"], status);
        assert_eq!(sandbox.get(&path).await.1["status"], schedule_status);
        assert_eq!(acme.invoices().await.len(), if status == "active" { 3 } else { 2 });
        if status == "active" {
            assert_eq!(over["schedule"], null());
        }
        sandbox.end().await;
    }
}

#[tokio::test]
async fn a_schedule_can_begin_later_and_be_cancelled() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(3000, "month").await;
    let begins = START + 5 * DAY;
    let fields = [
        ("customer", acme.customer.as_str()),
        ("start_date", &begins.to_string()),
        ("phases[0][items][0][price]", &price),
    ];
    let schedule = sandbox.made("/v1/subscription_schedules", &fields).await;
    assert_eq!((&schedule["status"], &schedule["subscription"]), (&json!("not_started"), &null()));
    let path = format!("/v1/subscription_schedules/{}", id(&schedule));
    acme.advance(begins).await;
    let begun = sandbox.get(&path).await.1;
    assert_eq!(begun["status"], "active");
    assert_eq!(acme.invoices().await[0]["amount_paid"], 3000);
    acme.advance(begins + 15 * DAY).await;
    let ended = sandbox.made(&format!("{path}/cancel"), &[]).await;
    assert_eq!(ended["status"], "canceled");
    // 15 of the 30 days from 26 November.
    assert_eq!(acme.balance().await, -1500);
    assert_eq!(sandbox.post(&format!("{path}/release"), &[]).await.0, 400);
    sandbox.end().await;
}

/// What must be equal between a preview and the invoice: everything but names and moments.
fn essence(invoice: &Value) -> Value {
    let line = |line: &Value| {
        let mut line = line.clone();
        for key in ["id", "invoice", "parent"] {
            line[key] = json!(null);
        }
        line
    };
    let lines: Vec<Value> = invoice["lines"]["data"].as_array().unwrap().iter().map(line).collect();
    json!({
        "lines": lines, "subtotal": invoice["subtotal"], "total": invoice["total"],
        "amount_due": invoice["amount_due"], "starting_balance": invoice["starting_balance"],
        "billing_reason": invoice["billing_reason"], "period": [invoice["period_start"], invoice["period_end"]],
        "discounts": invoice["total_discount_amounts"],
    })
}

async fn preview(sandbox: &Started, subscription: &Value, fields: &[(&str, &str)]) -> Value {
    let id = id(subscription);
    let mut all = vec![("subscription", id.as_str())];
    all.extend(fields);
    sandbox.made("/v1/invoices/create_preview", &all).await
}

#[tokio::test]
async fn a_preview_is_what_is_then_billed() {
    let table: [(Fields<'_>, &str, i64); 7] = [
        (&[("proration_behavior", "create_prorations")], "dear", MONTH + HOUR),
        (&[("proration_behavior", "always_invoice")], "dear", 0),
        (&[("proration_behavior", "none")], "dear", MONTH + HOUR),
        (&[("proration_behavior", "always_invoice")], "cheap", 0),
        (&[], "year", 0),
        (&[("proration_behavior", "none")], "year", 0),
        (&[], "same", MONTH + HOUR),
    ];
    for (fields, to, until) in table {
        let sandbox = start().await;
        let acme: OnClock<'_> = sandbox.on_clock(WORKS).await;
        let price = sandbox.price(1999, "month").await;
        let subscription = acme.subscribe(&price, &[("items[0][quantity]", "3")]).await;
        acme.advance(START + 777_777).await;
        let to_price = match to {
            "dear" => sandbox.price(3333, "month").await,
            "cheap" => sandbox.price(7, "month").await,
            "year" => sandbox.price(19_990, "year").await,
            _ => price,
        };
        let item = item(&subscription);
        let change = [&[("items[0][id]", item.as_str()), ("items[0][price]", to_price.as_str())], fields].concat();
        let asked: Vec<(String, &str)> = change
            .iter()
            .map(|(key, value)| {
                let (head, rest) = key.split_once('[').map_or((*key, String::new()), |(h, r)| (h, format!("[{r}")));
                (format!("subscription_details[{head}]{rest}"), *value)
            })
            .collect();
        let asked: Vec<(&str, &str)> = asked.iter().map(|(key, value)| (key.as_str(), *value)).collect();
        let before = sandbox.events("").await.len();
        let shown = preview(&sandbox, &subscription, &asked).await;
        assert_eq!(sandbox.events("").await.len(), before, "looking changes nothing");
        acme.update(&subscription, &change).await;
        if until > 0 {
            acme.advance(until).await;
        }
        let billed = acme.invoices().await.pop().unwrap();
        assert_eq!(essence(&shown), essence(&billed), "{to} {fields:?}");
        assert!(id(&shown).starts_with("upcoming_in_"));
        sandbox.end().await;
    }
}

#[tokio::test]
async fn previews_of_beginnings_and_ends() {
    let sandbox = start().await;
    let acme = sandbox.on_clock("").await;
    let price = sandbox.price(3000, "month").await;
    let fields = [("customer", acme.customer.as_str()), ("subscription_details[items][0][price]", &price)];
    let first = sandbox.made("/v1/invoices/create_preview", &fields).await;
    assert_eq!((&first["total"], &first["billing_reason"]), (&json!(3000), &json!("subscription_create")));
    assert_eq!(acme.invoices().await.len(), 0);
    // Of a customer alone nothing is previewed, with a subscription or without.
    let is_refused = async || sandbox.post("/v1/invoices/create_preview", &fields[..1]).await.0.as_u16() == 400;
    assert!(is_refused().await);
    acme.default_card(WORKS).await;
    let subscription = acme.subscribe(&price, &[("trial_period_days", "10")]).await;
    assert!(is_refused().await);
    let next = preview(&sandbox, &subscription, &[]).await;
    assert_eq!((&next["total"], &next["created"]), (&json!(3000), &json!(START + 10 * DAY)));
    acme.advance(START + 10 * DAY + HOUR).await;
    let now = acme.now(&subscription).await;
    let half = period(&now).0 + (period(&now).1 - period(&now).0) / 2;
    acme.advance(half).await;
    let last = preview(&sandbox, &subscription, &[("subscription_details[cancel_now]", "true")]).await;
    assert_eq!(amounts(&last), [-1500]);
    acme.update(&subscription, &[("cancel_at_period_end", "true")]).await;
    let path = [("subscription", &*id(&subscription))];
    assert_eq!(sandbox.post("/v1/invoices/create_preview", &path).await.0, 404);
    sandbox.end().await;
}

#[tokio::test]
async fn a_preview_sees_the_phases_that_begin_before_its_invoice() {
    for (from, behavior) in
        [(MONTH, "create_prorations"), (START + 20 * DAY, "create_prorations"), (START + 20 * DAY, "always_invoice")]
    {
        let sandbox = start().await;
        let acme = sandbox.on_clock(WORKS).await;
        let (cheap, dear) = (sandbox.price(900, "month").await, sandbox.price(4900, "month").await);
        let subscription = acme.subscribe(&cheap, &[]).await;
        let schedule = sandbox.made("/v1/subscription_schedules", &[("from_subscription", &id(&subscription))]).await;
        let (start_date, at) = (START.to_string(), from.to_string());
        let fields = [
            ("phases[0][items][0][price]", cheap.as_str()),
            ("phases[0][start_date]", &start_date),
            ("phases[0][end_date]", &at),
            ("phases[1][items][0][price]", dear.as_str()),
            ("phases[1][items][0][quantity]", "2"),
            ("phases[1][proration_behavior]", behavior),
            ("phases[1][duration][interval]", "month"),
        ];
        sandbox.made(&format!("/v1/subscription_schedules/{}", id(&schedule)), &fields).await;
        let before = acme.invoices().await.len();
        let shown = preview(&sandbox, &subscription, &[]).await;
        acme.advance(if behavior == "always_invoice" { from } else { MONTH + HOUR }).await;
        assert_eq!(acme.invoices().await.len(), before + 1);
        assert_eq!(essence(&shown), essence(&acme.invoices().await[before]), "{from} {behavior}");
        sandbox.end().await;
    }
}

#[tokio::test]
async fn a_preview_takes_what_the_renewal_before_it_leaves() {
    let sandbox = start().await;
    let acme = sandbox.on_clock(WORKS).await;
    let price = sandbox.price(1000, "month").await;
    let subscription = acme.subscribe(&price, &[]).await;
    sandbox.made(&format!("/v1/customers/{}", acme.customer), &[("balance", "-700")]).await;
    acme.advance(MONTH + 600).await;
    let shown = preview(&sandbox, &subscription, &[]).await;
    assert_eq!((&shown["starting_balance"], &shown["amount_due"]), (&json!(0), &json!(1000)));
    sandbox.end().await;
}

/// Whose preview, with what, and the parameter that the refusal is about.
type Refused<'a> = (Fields<'a>, Fields<'a>, &'a str);

#[tokio::test]
async fn a_preview_acts_on_what_it_is_asked_or_refuses_it() {
    let sandbox = start().await;
    let (acme, other) = (sandbox.on_clock(WORKS).await, sandbox.on_clock(WORKS).await);
    let price = sandbox.price(3000, "month").await;
    let subscription = acme.subscribe(&price, &[]).await;
    let (of, item) = (id(&subscription), item(&subscription));
    let of = [("subscription", of.as_str())];
    let first = [("customer", other.customer.as_str()), ("subscription_details[items][0][price]", &price)];
    let (later, soon) = ((START + 40 * DAY).to_string(), (START + 10 * DAY).to_string());
    let anchor = [
        ("subscription_details[billing_cycle_anchor][type]", "timestamp"),
        ("subscription_details[billing_cycle_anchor][timestamp]", soon.as_str()),
    ];
    let too_late = [anchor[0], (anchor[1].0, later.as_str())];
    let unchanged = [("subscription_details[billing_cycle_anchor][type]", "unchanged")];
    let date = [("subscription_details[proration_date]", soon.as_str())];
    let dated =
        [date[0], ("subscription_details[items][0][id]", &item), ("subscription_details[proration_behavior]", "none")];
    let refused: [Refused<'_>; 11] = [
        (&of, &[("customer", &other.customer)], "subscription"),
        (&of, &[("currency", "usd")], "currency"),
        (&of, &anchor, "subscription_details[billing_cycle_anchor]"),
        (&of, &date, "subscription_details[proration_date]"),
        (&of, &dated, "subscription_details[proration_date]"),
        (&first, &[("currency", "usd")], "currency"),
        (&first, &date, "subscription_details[proration_date]"),
        (&first, &[("subscription_details[cancel_now]", "true")], "subscription_details[cancel_now]"),
        (
            &first,
            &[("subscription_details[cancel_at_period_end]", "true")],
            "subscription_details[cancel_at_period_end]",
        ),
        (&first, &unchanged, "subscription_details[billing_cycle_anchor]"),
        (&first, &too_late, "billing_cycle_anchor"),
    ];
    for (whose, fields, param) in refused {
        let fields = [whose, fields].concat();
        let (status, body) = sandbox.post("/v1/invoices/create_preview", &fields).await;
        assert_eq!((status.as_u16(), &body["error"]["param"]), (400, &json!(param)), "{fields:?} {body}");
    }
    let free = ("subscription_details[proration_behavior]", "none");
    let table: [(Fields<'_>, i64); 4] =
        [(&[], 3000), (&anchor, 1000), (&[anchor[0], anchor[1], free], 0), (&[free], 3000)];
    for (fields, total) in table {
        let fields = [&first[..], fields, &[("currency", "eur")]].concat();
        let shown = sandbox.made("/v1/invoices/create_preview", &fields).await;
        assert_eq!(shown["total"], total, "{fields:?}");
    }
    let now = [of[0], ("customer", &acme.customer), ("subscription_details[billing_cycle_anchor][type]", "now")];
    acme.advance(START + 15 * DAY).await;
    assert_eq!(amounts(&sandbox.made("/v1/invoices/create_preview", &now).await), [-1500, 3000]);
    sandbox.end().await;
}
