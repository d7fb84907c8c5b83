//! When and from where an organisation may be used, and the owners' way around it.

use domain::{
    Millis, OrgId,
    accounts::{Email, Proof},
    audit::{AuditAction, AuditOutcome},
    orgs::{AccessRules, GLASS_STAYS_BROKEN, Role},
};
use reqwest::{Method, StatusCode};
use testkit::{Browser, Database, Page, World, each_database};

const OFFICE: &str = "203.0.113.7";
const ELSEWHERE: &str = "198.51.100.9";

/// The machine is a proxy, so that a browser can be anywhere.
async fn world(database: Database) -> World {
    World::with_settings(database, &[("PORTICO_TRUSTED_PROXIES", "127.0.0.1/32")]).await
}

async fn get(browser: &Browser, from: &str, path: &str) -> Page {
    Page::of(browser.request(Method::GET, path).header("x-forwarded-for", from)).await
}

async fn post(browser: &Browser, from: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    Page::of(browser.form(path, fields).header("x-forwarded-for", from)).await
}

async fn only_from(browser: &Browser, from: &str, ranges: &str) -> Page {
    let form = [("org", "acme"), ("limits[]", "addresses"), ("addresses", ranges)];
    post(browser, from, "/api/orgs/set-access-rules", &form).await
}

async fn rules(world: &World, org: OrgId) -> Option<AccessRules> {
    let email = Email::parse("owner@acme.test").unwrap();
    let user = world.store().find_user_by_email(&email).await.unwrap().unwrap().id;
    let found = world.store().find_memberships(user).await.unwrap().unwrap();
    found.memberships.into_iter().find(|membership| membership.organization.id == org).unwrap().access_rules
}

async fn last_entry(world: &World, org: OrgId) -> (AuditAction, AuditOutcome, Option<String>) {
    let entry = world.store().list_audit_entries(org, 0, 1).await.unwrap().entries.remove(0);
    (entry.action, entry.outcome, entry.reason)
}

#[tokio::test]
async fn a13_an_organization_is_closed_to_other_networks() {
    each_database(|database| async {
        let world = world(database).await;
        let acme = world.team("acme").await;
        let other_node = world.another_node().await;
        let (owner, editor) = (world.signed_in("owner@acme.test").await, world.signed_in("editor@acme.test").await);

        // Nobody shuts themselves out.
        let refused = only_from(&owner, ELSEWHERE, "203.0.113.0/24").await;
        assert_eq!(refused.location(), Some("/o/acme/settings/security"));
        let page = get(&owner, ELSEWHERE, "/o/acme/settings/security").await;
        assert!(page.body.contains("yours is not among them") && page.body.contains("203.0.113.0/24"));
        assert_eq!(rules(&world, acme).await, None);

        only_from(&owner, OFFICE, "203.0.113.0/24").await;
        assert!(get(&owner, OFFICE, "/o/acme/settings/security").await.body.contains("203.0.113.0/24"));
        assert_eq!(
            last_entry(&world, acme).await,
            (AuditAction::ChangeAccessRules, AuditOutcome::Done, Some("limits_addresses".to_owned()))
        );
        for path in ["", "/settings", "/settings/members", "/settings/billing", "/settings/security", "/settings/audit"]
        {
            let path = format!("/o/acme{path}");
            for browser in [&owner, &editor] {
                // At once, on every node, for sessions that were there before.
                let page = get(&browser.on(&other_node.url), ELSEWHERE, &path).await;
                assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
                assert!(page.body.contains("Not from here") && !page.body.contains("Org acme"), "{path}");
            }
            assert_eq!(get(&owner, OFFICE, &path).await.status, StatusCode::OK, "{path}");
        }
        let calls = world.provider.portal_calls().await.len();
        let portal = post(&owner, ELSEWHERE, "/api/billing/open-portal", &[("org", "acme")]).await;
        assert!(portal.status == StatusCode::FORBIDDEN && portal.body.contains("Not from here"));
        assert_eq!(world.provider.portal_calls().await.len(), calls);
        assert_eq!(
            last_entry(&world, acme).await,
            (AuditAction::OpenBillingPortal, AuditOutcome::Refused, Some("address_not_allowed".to_owned()))
        );
        // Nor do they change the rules from there; a header that no proxy of ours wrote is nothing.
        only_from(&owner, ELSEWHERE, "0.0.0.0/0").await;
        assert_eq!(rules(&world, acme).await.unwrap().addresses.unwrap().lines(), "203.0.113.0/24");
    })
    .await;
}

#[tokio::test]
async fn a13_an_organization_is_closed_outside_its_hours() {
    each_database(|database| async {
        let world = world(database).await;
        let acme = world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        let clock = |minutes: i64| {
            let minute = (world.now().as_seconds() / 60 + minutes).rem_euclid(24 * 60);
            format!("{:02}:{:02}", minute / 60, minute % 60)
        };
        let set = |from: String, until: String| {
            let owner = owner.clone();
            async move {
                let mut form = vec![("org", "acme"), ("limits[]", "hours"), ("time_zone", "utc"), ("from", &*from)];
                form.push(("until", &*until));
                form.extend(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].map(|day| ("days[]", day)));
                post(&owner, OFFICE, "/api/orgs/set-access-rules", &form).await
            }
        };
        set(clock(60), clock(120)).await;
        let page = get(&owner, OFFICE, "/o/acme/settings/security").await;
        assert!(page.body.contains("would shut you out right now"));
        assert_eq!(rules(&world, acme).await, None);

        set(clock(-30), clock(30)).await;
        assert_eq!(rules(&world, acme).await.unwrap().hours.unwrap().zone(), "UTC");
        let page = get(&owner, OFFICE, "/o/acme").await;
        assert_eq!(page.status, StatusCode::OK);
        world.clock.advance(Millis::minutes(31));
        let page = get(&owner, OFFICE, "/o/acme").await;
        assert!(page.status == StatusCode::FORBIDDEN && page.body.contains("Closed at this hour"));
        world.clock.advance(Millis::minutes(23 * 60));
        assert_eq!(get(&owner, OFFICE, "/o/acme").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a13_an_owner_breaks_the_glass_and_everybody_who_owns_knows() {
    each_database(|database| async {
        let world = world(database).await;
        let acme = world.team("acme").await;
        let second = world.person("second@acme.test").await;
        world.join(acme, second, Role::Owner).await;
        let globex = world.organization("globex").await;
        let you =
            world.store().find_user_by_email(&Email::parse("owner@acme.test").unwrap()).await.unwrap().unwrap().id;
        world.join(globex, you, Role::Owner).await;
        let (owner, admin) = (world.signed_in("owner@acme.test").await, world.signed_in("admin@acme.test").await);
        only_from(&owner, OFFICE, "203.0.113.0/24").await;
        let closed = get(&owner, ELSEWHERE, "/o/acme").await;
        assert!(closed.body.contains("/o/acme/break-glass"));
        assert_eq!(get(&owner, ELSEWHERE, "/o/acme/break-glass").await.status, StatusCode::OK);

        // Owners only, and with a recent proof.
        assert_eq!(get(&admin, ELSEWHERE, "/o/acme/break-glass").await.status, StatusCode::FORBIDDEN);
        let refused = post(&admin, ELSEWHERE, "/api/orgs/break-glass", &[("org", "acme")]).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(get(&admin, ELSEWHERE, "/o/acme").await.status, StatusCode::FORBIDDEN);
        assert_eq!(last_entry(&world, acme).await.1, AuditOutcome::Refused);
        world.clock.advance(Proof::RECENT);
        let old = post(&owner, ELSEWHERE, "/api/orgs/break-glass", &[("org", "acme")]).await;
        assert_eq!(old.location(), Some("/account/confirm?next=%2Fo%2Facme%2Fbreak-glass"));
        assert_eq!(get(&owner, ELSEWHERE, "/o/acme").await.status, StatusCode::FORBIDDEN);

        let owner = world.signed_in("owner@acme.test").await;
        world.work_off().await;
        let before = world.mail.all().len();
        let done = post(&owner, ELSEWHERE, "/api/orgs/break-glass", &[("org", "acme")]).await;
        assert_eq!(done.location(), Some("/o/acme/settings/security"));
        assert_eq!(get(&owner, ELSEWHERE, "/o/acme/settings/security").await.status, StatusCode::OK);
        assert_eq!(last_entry(&world, acme).await, (AuditAction::BreakGlass, AuditOutcome::Done, None));
        assert_eq!(get(&admin, ELSEWHERE, "/o/acme").await.status, StatusCode::FORBIDDEN, "for nobody else");
        world.work_off().await;
        let mut told: Vec<String> = world.mail.all().into_iter().skip(before).map(|mail| mail.to).collect();
        told.sort();
        assert_eq!(told, ["owner@acme.test", "second@acme.test"]);
        // In that organisation, and in no other that they own.
        let form = [("org", "globex"), ("limits[]", "addresses"), ("addresses", "203.0.113.0/24")];
        let limited = post(&owner, OFFICE, "/api/orgs/set-access-rules", &form).await;
        assert_eq!(limited.location(), Some("/o/globex/settings/security"));
        assert_eq!(get(&owner, ELSEWHERE, "/o/globex").await.status, StatusCode::FORBIDDEN, "not broken there");
        // Whoever owns it no longer is shut out with the rest.
        world.join(acme, you, Role::Editor).await;
        assert_eq!(get(&owner, ELSEWHERE, "/o/acme").await.status, StatusCode::FORBIDDEN, "demoted");
        world.join(acme, you, Role::Owner).await;
        assert_eq!(get(&owner, ELSEWHERE, "/o/acme").await.status, StatusCode::OK);
        // It mends itself: the rules can be changed now, and without that it ends.
        world.clock.advance(GLASS_STAYS_BROKEN);
        assert_eq!(get(&owner, ELSEWHERE, "/o/acme").await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a13_strangers_and_lesser_roles_set_no_rules() {
    each_database(|database| async {
        let world = world(database).await;
        let acme = world.team("acme").await;
        world.team("globex").await;
        for (email, status) in [
            ("admin@acme.test", StatusCode::FORBIDDEN),
            ("editor@acme.test", StatusCode::FORBIDDEN),
            ("viewer@acme.test", StatusCode::FORBIDDEN),
            ("owner@globex.test", StatusCode::NOT_FOUND),
        ] {
            let browser = world.signed_in(email).await;
            assert_eq!(only_from(&browser, OFFICE, "203.0.113.0/24").await.status, status, "{email}");
            assert_eq!(
                post(&browser, OFFICE, "/api/orgs/break-glass", &[("org", "acme")]).await.status,
                status,
                "{email}"
            );
        }
        assert_eq!(rules(&world, acme).await, None);
        let owner = world.signed_in("owner@acme.test").await;
        for (ranges, words) in
            [("", "Enter at least one"), ("</textarea><script>alert(1)</script>", "one address or range")]
        {
            only_from(&owner, OFFICE, ranges).await;
            let page = get(&owner, OFFICE, "/o/acme/settings/security").await;
            assert!(page.body.contains(words), "{ranges}");
            assert!(!page.body.contains("<script>alert(1)"), "{ranges}");
        }
        world.clock.advance(Proof::RECENT);
        let old = only_from(&owner, OFFICE, "203.0.113.0/24").await;
        assert!(old.location().unwrap().starts_with("/account/confirm"));
        assert_eq!(rules(&world, acme).await, None);
    })
    .await;
}
