//! One's own account: what one is called, and what a page says when there is nothing there.

use reqwest::StatusCode;
use testkit::{Browser, World, each_database};

async fn name_of(browser: &Browser) -> String {
    let page = browser.get("/account").await;
    assert_eq!(page.status, StatusCode::OK);
    let field = page.body.split("id=\"name\"").nth(1).unwrap();
    field.split("value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_name_is_changed_and_members_see_it() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let browser = world.signed_in("editor@acme.test").await;
        assert_eq!(name_of(&browser).await, "editor");
        let saved = browser.post("/api/account/change-profile", &[("name", "  Edda Söhne ")]).await;
        assert_eq!((saved.status, saved.location()), (StatusCode::SEE_OTHER, Some("/account")));
        let page = browser.get("/account").await;
        assert!(page.shows("flash") && page.body.contains("editor@acme.test"));
        assert_eq!(name_of(&browser).await, "Edda Söhne");
        let members = world.signed_in("viewer@acme.test").await.get("/o/acme/settings/members").await;
        assert!(members.body.contains("Edda Söhne"));
        // Only their own.
        assert_eq!(name_of(&world.signed_in("admin@acme.test").await).await, "admin");
    })
    .await;
}

#[tokio::test]
async fn a_name_that_cannot_be_shown_comes_back_with_words_beside_it() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let browser = world.signed_in("editor@acme.test").await;
        for (name, message) in [
            ("", "Enter your name."),
            ("   ", "Enter your name."),
            ("a\u{202e}b", "ordinary characters"),
            (&"x".repeat(81), "ordinary characters"),
        ] {
            let refused = browser.post("/api/account/change-profile", &[("name", name)]).await;
            assert_eq!((refused.status, refused.location()), (StatusCode::SEE_OTHER, Some("/account")));
            let page = browser.get("/account").await;
            assert!(page.shows("form-error") && page.body.contains(message), "{name:?}");
        }
        assert_eq!(name_of(&browser).await, "editor");
        assert_eq!(world.browser().post("/api/account/change-profile", &[("name", "x")]).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn the_overview_says_what_is_set_up() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let browser = world.signed_in("editor@acme.test").await;
        world.signed_in("editor@acme.test").await;
        let page = browser.get("/account").await;
        for words in ["editor@acme.test", "Password", "Off", "In 2 browsers", "Org acme"] {
            assert!(page.body.contains(&format!(">{words}")), "{words}: {}", page.body);
        }
        world.set_up_totp(&browser).await;
        let page = browser.get("/account").await;
        for words in ["Authenticator app", "In this browser only"] {
            assert!(page.body.contains(&format!(">{words}")), "{words}: {}", page.body);
        }
    })
    .await;
}

/// Whoever is signed in stays so on a page that isn't there, and for strangers it says nothing.
#[tokio::test]
async fn a_page_that_is_not_there_still_says_who_is_signed_in() {
    let world = World::on(testkit::Database::sqlite().await).await;
    world.team("acme").await;
    let browser = world.signed_in("owner@acme.test").await;
    for path in ["/nowhere", "/o/acme/nothing", "/account/nothing", "/o/unknown"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.shows("error-page") && page.body.contains("owner@acme.test"), "{path}");
    }
    let refused = browser.post("/api/nothing", &[]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
    assert!(refused.body.contains("owner@acme.test"));
    let page = world.browser().get("/nowhere").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(!page.body.contains("Sign out") && !page.body.contains("acme.test"));
}

#[tokio::test]
async fn somebody_without_an_organization_is_told_what_now() {
    let world = World::on(testkit::Database::sqlite().await).await;
    world.person("alone@acme.test").await;
    let page = world.signed_in("alone@acme.test").await.get("/").await;
    assert!(page.shows("no-organization") && page.body.contains("alone@acme.test"));
}
