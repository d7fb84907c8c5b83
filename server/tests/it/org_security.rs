//! An organisation that asks its members for a second factor.

use domain::{
    Millis,
    accounts::{Email, Proof},
    audit::{AuditAction, AuditOutcome},
    orgs::Role,
};
use reqwest::StatusCode;
use testkit::{Browser, PASSWORD, Page, World, each_database};

const PAGES: [&str; 6] =
    ["", "/settings", "/settings/members", "/settings/billing", "/settings/security", "/settings/audit"];

async fn set(browser: &Browser, org: &str, value: &str) -> Page {
    browser.post("/api/orgs/set-security", &[("org", org), ("second_factor", value)]).await
}

async fn requires(world: &World, email: &str, org: &str) -> bool {
    let user = world.store().find_user_by_email(&Email::parse(email).unwrap()).await.unwrap().unwrap().id;
    let found = world.store().find_memberships(user).await.unwrap().unwrap();
    found.memberships.iter().find(|m| m.organization.slug == org).unwrap().requires_second_factor
}

#[tokio::test]
async fn an_organization_is_closed_to_who_showed_no_second_factor() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let globex = world.team("globex").await;
        let editor =
            world.store().find_user_by_email(&Email::parse("editor@acme.test").unwrap()).await.unwrap().unwrap();
        world.join(globex, editor.id, Role::Editor).await;
        let (owner, editor) = (world.signed_in("owner@acme.test").await, world.signed_in("editor@acme.test").await);
        // Not before one has one's own.
        assert!(owner.get("/o/acme/settings/security").await.body.contains("Set up yours first"));
        let refused = set(&owner, "acme", "required").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert!(
            refused.body.contains("href=\"/account/two-factor\"") && !requires(&world, "owner@acme.test", "acme").await
        );

        world.set_up_totp(&owner).await;
        assert!(owner.get("/o/acme/settings/security").await.shows("require-second-factor"));
        let done = set(&owner, "acme", "required").await;
        assert_eq!(done.location(), Some("/o/acme/settings/security"));
        assert!(owner.get("/o/acme/settings/security").await.shows("flash"));
        assert!(
            requires(&world, "owner@acme.test", "acme").await && !requires(&world, "owner@globex.test", "globex").await
        );

        // Every page and every action of it, at once, also in a session that was there before.
        for path in PAGES {
            let page = editor.get(&format!("/o/acme{path}")).await;
            assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
            assert!(page.body.contains("Two-factor sign-in, please") && !page.body.contains("Org acme"), "{path}");
            assert_eq!(owner.get(&format!("/o/acme{path}")).await.status, StatusCode::OK, "{path}");
        }
        let portal = editor.open_portal("acme").await;
        assert!(portal.status == StatusCode::FORBIDDEN && portal.body.contains("Two-factor sign-in, please"));
        assert_eq!(set(&editor, "acme", "").await.status, StatusCode::FORBIDDEN);
        let trail = world.store().list_audit_entries(acme, 0, 2).await.unwrap().entries;
        for (entry, action) in trail.iter().zip([AuditAction::ChangeSecurity, AuditAction::OpenBillingPortal]) {
            assert_eq!((entry.action, entry.outcome), (action, AuditOutcome::Refused));
            assert_eq!(entry.reason.as_deref(), Some("second_factor_required"));
        }
        // What is not its own is as before.
        assert_eq!(editor.get("/o/globex").await.status, StatusCode::OK);
        let factors = editor.get("/account/two-factor").await;
        assert!(factors.shows("second-factor-required") && factors.body.contains("Org acme"));
        // Set up: back in, in the same browser.
        let (app, _) = world.set_up_totp(&editor).await;
        assert_eq!(editor.get("/o/acme").await.status, StatusCode::OK);
        assert!(!editor.get("/account/two-factor").await.shows("second-factor-required"));
        // And anew.
        world.clock.advance(Millis::seconds(30));
        let again = world.browser();
        assert_eq!(again.try_sign_in("editor@acme.test", PASSWORD).await.location(), Some("/sign-in/second-factor"));
        again.post("/api/auth/second-factor", &[("code", &app.code(world.now()))]).await;
        assert_eq!(again.get("/o/acme").await.status, StatusCode::OK);
        // Removing the last one is theirs to do; that organisation is closed then.
        assert_eq!(again.post("/api/account/remove-totp", &[]).await.location(), Some("/account/two-factor"));
        assert!(again.get("/account/two-factor").await.shows("second-factor-required"));
        assert_eq!(again.get("/o/acme").await.status, StatusCode::FORBIDDEN);
        assert_eq!(again.get("/o/globex").await.status, StatusCode::OK);

        // And open again.
        set(&owner, "acme", "").await;
        assert_eq!(again.get("/o/acme").await.status, StatusCode::OK);
        let last = world.store().list_audit_entries(acme, 0, 1).await.unwrap().entries.remove(0);
        assert_eq!((last.outcome, last.reason.as_deref()), (AuditOutcome::Done, Some("second_factor_not_required")));
    })
    .await;
}

#[tokio::test]
async fn only_owners_decide_what_it_asks() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        world.team("globex").await;
        for role in ["admin", "editor", "viewer"] {
            let browser = world.signed_in(&format!("{role}@acme.test")).await;
            world.set_up_totp(&browser).await;
            assert_eq!(set(&browser, "acme", "required").await.status, StatusCode::FORBIDDEN, "{role}");
            assert_eq!(browser.get("/o/acme/settings/security").await.status, StatusCode::FORBIDDEN, "{role}");
            assert!(!browser.get("/o/acme/settings").await.body.contains("/settings/security"), "{role}");
        }
        let stranger = world.signed_in("owner@globex.test").await;
        world.set_up_totp(&stranger).await;
        assert_eq!(set(&stranger, "acme", "required").await.status, StatusCode::NOT_FOUND);
        assert_eq!(set(&world.browser(), "acme", "required").await.status, StatusCode::UNAUTHORIZED);
        assert!(!requires(&world, "owner@acme.test", "acme").await);
        // L06.
        world.clock.advance(Proof::RECENT);
        let page = set(&stranger, "globex", "required").await;
        assert!(page.location().unwrap().starts_with("/account/confirm"));
        assert!(!requires(&world, "owner@globex.test", "globex").await);
    })
    .await;
}
