//! O01 to O09, R04: signing in elsewhere, against providers that are
//! strict, and against one that lies when it is told to.

mod account_page;
mod broken_providers;
mod by_mail;
mod first_time;
mod flows;
mod github;
mod pre_hijack;
mod second_factor;
mod tokens;
mod truth_table;

use reqwest::StatusCode;
use testkit::{
    Browser, Database, IdentityProvider, Page, World,
    identity_provider::{CLIENT, SECRET, Someone},
};

use crate::tables::count;

/// A world whose Google is `provider`.
pub async fn with_google(database: Database, provider: &IdentityProvider) -> World {
    with(database, &provider.as_google(), provider).await
}

/// A world with a Google, a Microsoft and the sandbox's GitHub.
pub async fn with_all(database: Database, google: &IdentityProvider, microsoft: &IdentityProvider) -> World {
    let github =
        [("CLIENT_ID", "sandbox-client"), ("CLIENT_SECRET", "sandbox-secret"), ("BASE_URL", "{sandbox}/github")];
    let github = github.map(|(part, value)| (format!("PORTICO_GITHUB_{part}"), value.to_owned()));
    let settings: Vec<_> = google.as_google().into_iter().chain(microsoft.as_microsoft()).chain(github).collect();
    let world = with(database, &settings, google).await;
    microsoft.follow(&world.clock);
    world
}

async fn with(database: Database, settings: &[(String, String)], provider: &IdentityProvider) -> World {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let world = World::with_settings(database, &settings).await;
    provider.follow(&world.clock);
    world
}

/// Presses the button; where the browser is sent.
pub async fn start(browser: &Browser, provider: &str, fields: &[(&str, &str)]) -> String {
    let page = browser.post(&format!("/auth/{provider}/start"), fields).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let address = page.location().unwrap().to_owned();
    assert!(!address.contains(SECRET) && address.contains(CLIENT), "{address}");
    address
}

/// Presses the button, says yes there, and comes back.
pub async fn go(browser: &Browser, idp: &IdentityProvider, name: &str, someone: &Someone) -> Page {
    let address = start(browser, name, &[]).await;
    browser.get(&idp.grant(&address, someone)).await
}

/// Signs up by way of Google with an address that is vouched for.
pub async fn sign_up(world: &World, idp: &IdentityProvider, someone: &Someone, organization: &str) -> Browser {
    let browser = world.browser();
    let page = go(&browser, idp, "google", someone).await;
    assert_eq!(page.location(), Some("/sign-up/complete"), "{}", page.body);
    let form = [("name", "Ann Example"), ("organization", organization)];
    let page = browser.post("/api/auth/complete-sign-up", &form).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.location().unwrap().starts_with("/o/"), "{:?}", page.location());
    browser
}

/// Users, organisations, memberships, identities, sessions of somebody.
pub async fn counts(world: &World) -> [i64; 5] {
    [
        count(world, "users").await,
        count(world, "organizations").await,
        count(world, "memberships").await,
        count(world, "identities").await,
        count(world, "sessions WHERE user_id IS NOT NULL").await,
    ]
}

/// Refused, and told so at the place to begin again.
pub async fn assert_turned_away(browser: &Browser, page: &Page, words: &str) {
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    let address = page.location().unwrap().to_owned();
    assert!(["/sign-in", "/account/sign-in-methods"].contains(&&*address), "{address}");
    let told = browser.get(&address).await;
    assert!(told.shows("form-error") && told.body.contains(words), "{words}: {}", told.body);
}
