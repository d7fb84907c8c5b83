//! A-16, O05: GitHub, which speaks OAuth 2 and no `OpenID` Connect, by the sandbox's strict one.

use std::collections::HashMap;

use reqwest::{Client, StatusCode, redirect::Policy};
use testkit::{Browser, IdentityProvider, PASSWORD, Page, World, each_database};
use url::Url;

use super::{assert_turned_away, counts, with_all};
use crate::tables::count;

async fn world(database: testkit::Database) -> World {
    let (google, microsoft) = (IdentityProvider::start().await, IdentityProvider::start().await);
    with_all(database, &google, &microsoft).await
}

/// Says yes there as somebody; where the browser is sent back to.
async fn grant(address: &str, login: &str) -> String {
    let address: Url = address.parse().unwrap();
    let mut fields: HashMap<String, String> = address.query_pairs().into_owned().collect();
    assert_eq!((fields["code_challenge_method"].as_str(), fields["state"].len()), ("S256", 43));
    fields.insert("login".to_owned(), login.to_owned());
    let mut page = address;
    page.set_query(None);
    let http = Client::builder().redirect(Policy::none()).build().unwrap();
    let reply = http.post(page).header("sec-fetch-site", "same-origin").form(&fields).send().await.unwrap();
    assert_eq!(reply.status(), StatusCode::SEE_OTHER);
    let back: Url = reply.headers()["location"].to_str().unwrap().parse().unwrap();
    format!("{}?{}", back.path(), back.query().unwrap())
}

async fn start(browser: &Browser) -> String {
    let page = browser.post("/auth/github/start", &[]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    page.location().unwrap().to_owned()
}

async fn go(browser: &Browser, login: &str) -> Page {
    browser.get(&grant(&start(browser).await, login).await).await
}

#[tokio::test]
async fn a16_the_primary_address_counts_when_it_is_verified() {
    each_database(|database| async {
        let world = world(database).await;
        for (login, email, asks) in [
            ("octo-vera", "vera@github.test", false),
            ("octo-sam", "sam@github.test", false),
            ("octo-uwe", "uwe@github.test", true),
            ("octo-nora", "", true),
        ] {
            let browser = world.browser();
            assert_eq!(go(&browser, login).await.location(), Some("/sign-up/complete"), "{login}");
            let page = browser.get("/sign-up/complete").await;
            assert_eq!(page.body.contains("name=\"email\""), asks, "{login}: {}", page.body);
            assert!(page.body.contains(email), "{login}");
        }
        assert_eq!(counts(&world).await, [0, 0, 0, 0, 0]);

        let browser = world.browser();
        go(&browser, "octo-vera").await;
        let form = [("name", "Vera"), ("organization", "Veras")];
        assert_eq!(browser.post("/api/auth/complete-sign-up", &form).await.location(), Some("/o/veras"));
        assert_eq!(go(&world.browser(), "octo-vera").await.location(), Some("/"));
        assert_eq!(count(&world, "identities WHERE provider = 'github' AND subject = '1001'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn o05_a_verified_address_that_has_an_account_is_a_proposal() {
    let world = world(testkit::Database::sqlite().await).await;
    world.team("acme").await;
    // One who has the owner's address unverified, and not as the primary one.
    let sam = world.browser();
    assert_eq!(go(&sam, "octo-sam").await.location(), Some("/sign-up/complete"));
    let owner = world.browser();
    assert_eq!(go(&owner, "octo-owner").await.location(), Some("/sign-in/link"));
    assert_eq!(owner.post("/api/auth/accept-link", &[("password", PASSWORD)]).await.location(), Some("/"));
    assert_eq!(owner.get("/o/acme").await.status, StatusCode::OK);
    assert_eq!(go(&world.browser(), "octo-owner").await.location(), Some("/"));
}

#[tokio::test]
async fn o02_an_injected_code_is_refused_by_github_too() {
    let world = world(testkit::Database::sqlite().await).await;
    let stolen = grant(&start(&world.browser()).await, "octo-vera").await;
    let code = |back: &str| back.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let attacker = world.browser();
    let own = grant(&start(&attacker).await, "octo-nora").await;
    let page = attacker.get(&own.replace(&code(&own), &code(&stolen))).await;
    assert_turned_away(&attacker, &page, "did not check out").await;
    // And a response that says it is from somewhere else.
    let other = world.browser();
    let back = grant(&start(&other).await, "octo-vera").await;
    let page = other.get(&format!("{back}&iss=https%3A%2F%2Fevil.example")).await;
    assert_turned_away(&other, &page, "did not check out").await;
    let no = world.browser();
    let page = no.get(&grant(&start(&no).await, "").await).await;
    assert_turned_away(&no, &page, "Nothing has changed").await;
    assert_eq!(counts(&world).await, [0, 0, 0, 0, 0]);
}
