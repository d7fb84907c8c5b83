//! Buying a plan (B-03, B-04; checks B05 to B07, B10): what the client may say, two tabs, and that
//! only the provider's word to us grants anything.

use domain::{
    CustomerId, Millis, OrgId,
    audit::{AuditAction, AuditOutcome},
    billing::SubscriptionStatus,
    orgs::Role,
};
use futures::future::join_all;
use reqwest::StatusCode;
use serde_json::{Value, json};
use services::billing::{missing_plans, push_plans, read_catalogue};
use store::BillingCustomer;
use testkit::{Browser, Page, World, each_database};

const SESSIONS: &str = "/v1/checkout/sessions";

/// As the page posts it.
async fn buy(browser: &Browser, plan: &str, interval: &str) -> Page {
    let form = [("org", "acme"), ("plan", plan), ("interval", interval)];
    browser.post("/api/billing/start-checkout", &form).await
}

fn is_sent_away(page: &Page) -> bool {
    page.status == StatusCode::SEE_OTHER && page.location().is_some_and(|url| url.contains("/c/pay/"))
}

/// A team, a customer, and the plans at the provider.
async fn shop(database: testkit::Database) -> (World, OrgId, String) {
    open_shop(World::on(database).await).await
}

async fn open_shop(world: World) -> (World, OrgId, String) {
    let acme = world.team("acme").await;
    let made = world.provider.post("/v1/customers", &[("name", "Org acme")]).await;
    let customer = made["id"].as_str().unwrap().to_owned();
    let row = BillingCustomer { id: CustomerId::from_trusted(customer.as_str()), livemode: false };
    world.store().insert_billing_customer(acme, &row, world.now()).await.unwrap();
    push(&world).await;
    (world, acme, customer)
}

async fn push(world: &World) {
    let catalogue = read_catalogue(include_str!("../../../plans.toml")).unwrap();
    let stripe = world.stripe();
    push_plans(&stripe, &missing_plans(&catalogue, &stripe).await.unwrap()).await.unwrap();
}

async fn made(world: &World) -> Vec<Value> {
    world.provider.requests("POST", SESSIONS).await
}

async fn open_sessions(world: &World, customer: &str) -> Vec<Value> {
    world.provider.list(&format!("{SESSIONS}?limit=100&status=open&customer={customer}")).await
}

#[tokio::test(flavor = "multi_thread")]
async fn b03_b06_the_client_names_a_plan_and_everything_else_is_ours() {
    each_database(|database| async {
        let (world, acme, customer) = shop(database).await;
        let owner = world.signed_in("owner@acme.test").await;
        let more = [
            ("org", "acme"),
            ("plan", "pro"),
            ("interval", "year"),
            ("price", "price_of_mine"),
            ("price_id", "price_of_mine"),
            ("amount", "1"),
            ("quantity", "-1"),
            ("seats", "0"),
            ("currency", "jpy"),
            ("coupon", "FREE"),
            ("trial_days", "700"),
            ("customer", "cus_other"),
            ("success_url", "https://evil.example"),
        ];
        let page = owner.post("/api/billing/start-checkout", &more).await;
        assert!(is_sent_away(&page), "{:?} {}", page.location(), page.body);
        let asked = made(&world).await.remove(0);
        let form = &asked["form"];
        assert_eq!(form["customer"], customer.as_str());
        assert_eq!(form["client_reference_id"], acme.to_string());
        assert_eq!(form["line_items"][0]["quantity"], "1");
        let price = form["line_items"][0]["price"].as_str().unwrap();
        let price = world.provider.read(&format!("/v1/prices/{price}")).await;
        assert_eq!((&price["unit_amount"], &price["recurring"]["interval"]), (&json!(48_000), &json!("year")));
        assert_eq!(form["subscription_data"]["trial_period_days"], "14");
        let base = &world.node.url;
        assert_eq!(form["success_url"], format!("{base}/o/acme/settings/billing?checkout=done"));
        assert_eq!(form["cancel_url"], format!("{base}/o/acme/settings/billing/plans"));
        assert!(asked["idempotency_key"].as_str().unwrap().starts_with("portico-checkout-"));
        let entry = world.store().list_audit_entries(acme, 0, 1).await.unwrap().entries.remove(0);
        assert_eq!((entry.action, entry.outcome), (AuditAction::StartCheckout, AuditOutcome::Done));
        assert_eq!(entry.subject.as_deref(), Some("pro, by the year"));
        // By the seat: as many as there are members, whatever is said.
        assert!(is_sent_away(&buy(&owner, "enterprise", "month").await));
        assert_eq!(made(&world).await[1]["form"]["line_items"][0]["quantity"], "4");
        world.provider.assert_contract_kept().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b06_what_is_not_sold_is_refused_with_words_and_without_a_call() {
    each_database(|database| async {
        let (world, _, _) = shop(database).await;
        let owner = world.signed_in("owner@acme.test").await;
        let large = "x".repeat(100_000);
        for (plan, interval) in [
            ("", ""),
            ("free", "month"),
            ("Pro", "month"),
            ("pro", "week"),
            ("pro", ""),
            ("price_1", "month"),
            ("../pro", "month"),
            (large.as_str(), "month"),
        ] {
            let page = buy(&owner, plan, interval).await;
            assert_eq!(page.location(), Some("/o/acme/settings/billing/plans"), "{interval}");
            assert!(owner.get(page.location().unwrap()).await.body.contains("Choose one of the plans below"));
        }
        assert_eq!(made(&world).await.len(), 0);
        // By those who may, in their own organisation, and by nobody with GET.
        for role in [Role::Admin, Role::Editor, Role::Viewer] {
            let member = world.signed_in(&format!("{}@acme.test", role.as_str().to_lowercase())).await;
            assert_eq!(buy(&member, "pro", "month").await.status, StatusCode::FORBIDDEN);
            let page = member.get("/o/acme/settings/billing/plans").await;
            assert!(page.status == StatusCode::OK && !page.body.contains("start-checkout"));
        }
        world.team("globex").await;
        let stranger = world.signed_in("owner@globex.test").await;
        assert_eq!(buy(&stranger, "pro", "month").await.status, StatusCode::NOT_FOUND);
        assert_eq!(
            owner.get("/api/billing/start-checkout?org=acme&plan=pro&interval=month").await.status,
            StatusCode::METHOD_NOT_ALLOWED
        );
        assert_eq!(made(&world).await.len(), 0);
    })
    .await;
}

/// Whatever the tabs and nodes: one checkout that can be paid.
#[tokio::test(flavor = "multi_thread")]
async fn two_tabs_never_have_two_checkouts_that_can_be_paid() {
    each_database(|database| async {
        // One address of all nodes, as it is.
        let one = [("PORTICO_BASE_URL", "http://portico.localhost")];
        let (world, _, customer) = open_shop(World::with_settings(database, &one).await).await;
        let other = world.another_node().await;
        let owner = world.signed_in("owner@acme.test").await;
        let there = owner.on(&other.url);
        let first = buy(&owner, "pro", "month").await;
        let again = buy(&there, "pro", "month").await;
        assert_eq!(first.location(), again.location(), "the same one");
        assert_eq!(made(&world).await.len(), 1);
        // Another plan ends it.
        assert!(is_sent_away(&buy(&there, "basic", "year").await));
        let open = open_sessions(&world, &customer).await;
        assert_eq!(open.len(), 1);
        assert_eq!(open[0]["metadata"]["portico_plan"], "basic");
        // All at once.
        let plans = ["pro", "basic", "enterprise"];
        let clicks = (0..12).map(|n| {
            let browser = if n % 2 == 0 { &owner } else { &there };
            buy(browser, plans[n % 3], if n % 4 == 0 { "year" } else { "month" })
        });
        let pages = join_all(clicks).await;
        assert!(pages.iter().any(is_sent_away));
        assert_eq!(open_sessions(&world, &customer).await.len(), 1);
        world.provider.assert_contract_kept().await;
        // An address that the site no longer has: that checkout ends as well.
        let moved = world.node_with(&[("PORTICO_BASE_URL", "http://moved.localhost")]).await;
        let owner = Browser { origin: "http://moved.localhost".to_owned(), ..owner.on(&moved.url) };
        assert!(is_sent_away(&buy(&owner, "pro", "month").await) && is_sent_away(&buy(&owner, "basic", "month").await));
        assert_eq!(open_sessions(&world, &customer).await.len(), 1);
    })
    .await;
}

/// B07: coming back grants nothing; the inbox does. And nobody buys a second one.
#[tokio::test(flavor = "multi_thread")]
async fn b04_b07_coming_back_grants_nothing_and_the_event_does() {
    each_database(|database| async {
        let (world, acme, customer) = shop(database).await;
        let owner = world.signed_in("owner@acme.test").await;
        let before = world.store().find_subscription(acme).await.unwrap();
        for query in ["checkout=done", "checkout=done&session_id=cs_test_forged", "checkout=done&look=19"] {
            let page = owner.get(&format!("/o/acme/settings/billing?{query}")).await;
            assert!(page.shows("checkout-confirming") && page.body.contains("http-equiv=\"refresh\""), "{}", page.body);
        }
        let late = owner.get("/o/acme/settings/billing?checkout=done&look=20").await;
        assert!(late.shows("checkout-late") && !late.body.contains("http-equiv=\"refresh\""));
        assert_eq!(world.store().find_subscription(acme).await.unwrap(), before);
        // Paid at the provider; we were not told yet.
        let price = world.provider.list("/v1/prices?lookup_keys[]=portico_pro_month").await[0]["id"].clone();
        world.provider.subscribe(&customer, price.as_str().unwrap(), None).await;
        assert!(owner.get("/o/acme/settings/billing?checkout=done").await.shows("checkout-confirming"));
        let page = buy(&owner, "basic", "month").await;
        assert_eq!(page.location(), Some("/o/acme/settings/billing/plans"));
        assert!(owner.get("/o/acme/settings/billing/plans").await.body.contains("You have a plan already"));
        assert_eq!(made(&world).await.len(), 0, "asked first");
        let held = world.services().take_billing_customers(1).await.unwrap();
        assert!(held.is_empty(), "nothing was told");
        world.provider.deliver_to(&world.node.url).await;
        world.provider.post(&format!("/v1/customers/{customer}"), &[("name", "Org")]).await;
        let paid = world.provider.events().await.into_iter().find(|event| event["type"] == "invoice.paid").unwrap();
        world.provider.deliver_again(paid["id"].as_str().unwrap()).await;
        let known = async {
            loop {
                world.work_inbox().await;
                if let Some(known) = world.store().find_subscription(acme).await.unwrap() {
                    return known;
                }
                tokio::task::yield_now().await;
            }
        };
        let known = tokio::time::timeout(std::time::Duration::from_secs(20), known).await.unwrap();
        assert_eq!((known.plan.as_str(), known.status), ("pro", SubscriptionStatus::Active));
        let page = owner.get("/o/acme/settings/billing?checkout=done").await;
        assert!(!page.shows("checkout-confirming") && page.body.contains(">Pro<"));
        let plans = owner.get("/o/acme/settings/billing/plans").await;
        assert!(plans.body.contains("Your plan") && !plans.body.contains("start-checkout"));
        buy(&owner, "basic", "month").await;
        assert_eq!(made(&world).await.len(), 0);
        // A second life has no second trial.
        world.provider.delete(&format!("/v1/subscriptions/{}", known.id.as_str())).await;
        let happened = world.provider.events().await;
        let ended = happened.iter().find(|event| event["type"] == "customer.subscription.deleted").unwrap();
        world.provider.deliver_again(ended["id"].as_str().unwrap()).await;
        let gone = async {
            while world.store().find_subscription(acme).await.unwrap().unwrap().status != SubscriptionStatus::Canceled {
                world.work_inbox().await;
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), gone).await.unwrap();
        assert!(is_sent_away(&buy(&owner, "pro", "month").await));
        assert_eq!(made(&world).await[0]["form"]["subscription_data"].get("trial_period_days"), None);
    })
    .await;
}

/// F8, B05: what is answered wrongly leads nobody anywhere, and is told.
#[tokio::test(flavor = "multi_thread")]
async fn b05_a_wrong_answer_leads_nowhere() {
    each_database(|database| async {
        let (world, acme, customer) = shop(database).await;
        let owner = world.signed_in("owner@acme.test").await;
        for (fault, alert) in [
            (json!({"kind": "wrong_url"}), "checkout_mismatch"),
            (json!({"kind": "wrong_customer"}), "checkout_mismatch"),
            (json!({"kind": "wrong_livemode"}), "checkout_mismatch"),
            (json!({"kind": "status", "value": 500}), "payments_failed"),
            (json!({"kind": "half_answer"}), "payments_failed"),
            (json!({"kind": "hang", "times": 1}), "payments_failed"),
        ] {
            world.provider.fail("POST /v1/checkout/sessions", fault.clone()).await;
            let begun = std::time::Instant::now();
            let page = buy(&owner, "pro", "month").await;
            assert_eq!((page.status, page.location()), (StatusCode::BAD_GATEWAY, None), "{fault}");
            assert!(begun.elapsed().as_secs() < 10, "{fault}");
            assert_eq!(world.alerts.take(), [alert], "{fault}");
            let entry = world.store().list_audit_entries(acme, 0, 1).await.unwrap().entries.remove(0);
            assert_eq!((entry.action, entry.outcome), (AuditAction::StartCheckout, AuditOutcome::Failed), "{fault}");
            world.provider.heal().await;
            assert!(is_sent_away(&buy(&owner, "pro", "month").await), "well again after {fault}");
            assert_eq!(open_sessions(&world, &customer).await.len(), 1, "{fault}");
            world.provider.expire_all(&customer).await;
        }
        // A catalogue that was changed and not pushed sells nothing.
        let price = world.provider.list("/v1/prices?lookup_keys[]=portico_pro_month").await[0]["id"].clone();
        world.provider.post(&format!("/v1/prices/{}", price.as_str().unwrap()), &[("active", "false")]).await;
        assert_eq!(buy(&owner, "pro", "month").await.status, StatusCode::BAD_GATEWAY);
        assert_eq!(world.alerts.take(), ["payments_failed"]);
    })
    .await;
}

/// Who hangs up leaves the counter free, an entry in the trail, and a checkout that is gone on with.
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_that_hangs_up_leaves_nothing_half_done() {
    each_database(|database| async {
        let (world, acme, customer) = shop(database).await;
        let owner = world.signed_in("owner@acme.test").await;
        world.provider.fail("POST /v1/checkout/sessions", json!({"kind": "delay_ms", "value": 700, "times": 1})).await;
        let form = [("org", "acme"), ("plan", "pro"), ("interval", "month")];
        let hung_up = owner.form("/api/billing/start-checkout", &form);
        let hung_up = hung_up.timeout(std::time::Duration::from_millis(300)).send().await;
        assert!(hung_up.unwrap_err().is_timeout());
        let again = buy(&owner, "pro", "month").await;
        assert!(is_sent_away(&again), "{} {:?}", again.status, again.location());
        assert_eq!(open_sessions(&world, &customer).await.len(), 1);
        assert_eq!(made(&world).await.len(), 1, "the one that was made is gone on with");
        let entries = world.store().list_audit_entries(acme, 0, 10).await.unwrap().entries;
        assert_eq!(entries.iter().filter(|entry| entry.action == AuditAction::StartCheckout).count(), 2);
    })
    .await;
}

/// What was to be bought is another thing by now: somebody joined.
#[tokio::test(flavor = "multi_thread")]
async fn an_open_checkout_is_gone_on_with_only_while_it_is_what_is_wanted() {
    each_database(|database| async {
        let (world, acme, customer) = shop(database).await;
        let owner = world.signed_in("owner@acme.test").await;
        let first = buy(&owner, "enterprise", "month").await;
        assert_eq!(buy(&owner, "enterprise", "month").await.location(), first.location(), "the same one");
        let fifth = world.person("fifth@acme.test").await;
        world.join(acme, fifth, Role::Viewer).await;
        let again = buy(&owner, "enterprise", "month").await;
        assert!(is_sent_away(&again) && again.location() != first.location());
        let calls = made(&world).await;
        let seats = |n: usize| calls[n]["form"]["line_items"][0]["quantity"].clone();
        assert_eq!((calls.len(), seats(0), seats(1)), (2, json!("4"), json!("5")));
        assert_eq!(open_sessions(&world, &customer).await.len(), 1, "the other can't be paid any more");
        // A trial that was had meanwhile is not offered a second time.
        buy(&owner, "pro", "month").await;
        assert_eq!(made(&world).await[2]["form"]["subscription_data"]["trial_period_days"], "14");
        let price = world.provider.list("/v1/prices?lookup_keys[]=portico_basic_month").await[0]["id"].clone();
        let had = world.provider.subscribe(&customer, price.as_str().unwrap(), None).await;
        world.provider.delete(&format!("/v1/subscriptions/{}", had["id"].as_str().unwrap())).await;
        assert!(is_sent_away(&buy(&owner, "pro", "month").await));
        assert_eq!(made(&world).await[3]["form"]["subscription_data"].get("trial_period_days"), None);
        assert_eq!(open_sessions(&world, &customer).await.len(), 1);
        world.provider.assert_contract_kept().await;
    })
    .await;
}

/// The list of open checkouts is asked for first: one that is paid before it is answered is a subscription
/// by then, and nothing is sold beside it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_paid_while_somebody_buys_again_leaves_nothing_that_can_be_paid_twice() {
    each_database(|database| async {
        let (world, _, customer) = shop(database).await;
        let owner = world.signed_in("owner@acme.test").await;
        assert!(is_sent_away(&buy(&owner, "pro", "month").await));
        let price = world.provider.list("/v1/prices?lookup_keys[]=portico_pro_month").await[0]["id"].clone();
        let asked = world.provider.requests("GET", "/v1/subscriptions").await.len();
        world.provider.fail("GET /v1/checkout/sessions", json!({"kind": "delay_ms", "value": 1_500, "times": 1})).await;
        let other_tab = async {
            // The other tab's answers are on their way. A second is far more than they need to begin.
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            world.provider.expire_all(&customer).await;
            world.provider.subscribe(&customer, price.as_str().unwrap(), None).await;
        };
        let (page, ()) = tokio::join!(buy(&owner, "basic", "month"), other_tab);
        assert!(!is_sent_away(&page), "{:?}", page.location());
        assert!(owner.get("/o/acme/settings/billing/plans").await.body.contains("You have a plan already"));
        assert_eq!((made(&world).await.len(), open_sessions(&world, &customer).await.len()), (1, 0));
        assert!(world.provider.requests("GET", "/v1/subscriptions").await.len() > asked);
    })
    .await;
}

/// An organisation that closes takes back what could still be paid; closing waits for nobody.
#[tokio::test(flavor = "multi_thread")]
async fn t10_closing_takes_back_what_is_open_for_payment() {
    each_database(|database| async {
        let (world, _, customer) = shop(database).await;
        let owner = world.signed_in("owner@acme.test").await;
        assert!(is_sent_away(&buy(&owner, "pro", "month").await));
        world.provider.fail("*", json!({"kind": "status", "value": 500})).await;
        let closed = owner.post("/api/orgs/delete", &[("org", "acme"), ("confirmation", "acme")]).await;
        assert_eq!(closed.location(), Some("/o/acme/closing"));
        world.work_off().await;
        world.provider.heal().await;
        assert_eq!(open_sessions(&world, &customer).await.len(), 1, "not yet: the provider was away");
        world.clock.advance(Millis::hours(1));
        world.work_off().await;
        assert_eq!(open_sessions(&world, &customer).await.len(), 0);
        assert_eq!(buy(&owner, "pro", "month").await.status, StatusCode::FORBIDDEN);
        assert_eq!(crate::tables::count(&world, "outbox WHERE state <> 'done'").await, 0);
        world.provider.assert_contract_kept().await;
    })
    .await;
}
