//! the first time and the next, and what is kept of it.

use reqwest::StatusCode;
use testkit::{IdentityProvider, PASSWORD, World, each_database, identity_provider::Someone};

use super::{counts, go, sign_up, start, with_google};
use crate::tables::{content, count};

#[tokio::test]
async fn a02_signing_up_by_google_makes_person_and_organization_and_the_next_time_signs_in() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let ann = Someone::verified("1", "Ann@Example.test");
        let browser = world.browser();
        let page = go(&browser, &idp, "google", &ann).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some("/sign-up/complete")));
        assert_eq!(counts(&world).await, [0, 0, 0, 0, 0], "nothing before the rest is told");
        let form = browser.get("/sign-up/complete").await;
        assert!(form.body.contains("ann@example.test") && form.body.contains("value=\"Ann Example\""), "{}", form.body);

        let refused = browser.post("/api/auth/complete-sign-up", &[("name", "Ann"), ("organization", " ")]).await;
        assert_eq!(refused.location(), Some("/sign-up/complete"));
        let again = browser.get("/sign-up/complete").await;
        assert!(again.shows("form-error") && again.body.contains("value=\"Ann\""), "{}", again.body);

        let form = [("name", "Ann Example"), ("organization", "Acme Ltd")];
        let page = browser.post("/api/auth/complete-sign-up", &form).await;
        assert_eq!(page.location(), Some("/o/acme-ltd"));
        assert_eq!(browser.get("/o/acme-ltd").await.status, StatusCode::OK);
        assert_eq!(counts(&world).await, [1, 1, 1, 1, 1]);
        assert_eq!(count(&world, "users WHERE password_hash IS NULL AND email = 'ann@example.test'").await, 1);
        assert_eq!(count(&world, "memberships WHERE role = 'Owner'").await, 1);
        assert_eq!(browser.get("/sign-up/complete").await.status, StatusCode::GONE, "once");

        // Another browser, another day.
        world.clock.advance(domain::Millis::days(1));
        let other = world.browser();
        let page = go(&other, &idp, "google", &ann).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some("/")));
        assert_eq!(other.get("/o/acme-ltd").await.status, StatusCode::OK);
        assert_eq!(counts(&world).await, [1, 1, 1, 1, 2]);
    })
    .await;
}

/// O06: an address that changes at the provider moves nobody, not even into the account of
/// whoever has that address here.
#[tokio::test]
async fn o06_the_subject_is_who_somebody_is_and_not_the_address() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        world.team("globex").await;
        sign_up(&world, &idp, &Someone::verified("1", "ann@example.test"), "Acme").await;
        let before = counts(&world).await;
        for email in ["ann@elsewhere.test", "owner@globex.test"] {
            let browser = world.browser();
            let page = go(&browser, &idp, "google", &Someone::verified("1", email)).await;
            assert_eq!(page.location(), Some("/"), "{email}");
            assert_eq!(browser.get("/o/acme").await.status, StatusCode::OK);
            assert_eq!(browser.get("/o/globex").await.status, StatusCode::NOT_FOUND);
        }
        assert_eq!(counts(&world).await[..4], before[..4]);
        assert_eq!(count(&world, "users WHERE email = 'ann@example.test'").await, 1, "ours stays as it is");
    })
    .await;
}

/// A-01, S02: nothing that a provider hands out can be read in the database, or in a page.
#[tokio::test]
async fn a01_a_providers_tokens_are_sealed() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let browser = world.browser();
        let address = start(&browser, "google", &[]).await;
        let flows = content(&world, "login_flows").await;
        let state = address.split("state=").nth(1).unwrap().split('&').next().unwrap();
        let nonce = address.split("nonce=").nth(1).unwrap().split('&').next().unwrap();
        assert!(flows.len() > 100 && !flows.contains(state) && !flows.contains(nonce));
        browser.get(&idp.grant(&address, &Someone::verified("1", "ann@example.test"))).await;
        assert!(!content(&world, "sessions").await.contains("canary"));
        let form = [("name", "Ann"), ("organization", "Acme")];
        browser.post("/api/auth/complete-sign-up", &form).await;
        let identities = content(&world, "identities").await;
        assert!(identities.contains("ann@example.test") && !identities.contains("canary"), "{identities}");
        let page = browser.get("/account/sign-in-methods").await;
        assert!(page.body.contains("ann@example.test") && !page.body.contains("canary"), "{}", page.body);
        assert_eq!(count(&world, "login_flows").await, 0);
    })
    .await;
}

#[tokio::test]
async fn o09_what_is_not_configured_is_not_there() {
    let world = World::on(testkit::Database::sqlite().await).await;
    let page = world.browser().get("/sign-in").await;
    assert!(!page.body.contains("Google") && !page.body.contains("GitHub") && !page.body.contains("Microsoft"));
    for provider in ["google", "github", "microsoft", "evil"] {
        let start = world.browser().post(&format!("/auth/{provider}/start"), &[]).await;
        assert_eq!(start.status, StatusCode::NOT_FOUND, "{provider}");
        let callback = world.browser().get(&format!("/auth/{provider}/callback?code=a&state=b")).await;
        assert_eq!(callback.status, StatusCode::NOT_FOUND, "{provider}");
    }
}

#[tokio::test]
async fn l01_somebody_who_only_signs_in_elsewhere_has_no_password() {
    let idp = IdentityProvider::start().await;
    let world = with_google(testkit::Database::sqlite().await, &idp).await;
    sign_up(&world, &idp, &Someone::verified("1", "ann@example.test"), "Acme").await;
    for password in [PASSWORD, "", "null"] {
        let page = world.browser().try_sign_in("ann@example.test", password).await;
        assert_eq!(page.location(), Some("/sign-in"));
    }
}
