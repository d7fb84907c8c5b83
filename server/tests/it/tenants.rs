//! Strangers learn nothing: an unknown organisation and a foreign one look the same.

use reqwest::StatusCode;
use testkit::{World, each_database};

/// What differs between any two replies: nonces. The address is in none of the words.
fn masked(body: &str, slug: &str) -> String {
    let mut text = body.replace(slug, "SLUG");
    while let Some(at) = text.find("nonce=\"") {
        let end = text[at + 7..].find('"').unwrap() + at + 8;
        text.replace_range(at..end, "NONCE");
    }
    while let Some(at) = text.find("crossorigin=\"") {
        let end = text[at + 13..].find('"').unwrap() + at + 14;
        text.replace_range(at..end, "CROSS");
    }
    text
}

#[tokio::test]
async fn t01_unknown_and_foreign_look_the_same() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        world.team("globex").await;
        let stranger = world.signed_in("owner@globex.test").await;
        for path in ["", "/settings", "/settings/members", "/settings/billing", "/settings/audit"] {
            let foreign = stranger.get(&format!("/o/acme{path}")).await;
            let unknown = stranger.get(&format!("/o/acmf{path}")).await;
            assert_eq!(foreign.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{path}");
            assert_eq!(masked(&foreign.body, "acme"), masked(&unknown.body, "acmf"), "{path}");
            assert!(!foreign.body.contains("Org acme"));
        }
        let (foreign, unknown) = (stranger.open_portal("acme").await, stranger.open_portal("acmf").await);
        assert_eq!(foreign.status, unknown.status);
        assert_eq!(masked(&foreign.body, "acme"), masked(&unknown.body, "acmf"));
    })
    .await;
}

#[tokio::test]
async fn without_a_session_every_page_of_an_organization_asks_to_sign_in() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        for org in ["acme", "nowhere"] {
            let page = world.browser().get(&format!("/o/{org}/settings/audit?page=1")).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER);
            let want = format!("/sign-in?next=%2Fo%2F{org}%2Fsettings%2Faudit%3Fpage%3D1");
            assert_eq!(page.location(), Some(want.as_str()));
        }
    })
    .await;
}
