//! L06: what needs a recent proof asks for it, and nothing happens before it is given.

use domain::{
    Millis,
    accounts::{Proof, throttle::PER_ACCOUNT},
    audit::{AuditAction, AuditOutcome},
};
use reqwest::{StatusCode, header::REFERER};
use testkit::{Browser, Database, PASSWORD, Page, World, each_database};

const CONFIRM: &str = "/account/confirm?next=%2Fo%2Facme%2Fsettings%2Fbilling";
const WRONG: &str = "not the password at all";

/// As the billing page posts it.
async fn open_portal(browser: &Browser, org: &str) -> Page {
    let page = format!("{}/o/acme/settings/billing", browser.base);
    Page::of(browser.form("/api/billing/open-portal", &[("org", org)]).header(REFERER, page)).await
}

async fn confirm(browser: &Browser, password: &str, next: &str) -> Page {
    browser.post("/api/account/confirm", &[("password", password), ("next", next)]).await
}

fn session_id(page: &Page) -> String {
    let cookies = page.cookies();
    let cookie = cookies.iter().find(|cookie| cookie.starts_with("portico=")).unwrap();
    cookie.split(['=', ';']).nth(1).unwrap().to_owned()
}

#[tokio::test]
async fn l06_an_old_proof_opens_no_portal_until_it_is_given_again() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let owner = world.browser();
        let before = session_id(&owner.try_sign_in("owner@acme.test", PASSWORD).await);
        assert_eq!(open_portal(&owner, "acme").await.location().map(|url| url.starts_with("http")), Some(true));
        world.clock.advance(Millis(Proof::RECENT.0 - 1));
        assert_eq!(open_portal(&owner, "acme").await.location().map(|url| url.starts_with("http")), Some(true));
        let (calls, customers) = (world.provider.portal_calls().await.len(), world.provider.customers().await.len());

        world.clock.advance(Millis(1));
        let refused = open_portal(&owner, "acme").await;
        assert_eq!((refused.status, refused.location()), (StatusCode::SEE_OTHER, Some(CONFIRM)));
        assert_eq!(world.provider.portal_calls().await.len(), calls, "no call");
        assert_eq!(world.provider.customers().await.len(), customers);
        let trail = world.store().list_audit_entries(acme, 0, 1).await.unwrap().entries;
        assert_eq!(trail[0].action, AuditAction::OpenBillingPortal);
        assert_eq!((trail[0].outcome, trail[0].reason.as_deref()), (AuditOutcome::Refused, Some("proof_too_old")));

        let page = owner.get(CONFIRM).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.body.contains("value=\"/o/acme/settings/billing\""));
        let wrong = confirm(&owner, WRONG, "/o/acme/settings/billing").await;
        assert_eq!(wrong.location(), Some(CONFIRM));
        assert!(owner.get(CONFIRM).await.body.contains("That is not your password"));
        assert_eq!(open_portal(&owner, "acme").await.location(), Some(CONFIRM), "still not");

        let right = confirm(&owner, PASSWORD, "/o/acme/settings/billing").await;
        assert_eq!((right.status, right.location()), (StatusCode::SEE_OTHER, Some("/o/acme/settings/billing")));
        let after = session_id(&right);
        assert_ne!(before, after, "a new id (S01)");
        let old = Browser::at(&world.node.url)
            .request(reqwest::Method::GET, "/o/acme")
            .header("cookie", format!("portico={before}"));
        assert_eq!(Page::of(old).await.status, StatusCode::SEE_OTHER, "the old one is dead");
        assert!(open_portal(&owner, "acme").await.location().unwrap().starts_with("http"));
        assert_eq!(world.provider.portal_calls().await.len(), calls + 1);
    })
    .await;
}

/// Whoever may not is told that, not asked for a proof first; and a customer is not made either.
#[tokio::test]
async fn l06_the_decision_comes_before_the_proof() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        world.team("globex").await;
        let (owner, viewer) = (world.signed_in("owner@acme.test").await, world.signed_in("viewer@acme.test").await);
        world.clock.advance(Millis::hours(1));
        assert_eq!(open_portal(&viewer, "acme").await.status, StatusCode::FORBIDDEN);
        assert_eq!(open_portal(&owner, "globex").await.status, StatusCode::NOT_FOUND);
        assert_eq!(open_portal(&owner, "acme").await.location(), Some(CONFIRM));
        assert!(world.provider.customers().await.is_empty() && world.provider.portal_calls().await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn l06_every_change_of_how_one_signs_in_needs_a_recent_proof() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        let (_, codes) = world.set_up_totp(&owner).await;
        let viewer = world.signed_in("viewer@acme.test").await;
        viewer.post("/api/account/begin-totp", &[]).await;
        world.clock.advance(Proof::RECENT);
        for (who, action) in [
            (&owner, "/api/account/remove-totp"),
            (&owner, "/api/account/renew-recovery-codes"),
            (&viewer, "/api/account/begin-totp"),
            (&viewer, "/api/account/confirm-totp"),
        ] {
            let refused = who.post(action, &[("code", "123456")]).await;
            let location = refused.location().unwrap();
            assert!(location.starts_with("/account/confirm?next="), "{action}: {location}");
        }
        // The page that shows a secret asks as well, and is come back to.
        let page = viewer.get("/account/two-factor/authenticator").await;
        let back = "/account/confirm?next=%2Faccount%2Ftwo-factor%2Fauthenticator";
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some(back)));
        assert!(!page.shows("totp-key"));
        let factors = owner.get("/account/two-factor").await;
        assert!(factors.body.contains("Remove authenticator app") && factors.body.contains("10 left"));
        assert_eq!(codes.len(), 10);
    })
    .await;
}

#[tokio::test]
async fn o08_after_confirming_only_a_path_of_ours_is_gone_to() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let owner = world.signed_in("owner@acme.test").await;
    for (next, want) in [
        ("/account/two-factor", "/account/two-factor"),
        ("//evil.example", "/account"),
        ("https://evil.example", "/account"),
        ("/\\evil.example", "/account"),
        ("javascript:alert(1)", "/account"),
        ("/api/auth/sign-out", "/account"),
        ("", "/account"),
    ] {
        assert_eq!(confirm(&owner, PASSWORD, next).await.location(), Some(want), "{next}");
        let query = [("next", next)];
        let page = Page::of(owner.request(reqwest::Method::GET, "/account/confirm").query(&query)).await;
        assert!(page.body.contains(&format!("value=\"{want}\"")), "{next}");
    }
}

#[tokio::test]
async fn l02_confirming_is_throttled_like_signing_in() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        let mut wrong = 0;
        for _ in 0..PER_ACCOUNT.attempts + 3 {
            let refused = confirm(&owner, WRONG, "/account").await;
            wrong += u32::from(owner.get(refused.location().unwrap()).await.body.contains("not your password"));
        }
        assert_eq!(wrong, PER_ACCOUNT.attempts);
        let right = confirm(&owner, PASSWORD, "/account/two-factor").await;
        assert!(right.location().unwrap().starts_with("/account/confirm"), "not looked at");
        assert!(owner.get(right.location().unwrap()).await.body.contains("Too many attempts"));
        assert_eq!(owner.get("/o/acme").await.status, StatusCode::OK, "still signed in");
        world.clock.advance(PER_ACCOUNT.window);
        assert_eq!(confirm(&owner, PASSWORD, "/account/two-factor").await.location(), Some("/account/two-factor"));
    })
    .await;
}

#[tokio::test]
async fn l06_confirming_is_for_who_is_signed_in() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let nobody = world.browser();
    assert_eq!(confirm(&nobody, PASSWORD, "/account").await.status, StatusCode::UNAUTHORIZED);
    let page = nobody.get("/account/confirm?next=/o/acme").await;
    assert!(page.location().unwrap().starts_with("/sign-in?next="));
    // Somebody without a password is told another way.
    let email = domain::accounts::Email::parse("elsewhere@acme.test").unwrap();
    let id = domain::UserId::from_uuid(uuid::Uuid::new_v4());
    let new = store::NewUser { id, email: &email, name: "Elsewhere", password_hash: None };
    assert!(world.store().insert_user(&new, world.now()).await.unwrap());
    let elsewhere = world.signed_in_without_password(id).await;
    let page = elsewhere.get("/account/confirm?next=/account").await;
    assert!(page.status == StatusCode::OK && !page.body.contains("name=\"password\""));
    assert!(page.body.contains("Sign out and in again"));
    let refused = confirm(&elsewhere, "", "/account").await;
    assert!(refused.location().unwrap().starts_with("/account/confirm"));
    let refused = confirm(&elsewhere, PASSWORD, "/account").await;
    assert!(refused.location().unwrap().starts_with("/account/confirm"), "there is no password to be right");
}
