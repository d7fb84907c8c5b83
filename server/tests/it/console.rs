//! The operators' console (W-06): for product staff with a second factor, and for nobody else there;
//! events are found, read without what they say of people, and applied again without a second effect.

use domain::{
    CustomerId, Millis, Timestamp,
    accounts::{Email, Proof},
    audit::{AuditAction, AuditOutcome},
    billing::event::{ProviderEvent, Verdict},
    flags::{BILLING_PORTAL, Rollout},
    orgs::{Role, Slug},
};
use reqwest::{Method, StatusCode, header::REFERER};
use serde_json::json;
use services::{ServiceError, mail::Letter};
use testkit::{Browser, PASSWORD, Page, World, each_database};

use crate::{
    masked::{assert_same_text, masked},
    tables::{count, dump_but},
    webhooks::{acme_with_customer, deliver, event, states, store_customer},
};

const STAFF: &str = "ann@portico.test";

async fn replay(browser: &Browser, id: &str) -> Page {
    let page = format!("{}/admin/events/{id}", browser.base);
    Page::of(browser.form("/api/console/replay-event", &[("event", id)]).header(REFERER, page)).await
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

async fn state_of(world: &World, id: &str) -> (String, Option<String>) {
    let found = states(world).await.into_iter().find(|(known, ..)| known == id).unwrap();
    (found.1, found.2)
}

/// Everything but what being seen writes.
async fn everything(world: &World) -> String {
    dump_but(world, &["sessions", "flashes"]).await
}

const PAGES: [&str; 8] = [
    "/admin",
    "/admin/events",
    "/admin/events/evt_1",
    "/admin/events/evt_none",
    "/admin/flags",
    "/admin/mail",
    "/admin/organizations",
    "/admin/organizations/00000000-0000-0000-0000-000000000000",
];
const ACTIONS: [&str; 3] = ["/api/console/replay-event", "/api/console/send-mail", "/api/console/switch-flag"];

#[tokio::test(flavor = "multi_thread")]
async fn w06_for_everybody_but_staff_the_console_is_not_there() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, customer) = acme_with_customer(&world).await;
        deliver(&world, &event("evt_1", "invoice.paid", &customer)).await;
        // Somebody who was staff, and is an owner still.
        let former = world.operator("former@portico.test").await;
        let id = world.store().find_user_by_email(&email("former@portico.test")).await.unwrap().unwrap().id;
        world.join(acme, id, Role::Owner).await;
        assert_eq!(former.get("/admin/events").await.status, StatusCode::OK);
        world.services().remove_staff(&email("former@portico.test")).await.unwrap();
        let mut everybody = vec![("nobody", world.browser()), ("former staff", former)];
        for role in Role::ALL {
            let browser = world.signed_in(&format!("{}@acme.test", role.as_str().to_lowercase())).await;
            everybody.push((role.as_str(), browser));
        }
        // An owner with a second factor is no operator either.
        let second = world.person("second@acme.test").await;
        world.join(acme, second, Role::Owner).await;
        let owner = world.signed_in("second@acme.test").await;
        world.set_up_totp(&owner).await;
        everybody.push(("owner with a second factor", owner));
        let before = everything(&world).await;
        for (who, browser) in &everybody {
            for path in PAGES {
                let (there, nowhere) = (browser.get(path).await, browser.get("/nowhere").await);
                assert_eq!(there.status, StatusCode::NOT_FOUND, "{who} {path}");
                assert_same_text(who, &masked(&there, &[]), &masked(&nowhere, &[]));
            }
            let nowhere = masked(&browser.post("/api/nowhere", &[]).await, &[]);
            for action in ACTIONS {
                let there =
                    browser.post(action, &[("event", "evt_1"), ("flag", "billing_portal"), ("to", "off")]).await;
                assert_eq!(there.status, StatusCode::NOT_FOUND, "{who} {action}");
                assert_same_text(who, &masked(&there, &[]), &nowhere);
            }
        }
        assert_eq!(everything(&world).await, before, "nothing happened");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w06_staff_need_a_second_factor_and_a_recent_proof_to_act() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (_, customer) = acme_with_customer(&world).await;
        deliver(&world, &event("evt_1", "invoice.paid", &customer)).await;
        world.person("new@portico.test").await;
        let refused = world.services().add_staff(&email("new@portico.test")).await;
        assert!(matches!(refused, Err(ServiceError::Forbidden(_))), "{refused:?}");
        world.appoint("new@portico.test").await;
        let without = world.signed_in("new@portico.test").await;
        let before = everything(&world).await;
        for path in PAGES {
            let page = without.get(path).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
            assert!(page.body.contains("href=\"/account/two-factor\"") && !page.body.contains("evt_"), "{path}");
        }
        for action in ACTIONS {
            let refused = without.post(action, &[("event", "evt_1"), ("flag", "billing_portal"), ("to", "off")]).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{action}");
        }
        assert_eq!(everything(&world).await, before);

        let operator = world.operator(STAFF).await;
        world.clock.advance(Proof::RECENT);
        let before = everything(&world).await;
        assert_eq!(operator.get("/admin/events/evt_1").await.status, StatusCode::OK, "looking needs none");
        let refused = replay(&operator, "evt_1").await;
        let confirm = "/account/confirm?next=%2Fadmin%2Fevents%2Fevt_1";
        assert_eq!((refused.status, refused.location()), (StatusCode::SEE_OTHER, Some(confirm)));
        assert_eq!(everything(&world).await, before);

        // On another node the next request knows, and so does the next of what was begun.
        let node = world.another_node().await;
        let other = operator.on(&node.url);
        assert_eq!(other.get("/admin").await.status, StatusCode::OK);
        world.services().remove_staff(&email(STAFF)).await.unwrap();
        assert_eq!(other.get("/admin").await.status, StatusCode::NOT_FOUND);
        assert_eq!(replay(&other, "evt_1").await.status, StatusCode::NOT_FOUND);
        let trail = "audit_entries WHERE action IN ('staff.add', 'staff.remove') AND actor = 'operator'";
        assert_eq!(count(&world, trail).await, 3);
    })
    .await;
}

/// Whoever knew the password alone could put a factor of their own in its place.
#[tokio::test(flavor = "multi_thread")]
async fn w06_staff_keep_their_last_second_factor() {
    each_database(|database| async {
        let world = World::on(database).await;
        let operator = world.operator(STAFF).await;
        let id = world.store().find_user_by_email(&email(STAFF)).await.unwrap().unwrap().id;
        let before = everything(&world).await;
        let refused = operator.post("/api/account/remove-totp", &[]).await;
        assert_eq!((refused.status, refused.location()), (StatusCode::SEE_OTHER, Some("/account/two-factor")));
        let told = operator.get("/account/two-factor").await.texts("form-error");
        assert!(told.len() == 1 && told[0].contains("You operate this product"), "{told:?}");
        assert_eq!(everything(&world).await, before);
        assert!(world.store().has_second_factor(id).await.unwrap());
        assert_eq!(operator.get("/admin").await.status, StatusCode::OK);
        // Whoever is none any more does as they like.
        world.services().remove_staff(&email(STAFF)).await.unwrap();
        operator.post("/api/account/remove-totp", &[]).await;
        assert!(!world.store().has_second_factor(id).await.unwrap());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w06_an_applied_event_replayed_has_no_second_effect() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, customer) = acme_with_customer(&world).await;
        let operator = world.operator(STAFF).await;
        world.work_off().await;
        let mails = world.mail.all().len();
        let price = world.provider.price("pro", 4900).await;
        world.provider.subscribe(&customer, &price, None).await;
        let events = world.provider.events().await;
        for event in &events {
            deliver(&world, event).await;
        }
        world.work_inbox().await;
        world.work_off().await;
        let paid = events.iter().find(|event| event["type"] == "invoice.paid").unwrap();
        let id = paid["id"].as_str().unwrap();
        assert_eq!(state_of(&world, id).await.0, "applied");
        assert_eq!(world.mail.all().len(), mails + 1, "the receipt");
        let effects = "audit_entries WHERE action = 'billing.subscription'";
        assert_eq!(count(&world, effects).await, 1);
        let known = world.store().find_subscription(acme).await.unwrap();

        for _ in 0..2 {
            let replayed = replay(&operator, id).await;
            let address = format!("/admin/events/{id}");
            assert_eq!((replayed.status, replayed.location()), (StatusCode::SEE_OTHER, Some(&*address)));
            assert!(operator.get(&address).await.texts("flash")[0].contains("waits"));
            assert_eq!(state_of(&world, id).await.0, "waiting");
            world.work_inbox().await;
            world.work_off().await;
            assert_eq!(state_of(&world, id).await, ("applied".to_owned(), None));
        }
        assert_eq!(world.mail.all().len(), mails + 1, "one mail");
        assert_eq!(count(&world, effects).await, 1, "one entry of the effect");
        assert_eq!(world.store().find_subscription(acme).await.unwrap(), known);
        let trail = world.store().list_audit_entries(acme, 0, 2).await.unwrap().entries;
        for entry in trail {
            assert_eq!((entry.action, entry.outcome), (AuditAction::ReplayEvent, AuditOutcome::Done));
            assert_eq!((entry.actor.as_str(), entry.subject.as_deref()), (STAFF, Some(id)));
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w06_w07_what_was_parked_is_applied_and_what_is_suspicious_is_judged_again() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let made = world.provider.post("/v1/customers", &[("name", "Org")]).await;
        let customer = made["id"].as_str().unwrap();
        let price = world.provider.price("pro", 4900).await;
        world.provider.subscribe(customer, &price, None).await;
        deliver(&world, &event("evt_parked", "customer.subscription.created", customer)).await;
        let mut live = event("evt_live", "invoice.paid", customer);
        live["livemode"] = json!(true);
        deliver(&world, &live).await;
        deliver(&world, &json!({"not": "an event"})).await;
        world.work_inbox().await;
        world.clock.advance(Millis::days(3));
        world.work_inbox().await;
        assert_eq!(state_of(&world, "evt_parked").await.0, "parked");

        let operator = world.operator(STAFF).await;
        // Put back too early: tried for days again, and not given up at once.
        replay(&operator, "evt_parked").await;
        world.work_inbox().await;
        assert_eq!(state_of(&world, "evt_parked").await.0, "waiting");
        world.clock.advance(Millis::days(3));
        world.work_inbox().await;
        assert_eq!(state_of(&world, "evt_parked").await.0, "parked");
        confirm(&operator).await;
        store_customer(&world, acme, customer).await;
        let page = operator.get("/admin/events/evt_parked").await;
        assert!(page.body.contains("no organization has this customer"), "{}", page.body);
        assert_eq!(replay(&operator, "evt_parked").await.status, StatusCode::SEE_OTHER);
        world.work_inbox().await;
        assert_eq!(state_of(&world, "evt_parked").await, ("applied".to_owned(), None));
        assert_eq!(world.store().find_subscription(acme).await.unwrap().unwrap().plan, "pro");

        // Not forced, however often it is asked for.
        replay(&operator, "evt_live").await;
        assert!(operator.get("/admin/events/evt_live").await.texts("flash")[0].contains("as suspicious as before"));
        assert_eq!(state_of(&world, "evt_live").await, ("quarantined".to_owned(), Some("other_mode".to_owned())));
        // One that names another organisation waits, and is found out by whoever applies it.
        let globex = world.organization("globex").await;
        let mut claims = event("evt_claims", "invoice.paid", customer);
        claims["data"]["object"]["metadata"] = json!({"portico_organization": globex.to_string()});
        deliver(&world, &claims).await;
        for _ in 0..2 {
            world.work_inbox().await;
            let (state, why) = state_of(&world, "evt_claims").await;
            assert_eq!((state.as_str(), why.as_deref()), ("quarantined", Some("other_organization")));
            replay(&operator, "evt_claims").await;
        }
        let unreadable = states(&world).await.into_iter().find(|(id, ..)| id.starts_with("unreadable")).unwrap();
        replay(&operator, &unreadable.0).await;
        assert_eq!(state_of(&world, &unreadable.0).await.0, "ignored");
        let tried = format!("audit_entries WHERE reason = 'unreadable' AND subject = '{}'", unreadable.0);
        assert_eq!(count(&world, &tried).await, 1);
        // One that an older version could not read, and this one can: its row keeps its name.
        let body = event("evt_later", "customer.subscription.updated", customer).to_string();
        let mut unknown = stored(0, "unreadable", customer);
        (unknown.id, unknown.customer) = ("unreadable_0".to_owned(), None);
        let now = world.now();
        world.store().insert_billing_event(&unknown, body.as_bytes(), &Verdict::Ignore, now).await.unwrap();
        replay(&operator, "unreadable_0").await;
        assert_eq!(state_of(&world, "unreadable_0").await.0, "waiting");
        world.work_inbox().await;
        assert_eq!(state_of(&world, "unreadable_0").await, ("applied".to_owned(), None));
        assert_eq!(replay(&operator, "evt_none").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w06_an_event_is_read_without_what_it_says_of_people() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (_, customer) = acme_with_customer(&world).await;
        let mut paid = event("evt_people", "invoice.paid", &customer);
        paid["data"]["object"] = json!({
            "id": "in_1", "object": "invoice", "customer": customer, "amount_paid": 4900,
            "customer_email": "canary@acme.test", "customer_name": "Canary Smith", "customer_phone": "+49 30 7777777",
            "customer_address": {"line1": "Canary Street 1"}, "status": "canary@acme.test",
            "hosted_invoice_url": "https://pay.test/canary",
            "payment_method_details": {"card": {"last4": "7777"}}, "metadata": {"canary": "canary"},
        });
        deliver(&world, &paid).await;
        let operator = world.operator(STAFF).await;
        let page = operator.get("/admin/events/evt_people").await;
        assert_eq!(page.status, StatusCode::OK);
        for shown in ["in_1", "4900", "[hidden]", "customer_email", "Org acme"] {
            assert!(page.body.contains(shown), "{shown}: {}", page.body);
        }
        for hidden in ["canary", "Canary", "7777"] {
            assert!(!page.body.contains(hidden), "{hidden}: {}", page.body);
        }
    })
    .await;
}

fn stored(n: i64, kind: &str, customer: &str) -> ProviderEvent {
    ProviderEvent {
        id: format!("evt_{n:03}"),
        kind: kind.to_owned(),
        created: Timestamp::from_millis(0),
        livemode: false,
        api_version: None,
        account: None,
        customer: Some(CustomerId::from_trusted(customer)),
        organization: None,
    }
}

async fn ids(browser: &Browser, query: &[(&str, &str)]) -> (Vec<String>, Option<String>) {
    let page = Page::of(browser.request(Method::GET, "/admin/events").query(query)).await;
    assert_eq!(page.status, StatusCode::OK);
    let found = regex::Regex::new("href=\"/admin/events/(evt_[0-9a-z]+)\"").unwrap();
    let next = regex::Regex::new("href=\"/admin/events\\?([^\"]+)\" rel=\"next\"").unwrap();
    let from = next.captures(&page.body).map(|next| {
        let query = next[1].replace("&amp;", "&");
        url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "from").unwrap().1.into_owned()
    });
    (found.captures_iter(&page.body).map(|id| id[1].to_owned()).collect(), from)
}

#[tokio::test(flavor = "multi_thread")]
async fn w06_events_are_found_and_paged_without_gaps_while_more_come_in() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (_, customer) = acme_with_customer(&world).await;
        let put = async |n: i64, kind: &str, of: &str, verdict: Verdict| {
            // Ten at a time in one moment: the id orders those.
            let at = world.now() + Millis::seconds(n / 10);
            let body = json!({"id": format!("evt_{n:03}")}).to_string();
            world.store().insert_billing_event(&stored(n, kind, of), body.as_bytes(), &verdict, at).await.unwrap();
        };
        for n in 0..120 {
            put(n, "invoice.paid", &customer, Verdict::Ignore).await;
        }
        put(120, "customer.subscription.updated", "cus_other", Verdict::Apply(CustomerId::from_trusted("cus_other")))
            .await;
        let operator = world.operator(STAFF).await;
        let (mut seen, mut from) = ids(&operator, &[]).await;
        let mut pages = 1;
        while let Some(place) = from {
            put(500 + pages, "invoice.paid", &customer, Verdict::Ignore).await;
            let (more, next) = ids(&operator, &[("from", &place)]).await;
            seen.extend(more);
            (from, pages) = (next, pages + 1);
        }
        let want: Vec<String> = (0..=120).rev().map(|n| format!("evt_{n:03}")).collect();
        assert_eq!((seen, pages), (want, 3));
        let one = vec!["evt_120".to_owned()];
        for query in [("state", "waiting"), ("type", "customer."), ("about", "cus_other"), ("id", "evt_120")] {
            assert_eq!(ids(&operator, &[query]).await.0, one, "{query:?}");
        }
        assert_eq!(ids(&operator, &[("about", "acme")]).await.0.len(), 50, "by the organisation's address");
        for query in [("type", "%"), ("type", "_nvoice"), ("id", "evt_12"), ("about", "globex"), ("about", "cus_%")] {
            assert_eq!(ids(&operator, &[query]).await.0, Vec::<String>::new(), "{query:?}");
        }
        // What can't be read of the address is taken for nothing.
        for query in [("from", "x"), ("from", "1~"), ("state", "none")] {
            assert_eq!(ids(&operator, &[query]).await.0.len(), 50, "{query:?}");
        }
        let overview = operator.get("/admin").await;
        assert_eq!(overview.texts("count"), ["0", "0", "1", "0"]);
    })
    .await;
}

async fn confirm(browser: &Browser) {
    let done = browser.post("/api/account/confirm", &[("password", PASSWORD), ("next", "/admin")]).await;
    assert_eq!(done.location(), Some("/admin"));
}

/// W-06, L-01: what did not go out is seen and sent again, and never read.
#[tokio::test(flavor = "multi_thread")]
async fn w06_failed_mail_is_sent_again_and_never_read() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let operator = world.operator(STAFF).await;
        world.work_off().await;
        assert!(operator.get("/admin/mail").await.shows("nothing"));
        world.mail.close(true);
        world.browser().post("/api/auth/forgot-password", &[("email", "owner@acme.test")]).await;
        world.work_off().await;
        let page = operator.get("/admin/mail").await;
        assert_eq!(page.texts("mail-name"), ["reset password to o…@acme.test"]);
        assert!(page.body.contains("1 attempt") && page.body.contains("Tried again") && page.body.contains("closed"));
        assert!(!page.body.contains("owner@") && !page.body.contains("token="), "{}", page.body);
        let id =
            regex::Regex::new("name=\"mail\" value=\"([^\"]+)\"").unwrap().captures(&page.body).unwrap()[1].to_owned();

        // Given up, and still there to be sent.
        world.clock.advance(Millis::days(3));
        world.work_off().await;
        assert!(operator.get("/admin/mail").await.body.contains("Given up"));
        assert_eq!(operator.get("/admin").await.texts("count")[3], "1");
        let sent = world.mail.all().len();
        world.mail.close(false);
        world.work_off().await;
        assert_eq!(world.mail.all().len(), sent, "nobody tries it any more");
        let refused = operator.post("/api/console/send-mail", &[("mail", &id)]).await;
        assert!(refused.location().unwrap().starts_with("/account/confirm"), "an old proof");
        confirm(&operator).await;
        let again = operator.post("/api/console/send-mail", &[("mail", &id)]).await;
        assert_eq!((again.status, again.location()), (StatusCode::SEE_OTHER, Some("/admin/mail")));
        world.work_off().await;
        assert_eq!(world.mail.all().len(), sent + 1);
        assert!(matches!(world.mail.last_to("owner@acme.test"), Letter::ResetPassword { .. }));
        // What went out goes out no second time.
        assert_eq!(operator.post("/api/console/send-mail", &[("mail", &id)]).await.status, StatusCode::NOT_FOUND);
        for none in ["", "x", "00000000-0000-0000-0000-000000000000"] {
            assert_eq!(operator.post("/api/console/send-mail", &[("mail", none)]).await.status, StatusCode::NOT_FOUND);
        }
        world.work_off().await;
        assert_eq!(world.mail.all().len(), sent + 1);
        let entry = "audit_entries WHERE action = 'mail.resend' AND actor = 'ann@portico.test' \
                     AND subject = 'reset_password to o…@acme.test'";
        assert_eq!(count(&world, entry).await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p06_w06_flags_are_switched_and_their_history_is_told() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let operator = world.operator(STAFF).await;
        let acme = Slug::parse("acme").unwrap();
        world.services().set_flag(BILLING_PORTAL, None, Rollout::Percent(25)).await.unwrap();
        world.services().set_flag(BILLING_PORTAL, Some(&acme), Rollout::On).await.unwrap();
        let page = operator.get("/admin/flags").await;
        assert_eq!(page.texts("flag-value"), ["25%"]);
        assert!(page.body.contains("Org acme") && page.body.contains("billing_portal: 25%"), "{}", page.body);
        let owner = world.signed_in("owner@acme.test").await;
        assert_eq!(owner.open_portal("acme").await.status, StatusCode::SEE_OTHER);

        let switch = async |to: &str| {
            let page = operator.post("/api/console/switch-flag", &[("flag", "billing_portal"), ("to", to)]).await;
            assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some("/admin/flags")));
        };
        switch("off").await;
        assert_eq!(owner.open_portal("acme").await.status, StatusCode::NOT_FOUND);
        let page = operator.get("/admin/flags").await;
        assert_eq!((page.texts("flag-value"), page.texts("flash").len()), (vec!["off".to_owned()], 1));
        assert!(page.body.contains("billing_portal: off") && page.body.contains(STAFF));
        switch("on").await;
        assert_eq!(owner.open_portal("acme").await.status, StatusCode::SEE_OTHER);
        let unknown = operator.post("/api/console/switch-flag", &[("flag", "nothing"), ("to", "on")]).await;
        assert_eq!(unknown.status, StatusCode::NOT_FOUND);
        assert_eq!(count(&world, "audit_entries WHERE action = 'flag.set'").await, 4);
        // Where the environment says otherwise, the page says so.
        let node = world.node_with(&[("PORTICO_FLAG_BILLING_PORTAL", "off")]).await;
        let page = operator.on(&node.url).get("/admin/flags").await;
        assert!(page.body.contains("The environment of this node says off"), "{}", page.body);
    })
    .await;
}

async fn found(browser: &Browser, query: &[(&str, &str)]) -> (usize, Option<String>) {
    let page = Page::of(browser.request(Method::GET, "/admin/organizations").query(query)).await;
    assert_eq!(page.status, StatusCode::OK);
    let next = regex::Regex::new("after=([a-z0-9-]+)\" rel=\"next\"").unwrap();
    (page.body.matches("organization-row").count(), next.captures(&page.body).map(|next| next[1].to_owned()))
}

#[tokio::test(flavor = "multi_thread")]
async fn w06_organizations_are_found_and_shown_across_tenants() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, customer) = acme_with_customer(&world).await;
        let price = world.provider.price("pro", 4900).await;
        world.provider.subscribe(&customer, &price, None).await;
        for event in world.provider.events().await {
            deliver(&world, &event).await;
        }
        world.work_inbox().await;
        for n in 0..60 {
            world.organization(&format!("many-{n:02}")).await;
        }
        let operator = world.operator(STAFF).await;
        for query in ["acme", "ORG ACME", " cme ", &customer] {
            assert_eq!(found(&operator, &[("q", query)]).await, (1, None), "{query}");
        }
        for query in ["%", "_", "many-%", "cus_", "nothing"] {
            assert_eq!(found(&operator, &[("q", query)]).await, (0, None), "{query}");
        }
        let (first, next) = found(&operator, &[("q", "many")]).await;
        assert_eq!((first, next.as_deref()), (50, Some("many-49")));
        assert_eq!(found(&operator, &[("q", "many"), ("after", "many-49")]).await, (10, None));

        let page = operator.get(&format!("/admin/organizations/{acme}")).await;
        assert_eq!(page.status, StatusCode::OK);
        for shown in ["Org acme", &customer, "pro, Active", "$49.00", "owner@acme.test", "event-row"] {
            assert!(page.body.contains(shown), "{shown}: {}", page.body);
        }
        assert!(page.body.contains(&format!("href=\"{}\"", world.provider.url)), "the sandbox's page");
        assert_eq!(page.body.matches("member-row").count(), 4);
        for none in ["/admin/organizations/x", "/admin/organizations/00000000-0000-0000-0000-000000000000"] {
            assert_eq!(operator.get(none).await.status, StatusCode::NOT_FOUND);
        }
        // More members than a page has.
        for n in 0..60 {
            let user = world.person(&format!("m{n:02}@acme.test")).await;
            world.join(acme, user, Role::Viewer).await;
        }
        let page = operator.get(&format!("/admin/organizations/{acme}")).await;
        assert_eq!(page.body.matches("member-row").count(), 50);
        let rest = operator.get(&format!("/admin/organizations/{acme}?after=m48%40acme.test")).await;
        assert_eq!(rest.body.matches("member-row").count(), 13, "eleven of them, owner and viewer");
    })
    .await;
}

#[test]
fn w06_the_customers_page_is_stripes_own_of_the_right_mode() {
    let config = server::config::Config::from_values(std::collections::BTreeMap::new()).unwrap();
    let pages = config.customer_pages();
    assert_eq!(pages.live, "https://dashboard.stripe.com/customers/{customer}");
    assert_eq!(pages.test, "https://dashboard.stripe.com/test/customers/{customer}");
}
