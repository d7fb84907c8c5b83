//! O05 from outside, with its effects in the database.

use domain::orgs::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};
use services::mail::Letter;
use testkit::{Browser, IdentityProvider, PASSWORD, World, each_database, identity_provider::Someone};

use super::{assert_turned_away, counts, go, start, with_google};
use crate::tables::count;

/// Who has the address here.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Local {
    Nobody,
    Somebody,
    TheOneSignedIn,
    Disabled,
}

const EMAIL: &str = "ann@example.test";

async fn browser_of(world: &World, local: Local) -> Browser {
    if local == Local::Nobody {
        return world.browser();
    }
    let user = world.person(EMAIL).await;
    let org = world.organization("anns").await;
    world.join(org, user, Role::Owner).await;
    match local {
        Local::TheOneSignedIn => world.signed_in(EMAIL).await,
        Local::Disabled => {
            world.store().set_user_active(user, false).await.unwrap();
            world.browser()
        }
        _ => world.browser(),
    }
}

/// What the provider says of the address: null leaves it out.
fn said(verified: &Value) -> Someone {
    let ann = Someone::new("1").with("email", json!(EMAIL));
    if verified.is_null() { ann } else { ann.with("email_verified", verified.clone()) }
}

#[tokio::test]
async fn o05_an_identity_that_nobody_has() {
    each_database(|database| async {
        let url = database.url.clone();
        drop(database);
        for local in [Local::Nobody, Local::Somebody, Local::TheOneSignedIn, Local::Disabled] {
            for verified in [json!(true), json!(false), Value::Null, json!("true"), json!("false"), json!(1)] {
                let fresh = if url.starts_with("sqlite") {
                    testkit::Database::sqlite().await
                } else {
                    testkit::Database::postgres().await
                };
                let idp = IdentityProvider::start().await;
                let world = with_google(fresh, &idp).await;
                let browser = browser_of(&world, local).await;
                let before = counts(&world).await;
                let page = go(&browser, &idp, "google", &said(&verified)).await;
                let case = format!("{local:?}, {verified}");
                let want = match (local, &verified) {
                    (Local::Somebody | Local::TheOneSignedIn, Value::Bool(true)) => "/sign-in/link",
                    // False and absent: whether somebody has the address makes no difference.
                    (Local::Nobody, Value::Bool(true)) | (_, Value::Bool(false) | Value::Null) => "/sign-up/complete",
                    // Of another type, the token as a whole does not hold; who is disabled is nobody.
                    (Local::TheOneSignedIn, _) => "/account/sign-in-methods",
                    _ => "/sign-in",
                };
                assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some(want)), "{case}");
                let after = counts(&world).await;
                assert_eq!(after[..4], before[..4], "{case}: nothing is made or linked by coming back");
                assert_eq!(after[4], before[4], "{case}: and nobody is signed in");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn o05_a_proposal_links_only_after_the_password() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        browser_of(&world, Local::Somebody).await;
        let browser = world.browser();
        assert_eq!(go(&browser, &idp, "google", &said(&json!(true))).await.location(), Some("/sign-in/link"));
        let page = browser.get("/sign-in/link").await;
        assert!(page.body.contains("You already have an account") && page.body.contains(EMAIL), "{}", page.body);

        let wrong = browser.post("/api/auth/accept-link", &[("password", "not the password")]).await;
        assert_eq!(wrong.location(), Some("/sign-in/link"));
        assert!(browser.get("/sign-in/link").await.shows("form-error"));
        assert_eq!(counts(&world).await[3..], [0, 0]);
        // Whoever has no proposal gets nowhere with the right one.
        let bare = world.browser();
        let page = bare.post("/api/auth/accept-link", &[("password", PASSWORD)]).await;
        assert_turned_away(&bare, &page, "begin again").await;

        let right = browser.post("/api/auth/accept-link", &[("password", PASSWORD)]).await;
        assert_eq!(right.location(), Some("/"), "{}", right.body);
        assert_eq!(counts(&world).await[3..], [1, 1]);
        assert_eq!(browser.get("/o/anns").await.status, StatusCode::OK);
        assert_eq!(go(&world.browser(), &idp, "google", &said(&json!(true))).await.location(), Some("/"));
        world.work_off().await;
        let told = |letter: &Letter| matches!(letter, Letter::SignInMethodAdded { method, .. } if method == "Google");
        assert_eq!(world.mail.to(EMAIL).iter().filter(|letter| told(letter)).count(), 1);
        assert_eq!(count(&world, "audit_entries WHERE action = 'sign_in_method.link' AND outcome = 'done'").await, 1);
    })
    .await;
}

/// A proposal is for one account: signing in to another one links nothing, and neither does
/// signing in the ordinary way without having agreed.
#[tokio::test]
async fn o05_a_proposal_is_nobody_elses() {
    let idp = IdentityProvider::start().await;
    let world = with_google(testkit::Database::sqlite().await, &idp).await;
    browser_of(&world, Local::Somebody).await;
    world.team("globex").await;
    for email in ["owner@globex.test", EMAIL] {
        let browser = world.browser();
        go(&browser, &idp, "google", &said(&json!(true))).await;
        browser.sign_in(email).await;
        assert_eq!(counts(&world).await[3], 0, "{email}");
        assert_eq!(browser.get("/sign-in/link").await.status, StatusCode::GONE);
    }
    // And it ends.
    let browser = world.browser();
    go(&browser, &idp, "google", &said(&json!(true))).await;
    world.clock.advance(domain::Millis::minutes(15));
    let page = browser.post("/api/auth/accept-link", &[("password", PASSWORD)]).await;
    assert_turned_away(&browser, &page, "begin again").await;
    assert_eq!(counts(&world).await[3], 0);
}

/// An identity that is known signs in, whatever is said of its address; a disabled account
/// stays closed.
#[tokio::test]
async fn o05_an_identity_that_somebody_has() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let user = {
            let browser = browser_of(&world, Local::TheOneSignedIn).await;
            let address = start(&browser, "google", &[("link", "1")]).await;
            let page = browser.get(&idp.grant(&address, &said(&json!(true)))).await;
            assert_eq!(page.location(), Some("/account/sign-in-methods"));
            let email = domain::accounts::Email::parse(EMAIL).unwrap();
            world.store().find_user_by_email(&email).await.unwrap().unwrap().id
        };
        for verified in [json!(true), json!(false), Value::Null] {
            let page = go(&world.browser(), &idp, "google", &said(&verified)).await;
            assert_eq!(page.location(), Some("/"), "{verified}");
        }
        let nothing = go(&world.browser(), &idp, "google", &Someone::new("1")).await;
        assert_eq!(nothing.location(), Some("/"), "without an address");
        world.store().set_user_active(user, false).await.unwrap();
        let sessions = counts(&world).await[4];
        for verified in [json!(true), json!(false)] {
            let browser = world.browser();
            let page = go(&browser, &idp, "google", &said(&verified)).await;
            assert_turned_away(&browser, &page, "be used").await;
        }
        assert_eq!(counts(&world).await[4], sessions);
    })
    .await;
}
