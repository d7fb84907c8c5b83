//! Changing a plan that runs (L-06, L-07; checks B06, B08): what is shown is what is billed, what gives
//! something up waits, and nobody pays by what the client says.

use domain::{
    Millis,
    audit::{AuditAction, AuditOutcome},
    billing::{Interval, SubscriptionStatus},
    orgs::Role,
};
use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use testkit::{Browser, Page, each_database};

use crate::shop::{Shop, id};

const CHANGE: &str = "/api/billing/change-plan";
const KEEP: &str = "/api/billing/keep-plan";

fn page_of(plan: &str, interval: &str, seats: &str) -> String {
    let seats = if seats.is_empty() { String::new() } else { format!("&seats={seats}") };
    format!("/o/acme/settings/billing/change?plan={plan}&interval={interval}{seats}")
}

/// What the form of the page would send.
fn form_of(page: &Page) -> Vec<(&'static str, String)> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let value = |name: &str| {
        let (_, form) = page.body.split_once("/api/billing/change-plan").unwrap_or_else(|| panic!("{}", page.body));
        let (_, rest) = form.split_once(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("{name}"));
        let (_, rest) = rest.split_once("value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    ["org", "plan", "interval", "seats", "due", "at"].map(|name| (name, value(name))).to_vec()
}

fn borrowed<'a>(form: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    form.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

fn with<'a>(form: &'a [(&'static str, String)], name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    borrowed(form).into_iter().map(|(own, old)| (own, if own == name { value } else { old })).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn l06_an_upgrade_is_billed_as_it_was_shown_and_is_there_at_once() {
    each_database(|database| async {
        let shop = Shop::open(database, "basic", "month", "1", &[]).await;
        let owner = shop.owner().await;
        let page = owner.get(&page_of("pro", "month", "")).await;
        let form = form_of(&page);
        // Two thirds of a month at 49 less the same at 19: some twenty dollars.
        let due: i64 = form[4].1.parse().unwrap();
        assert!((1_900..2_100).contains(&due), "{due}");
        assert_eq!(page.texts("due-now"), [format!("${}.{:02}", due / 100, due % 100)]);
        let before = shop.invoices().await.len();
        assert_eq!(before, 1, "looking bills nothing");
        let done = owner.post(CHANGE, &borrowed(&form)).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, Some("/o/acme/settings/billing")));
        let invoices = shop.invoices().await;
        assert_eq!(
            (invoices.len(), &invoices[0]["amount_due"], &invoices[0]["status"]),
            (2, &json!(due), &json!("paid"))
        );
        // Known here without any event.
        let stored = shop.stored().await;
        assert_eq!(
            (stored.plan.as_str(), stored.interval, stored.status),
            ("pro", Some(Interval::Month), SubscriptionStatus::Active)
        );
        let billing = owner.get("/o/acme/settings/billing").await;
        assert_eq!(billing.texts("plan-name"), ["Pro"]);
        assert!(billing.texts("next-invoice")[0].contains("$49.00"), "{:?}", billing.texts("next-invoice"));
        assert!(billing.body.contains("Your plan has changed"));
        let entry = shop.last_entry().await;
        assert_eq!(entry, (AuditAction::ChangePlan, AuditOutcome::Done, None, Some("pro, by the month".to_owned())));
        // Sent once more: it is so already, and nothing is billed.
        let again = owner.post(CHANGE, &borrowed(&form)).await;
        assert!(owner.get(again.location().unwrap()).await.body.contains("That is what you have already"));
        assert_eq!(shop.invoices().await.len(), 2);
        shop.world.provider.assert_contract_kept().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l07_to_the_year_is_at_once_and_what_was_not_used_is_taken_off() {
    each_database(|database| async {
        let shop = Shop::open(database, "pro", "month", "1", &[]).await;
        let owner = shop.owner().await;
        let form = form_of(&owner.get(&page_of("pro", "year", "")).await);
        let due: i64 = form[4].1.parse().unwrap();
        // A year, less some twenty days of a month.
        assert!((44_500..45_000).contains(&due), "{due}");
        owner.post(CHANGE, &borrowed(&form)).await;
        assert_eq!(shop.invoices().await[0]["amount_due"], json!(due));
        assert_eq!(shop.stored().await.interval, Some(Interval::Year));
        shop.world.provider.assert_contract_kept().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b06_an_amount_or_a_moment_that_was_not_shown_changes_nothing() {
    each_database(|database| async {
        let shop = Shop::open(database, "basic", "month", "1", &[]).await;
        let owner = shop.owner().await;
        let form = form_of(&owner.get(&page_of("pro", "month", "")).await);
        let at: i64 = form[5].1.parse().unwrap();
        let (ahead, behind) = ((at + 86_400_000 * 15).to_string(), (at - 86_400_000 * 5).to_string());
        let cheaper = (form[4].1.parse::<i64>().unwrap() - 1).to_string();
        let forged = [
            ("due", "0"),
            ("due", "1"),
            ("due", ""),
            ("due", "-1"),
            ("due", cheaper.as_str()),
            ("due", "NaN"),
            ("at", ""),
            ("at", "0"),
            ("at", ahead.as_str()),
            ("at", behind.as_str()),
            ("at", "9223372036854775807"),
            ("at", "-9223372036854775808"),
            ("plan", "free"),
            ("plan", "enterprise"),
            ("plan", "price_1"),
            ("plan", ""),
            ("interval", "week"),
            ("interval", "year"),
            ("seats", "0"),
            ("seats", "-1"),
            ("seats", "2"),
            ("seats", "1000000000"),
        ];
        for (name, value) in forged {
            let page = owner.post(CHANGE, &with(&form, name, value)).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{name}={value}");
            let to = page.location().unwrap().to_owned();
            assert!(to.starts_with("/o/acme/settings/billing/change?"), "{name}={value}: {to}");
            assert!(owner.get(&to).await.shows("form-error"), "{name}={value}");
        }
        assert_eq!(
            (shop.invoices().await.len(), shop.theirs().await["items"]["data"][0]["quantity"].clone()),
            (1, json!(1))
        );
        assert_eq!(shop.stored().await.plan, "basic");
        // More than the form has plays no part.
        let mut more = borrowed(&form);
        more.extend([
            ("price", "price_1"),
            ("amount", "1"),
            ("customer", "cus_other"),
            ("subscription", "sub_other"),
            ("coupon", "FREE"),
        ]);
        owner.post(CHANGE, &more).await;
        assert_eq!(shop.invoices().await[0]["amount_due"], json!(form[4].1.parse::<i64>().unwrap()));
        shop.world.provider.assert_contract_kept().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_amount_that_is_ten_minutes_old_is_worked_out_anew() {
    each_database(|database| async {
        let shop = Shop::open(database, "basic", "month", "1", &[]).await;
        let owner = shop.owner().await;
        let form = form_of(&owner.get(&page_of("pro", "month", "")).await);
        shop.pass(Millis::seconds(601)).await;
        let back = owner.post(CHANGE, &borrowed(&form)).await;
        let page = owner.get(back.location().unwrap()).await;
        assert!(page.body.contains("The change was worked out anew"), "{}", page.body);
        assert_eq!(shop.invoices().await.len(), 1);
        let anew = form_of(&page);
        assert_ne!(anew[5].1, form[5].1);
        owner.post(CHANGE, &borrowed(&anew)).await;
        assert_eq!(shop.stored().await.plan, "pro");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b08_a_card_that_is_refused_changes_nothing_and_says_so() {
    each_database(|database| async {
        let shop = Shop::open(database, "basic", "month", "1", &[]).await;
        for card in ["pm_card_chargeCustomerFail", "pm_card_authenticationRequired"] {
            let path = format!("/v1/payment_methods/{card}/attach");
            let method = id(&shop.world.provider.post(&path, &[("customer", &shop.customer)]).await);
            let path = format!("/v1/subscriptions/{}", shop.subscription);
            shop.world.provider.post(&path, &[("default_payment_method", &method)]).await;
            let owner = shop.owner().await;
            let form = form_of(&owner.get(&page_of("pro", "month", "")).await);
            let back = owner.post(CHANGE, &borrowed(&form)).await;
            let page = owner.get(back.location().unwrap()).await;
            assert!(page.body.contains("nothing has changed"), "{card}: {}", page.body);
            let entry = shop.last_entry().await;
            assert_eq!((entry.1, entry.2.as_deref()), (AuditOutcome::Refused, Some("declined")), "{card}");
            let theirs = shop.theirs().await;
            assert_eq!(
                (&theirs["status"], &theirs["items"]["data"][0]["price"]["unit_amount"]),
                (&json!("active"), &json!(1900))
            );
            assert_eq!(shop.stored().await.plan, "basic");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l06_a_downgrade_waits_for_the_end_of_the_period_and_can_be_taken_back() {
    each_database(|database| async {
        let shop = Shop::open(database, "pro", "month", "1", &[]).await;
        let owner = shop.owner().await;
        let page = owner.get(&page_of("basic", "month", "")).await;
        assert!(page.shows("losses") && page.body.contains("Projects: 10 instead of 100"), "{}", page.body);
        let form = form_of(&page);
        assert_eq!(form[4].1, "", "nothing to pay");
        let downgrade = async || {
            let form = form_of(&owner.get(&page_of("basic", "month", "")).await);
            let done = owner.post(CHANGE, &borrowed(&form)).await;
            assert_eq!(done.location(), Some("/o/acme/settings/billing"), "{}", done.body);
        };
        downgrade().await;
        assert_eq!((shop.stored().await.plan.as_str(), shop.invoices().await.len()), ("pro", 1));
        let billing = owner.get("/o/acme/settings/billing").await;
        assert!(
            billing.texts("scheduled-change")[0].contains("Basic, by the month"),
            "{:?}",
            billing.texts("scheduled-change")
        );
        assert!(billing.texts("next-invoice")[0].contains("$19.00"), "{:?}", billing.texts("next-invoice"));
        // Meanwhile no upgrade: it would be undone.
        let refused = owner.get(&page_of("enterprise", "month", "")).await;
        assert!(refused.body.contains("Take it back first") && !refused.body.contains(CHANGE));
        // Another one in its place, and back.
        let form = form_of(&owner.get(&page_of("basic", "year", "")).await);
        owner.post(CHANGE, &borrowed(&form)).await;
        assert_eq!(shop.stored().await.upcoming.change.unwrap().interval, Some(Interval::Year));
        let kept = owner.post(KEEP, &[("org", "acme")]).await;
        assert_eq!(kept.location(), Some("/o/acme/settings/billing"));
        assert_eq!((shop.stored().await.upcoming.change, shop.theirs().await["schedule"].clone()), (None, Value::Null));
        assert_eq!(shop.last_entry().await.0, AuditAction::KeepPlan);
        // And once more; then the month is over.
        downgrade().await;
        shop.pass(Millis::days(22)).await;
        shop.world.services().reconcile(Some("acme"), true).await.unwrap();
        let stored = shop.stored().await;
        assert_eq!((stored.plan.as_str(), stored.status), ("basic", SubscriptionStatus::Active));
        assert_eq!(shop.invoices().await[0]["amount_due"], json!(1900));
        shop.world.provider.assert_contract_kept().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discount_outlives_a_downgrade() {
    each_database(|database| async {
        let shop = Shop::open(database, "pro", "month", "1", &[]).await;
        let coupon = shop.world.provider.post("/v1/coupons", &[("percent_off", "50"), ("duration", "forever")]).await;
        let path = format!("/v1/subscriptions/{}", shop.subscription);
        shop.world.provider.post(&path, &[("discounts[0][coupon]", &id(&coupon))]).await;
        let owner = shop.owner().await;
        let form = form_of(&owner.get(&page_of("basic", "month", "")).await);
        let done = owner.post(CHANGE, &borrowed(&form)).await;
        assert_eq!(done.location(), Some("/o/acme/settings/billing"), "{}", done.body);
        shop.pass(Millis::days(22)).await;
        assert_eq!(shop.invoices().await[0]["amount_due"], json!(950));
        shop.world.provider.assert_contract_kept().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_added_at_once_and_given_back_later_and_never_fewer_than_people() {
    each_database(|database| async {
        let shop = Shop::open(database, "enterprise", "month", "4", &[]).await;
        let owner = shop.owner().await;
        for seats in ["3", "0", "-1", "1001", "4.5", "x", "99999999999"] {
            let page = owner.get(&page_of("enterprise", "month", seats)).await;
            assert!(page.body.contains("as many seats as there are members") && !page.body.contains(CHANGE), "{seats}");
        }
        let form = form_of(&owner.get(&page_of("enterprise", "month", "6")).await);
        let due: i64 = form[4].1.parse().unwrap();
        owner.post(CHANGE, &borrowed(&form)).await;
        assert_eq!((shop.stored().await.seats, shop.invoices().await[0]["amount_due"].clone()), (6, json!(due)));
        let form = form_of(&owner.get(&page_of("enterprise", "month", "5")).await);
        owner.post(CHANGE, &borrowed(&form)).await;
        let stored = shop.stored().await;
        assert_eq!((stored.seats, stored.upcoming.change.unwrap().seats), (6, 5));
        shop.pass(Millis::days(22)).await;
        shop.world.services().reconcile(Some("acme"), true).await.unwrap();
        assert_eq!(shop.stored().await.seats, 5);
        shop.world.provider.assert_contract_kept().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_trial_everything_is_changed_at_once_and_nothing_is_paid() {
    each_database(|database| async {
        let shop = Shop::open(database, "pro", "month", "1", &[("trial_period_days", "14")]).await;
        let owner = shop.owner().await;
        let page = owner.get(&page_of("basic", "month", "")).await;
        assert!(page.body.contains("Nothing to pay now") && page.shows("losses"), "{}", page.body);
        assert_eq!(page.texts("due-later"), ["$19.00"]);
        let done = owner.post(CHANGE, &borrowed(&form_of(&page))).await;
        assert_eq!(done.location(), Some("/o/acme/settings/billing"), "{}", done.body);
        let stored = shop.stored().await;
        assert_eq!((stored.plan.as_str(), stored.status), ("basic", SubscriptionStatus::Trialing));
        assert!(shop.invoices().await.iter().all(|invoice| invoice["amount_due"] == json!(0)));
        shop.world.provider.assert_contract_kept().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_canceled_is_kept_and_what_is_owed_comes_first() {
    each_database(|database| async {
        let shop = Shop::open(database, "pro", "month", "1", &[]).await;
        let path = format!("/v1/subscriptions/{}", shop.subscription);
        shop.world.provider.post(&path, &[("cancel_at_period_end", "true")]).await;
        let owner = shop.owner().await;
        let page = owner.get(&page_of("enterprise", "month", "")).await;
        assert!(page.body.contains("Keep it first") && !page.body.contains(CHANGE));
        owner.post(KEEP, &[("org", "acme")]).await;
        assert_eq!(shop.theirs().await["cancel_at_period_end"], json!(false));
        assert_eq!(shop.stored().await.cancel_at, None);
        // The portal sets the day alone (flexible billing); somebody at Stripe may set one far off.
        let paid_until = shop.theirs().await["items"]["data"][0]["current_period_end"].as_i64().unwrap();
        for (end, words) in
            [(paid_until, "nothing more is charged"), (paid_until + 40 * 86_400, "pay for it as before")]
        {
            shop.world.provider.post(&path, &[("cancel_at", &end.to_string())]).await;
            shop.world.services().reconcile(Some("acme"), true).await.unwrap();
            let billing = owner.get("/o/acme/settings/billing").await;
            assert!(billing.body.contains(words), "{}", billing.body);
            assert_eq!(billing.shows("next-invoice"), end > paid_until, "{end}");
            let kept = owner.post(KEEP, &[("org", "acme")]).await;
            assert!(owner.get(kept.location().unwrap()).await.body.contains("stays as it is"), "{end}");
            let theirs = shop.theirs().await;
            assert_eq!((&theirs["cancel_at"], &theirs["cancel_at_period_end"]), (&json!(null), &json!(false)), "{end}");
            assert_eq!(shop.stored().await.cancel_at, None, "{end}");
        }
        let path = "/v1/payment_methods/pm_card_chargeCustomerFail/attach";
        let method = id(&shop.world.provider.post(path, &[("customer", &shop.customer)]).await);
        let path = format!("/v1/subscriptions/{}", shop.subscription);
        shop.world.provider.post(&path, &[("default_payment_method", &method)]).await;
        shop.pass(Millis::days(22)).await;
        let owner = shop.owner().await;
        let page = owner.get(&page_of("enterprise", "month", "")).await;
        assert!(page.body.contains("A payment is open") && !page.body.contains(CHANGE), "{}", page.body);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twelve_clicks_at_once_on_two_nodes_are_one_change_and_one_invoice() {
    each_database(|database| async {
        let shop = Shop::open(database, "basic", "month", "1", &[]).await;
        let other = shop.world.another_node().await;
        let owner = shop.owner().await;
        let form = form_of(&owner.get(&page_of("pro", "month", "")).await);
        let browsers: Vec<Browser> =
            (0..12).map(|n| owner.on(if n % 2 == 0 { &shop.world.node.url } else { &other.url })).collect();
        let form = borrowed(&form);
        let pages = join_all(browsers.iter().map(|browser| browser.post(CHANGE, &form))).await;
        let done = pages.iter().filter(|page| page.location() == Some("/o/acme/settings/billing")).count();
        assert_eq!(done, 1, "{:?}", pages.iter().map(|page| (page.status, page.location())).collect::<Vec<_>>());
        assert_eq!(shop.invoices().await.len(), 2);
        let calls = shop.world.provider.requests("POST", &format!("/v1/subscriptions/{}", shop.subscription)).await;
        assert_eq!(calls.len(), 1);
        assert!(calls[0]["idempotency_key"].as_str().unwrap().starts_with("portico-change-sub_"));
        shop.world.provider.assert_contract_kept().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_owners_of_it_change_a_plan_and_with_a_recent_proof() {
    each_database(|database| async {
        let shop = Shop::open(database, "basic", "month", "1", &[]).await;
        let world = &shop.world;
        let owner = shop.owner().await;
        let form = form_of(&owner.get(&page_of("pro", "month", "")).await);
        for role in [Role::Admin, Role::Editor, Role::Viewer] {
            let member = world.signed_in(&format!("{}@acme.test", role.as_str().to_lowercase())).await;
            assert_eq!(member.get(&page_of("pro", "month", "")).await.status, StatusCode::FORBIDDEN);
            assert_eq!(member.post(CHANGE, &borrowed(&form)).await.status, StatusCode::FORBIDDEN);
            assert_eq!(member.post(KEEP, &[("org", "acme")]).await.status, StatusCode::FORBIDDEN);
            assert!(!member.get("/o/acme/settings/billing/plans").await.body.contains("billing/change"));
        }
        world.team("globex").await;
        let stranger = world.signed_in("owner@globex.test").await;
        assert_eq!(stranger.get(&page_of("pro", "month", "")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.post(CHANGE, &borrowed(&form)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(stranger.post(KEEP, &[("org", "acme")]).await.status, StatusCode::NOT_FOUND);
        // Their own has nothing to change.
        let own = stranger.post(CHANGE, &with(&form, "org", "globex")).await;
        assert!(own.location().unwrap().starts_with("/o/globex/settings/billing/change?"));
        world.clock.advance(Millis(domain::accounts::Proof::RECENT.0 + 1_000));
        let page = owner.get(&page_of("pro", "month", "")).await;
        assert!(
            page.body.contains("/account/confirm?next=")
                || page.location().is_some_and(|to| to.starts_with("/account/confirm?next=")),
            "{}",
            page.body
        );
        shop.world
            .provider
            .post(&format!("/v1/subscriptions/{}", shop.subscription), &[("cancel_at_period_end", "true")])
            .await;
        for page in [owner.post(CHANGE, &borrowed(&form)).await, owner.post(KEEP, &[("org", "acme")]).await] {
            assert!(page.location().unwrap().starts_with("/account/confirm"), "{:?}", page.location());
        }
        assert_eq!(shop.theirs().await["cancel_at_period_end"], json!(true));
        assert_eq!((shop.invoices().await.len(), shop.stored().await.plan.as_str()), (1, "basic"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f8_a_provider_that_fails_at_any_step_leaves_a_clear_page_and_what_is_true() {
    each_database(|database| async {
        let shop = Shop::open(database, "basic", "month", "1", &[]).await;
        let owner = shop.owner().await;
        let form = form_of(&owner.get(&page_of("pro", "month", "")).await);
        let subscription = format!("POST /v1/subscriptions/{}", shop.subscription);
        let steps = ["GET /v1/subscriptions", "GET /v1/prices", "POST /v1/invoices/create_preview", &subscription];
        for endpoint in steps {
            shop.world.provider.fail(endpoint, json!({"kind": "status", "value": 500})).await;
            let page = owner.post(CHANGE, &borrowed(&form)).await;
            assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{endpoint}");
            assert!(page.body.contains("Billing did not answer"), "{endpoint}: {}", page.body);
            shop.world.provider.heal().await;
            assert_eq!(shop.theirs().await["items"]["data"][0]["price"]["unit_amount"], json!(1900), "{endpoint}");
        }
        // It was done, and the answer was lost: what is true is stored, and the same click is no second one.
        shop.world.provider.fail(&subscription, json!({"kind": "drop", "times": 1})).await;
        let page = owner.post(CHANGE, &borrowed(&form)).await;
        let _ = page;
        let (theirs, stored) = (shop.theirs().await, shop.stored().await);
        let plan = theirs["items"]["data"][0]["price"]["metadata"]["portico_plan"].as_str().unwrap().to_owned();
        assert_eq!(stored.plan, plan);
        owner.post(CHANGE, &borrowed(&form)).await;
        assert_eq!((shop.stored().await.plan.as_str(), shop.invoices().await.len()), ("pro", 2));
        shop.world.provider.assert_contract_kept().await;
    })
    .await;
}

/// Who pays an older price than the catalogue's keeps it with every seat, and reads what they pay (B-05).
#[tokio::test(flavor = "multi_thread")]
async fn b05_an_older_price_stays_whoever_takes_more_or_fewer_seats() {
    each_database(|database| async {
        let shop = Shop::open(database, "enterprise", "month", "4", &[]).await;
        let old = shop.world.provider.price("enterprise", 1_000).await;
        let item = shop.theirs().await["items"]["data"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/subscriptions/{}", shop.subscription);
        let to_old = [("items[0][id]", item.as_str()), ("items[0][price]", &old), ("proration_behavior", "none")];
        shop.world.provider.post(&path, &to_old).await;
        // A month that is paid for at that price.
        shop.pass(Millis::days(31)).await;
        let owner = shop.owner().await;
        let page = owner.get(&page_of("enterprise", "month", "6")).await;
        assert!(page.body.contains("$40 a month") && page.body.contains("$60 a month"), "{}", page.body);
        let form = form_of(&page);
        // Two seats at 10, for two thirds of a month.
        let due: i64 = form[4].1.parse().unwrap();
        assert!((1_200..1_500).contains(&due), "{due}");
        owner.post(CHANGE, &borrowed(&form)).await;
        let now = shop.theirs().await["items"]["data"][0].clone();
        assert_eq!((&now["price"]["id"], &now["quantity"]), (&json!(old), &json!(6)));
        assert_eq!(shop.invoices().await[0]["amount_due"], json!(due));
        // Fewer, when the month is over.
        let form = form_of(&owner.get(&page_of("enterprise", "month", "5")).await);
        owner.post(CHANGE, &borrowed(&form)).await;
        shop.pass(Millis::days(22)).await;
        let now = shop.theirs().await["items"]["data"][0].clone();
        assert_eq!((&now["price"]["id"], &now["quantity"]), (&json!(old), &json!(5)));
        // Another plan, or the year, is sold at what the page says.
        let page = shop.owner().await.get(&page_of("enterprise", "year", "")).await;
        let listed = shop.world.provider.list("/v1/prices?lookup_keys[]=portico_enterprise_year").await;
        let year = listed[0]["unit_amount"].as_i64().unwrap() * 5 / 100;
        assert!(page.body.contains(&format!("${year} a year")), "{year}: {}", page.body);
        shop.world.provider.assert_contract_kept().await;
    })
    .await;
}

/// Somebody else changed the plan meanwhile: what was to be paid for now is not put off instead.
#[tokio::test(flavor = "multi_thread")]
async fn l06_a_page_that_offered_to_pay_never_schedules_what_it_did_not_show() {
    each_database(|database| async {
        let shop = Shop::open(database, "basic", "month", "1", &[]).await;
        let owner = shop.owner().await;
        let stale = form_of(&owner.get(&page_of("pro", "month", "")).await);
        let colleague = form_of(&owner.get(&page_of("enterprise", "month", "")).await);
        owner.post(CHANGE, &borrowed(&colleague)).await;
        assert_eq!(shop.stored().await.plan, "enterprise");
        let back = owner.post(CHANGE, &borrowed(&stale)).await;
        let page = owner.get(back.location().unwrap()).await;
        assert!(page.shows("form-error") && page.shows("losses"), "{}", page.body);
        assert_eq!((shop.theirs().await["schedule"].clone(), shop.stored().await.upcoming.change), (Value::Null, None));
        // And the other way around: what was to wait is not paid for now.
        let waits = form_of(&owner.get(&page_of("pro", "month", "")).await);
        assert_eq!(waits[4].1, "");
        let path = format!("/v1/subscriptions/{}", shop.subscription);
        let item = shop.theirs().await["items"]["data"][0]["id"].as_str().unwrap().to_owned();
        let basic = id(&shop.world.provider.list("/v1/prices?lookup_keys[]=portico_basic_month").await[0]);
        let less = [("items[0][id]", item.as_str()), ("items[0][price]", &basic), ("items[0][quantity]", "1")];
        shop.world.provider.post(&path, &less).await;
        let before = shop.invoices().await.len();
        let back = owner.post(CHANGE, &borrowed(&waits)).await;
        assert!(owner.get(back.location().unwrap()).await.shows("form-error"));
        assert_eq!(shop.invoices().await.len(), before);
    })
    .await;
}

/// A charge that could be given up here and be paid there is not begun.
#[tokio::test(flavor = "multi_thread")]
async fn f8_a_slow_provider_is_not_asked_to_charge_when_its_answer_would_come_too_late() {
    each_database(|database| async {
        let shop = Shop::open(database, "basic", "month", "1", &[]).await;
        let owner = shop.owner().await;
        let form = form_of(&owner.get(&page_of("pro", "month", "")).await);
        for endpoint in ["GET /v1/subscriptions", "POST /v1/invoices/create_preview"] {
            shop.world.provider.fail(endpoint, json!({"kind": "delay_ms", "value": 2_800, "times": 1})).await;
        }
        let page = owner.post(CHANGE, &borrowed(&form)).await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY);
        assert!(page.body.contains("Billing did not answer"), "{}", page.body);
        let charge = format!("/v1/subscriptions/{}", shop.subscription);
        assert_eq!(shop.world.provider.requests("POST", &charge).await.len(), 0);
        assert_eq!(shop.stored().await.plan, "basic");
        let entry = shop.last_entry().await;
        assert_eq!((entry.1, entry.2.as_deref()), (AuditOutcome::Failed, Some("timeout")));
        // Well again: it is done, with one call.
        owner.post(CHANGE, &borrowed(&form)).await;
        assert_eq!(
            (shop.stored().await.plan.as_str(), shop.world.provider.requests("POST", &charge).await.len()),
            ("pro", 1)
        );
    })
    .await;
}
