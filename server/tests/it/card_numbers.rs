//! C-01, C-03: a card number that somebody types into a form of ours, whichever, is refused, kept nowhere
//! and in no log.

use reqwest::{Method, StatusCode};
use testkit::{Database, Page, World, each_database};

use crate::{actions::every_action, process::Process};

const CARD: &str = "4242 4242 4242 4242";

#[tokio::test(flavor = "multi_thread")]
async fn c01_a_card_number_in_any_field_of_any_form_is_refused_and_kept_nowhere() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        let before = crate::tables::dump(&world).await;
        for action in every_action() {
            for field in ["name", "email", "org", "body", "anything"] {
                let page = owner.post(action, &[("org", "acme"), (field, &format!("it is {CARD}, 12/30"))]).await;
                assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{action} {field}");
                assert!(page.body.contains("We never take card numbers here"), "{action} {field}: {}", page.body);
                assert!(!page.body.contains("4242"), "{action} {field}");
            }
            // As the name of a field, and in the address.
            assert_eq!(owner.post(action, &[(CARD, "1")]).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{action}");
            let there = format!("{action}?card=4242-4242-4242-4242");
            assert_eq!(
                owner.post(&there, &[("org", "acme")]).await.status,
                StatusCode::UNPROCESSABLE_ENTITY,
                "{action}"
            );
        }
        for path in ["/o/acme/projects?search=4242424242424242", "/o/4242424242424242", "/?q=5555555555554444"] {
            assert_eq!(owner.get(path).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        }
        assert_eq!(crate::tables::dump(&world).await, before, "nothing was written");
        // What only resembles one is none of our business.
        assert_ne!(
            owner.get("/o/acme/projects?search=4242424242424241").await.status,
            StatusCode::UNPROCESSABLE_ENTITY
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn c03_nothing_of_it_is_in_the_log_at_the_level_that_says_most() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let process = Process::serve(&world, &[("PORTICO_LOG", "trace")]).await;
    let browser = testkit::Browser::at(&process.url);
    browser.post("/api/auth/sign-in", &[("email", CARD), ("password", "4242424242424242")]).await;
    browser.get("/o/acme/settings/audit?search=4242+4242+4242+4242").await;
    let json = browser.request(Method::POST, "/api/auth/sign-in").header("content-type", "application/json");
    Page::of(json.body(r#"{"number":"4242424242424242","cvc":"987"}"#)).await;
    let hook = browser.request(Method::POST, "/webhooks/stripe").body(r#"{"card":"4242424242424242"}"#);
    Page::of(hook).await;
    let log = process.log();
    assert!(log.contains("a request with a card number was refused"), "{log}");
    let digits: String = log.chars().filter(char::is_ascii_digit).collect();
    assert!(!log.contains("4242") && !digits.contains("4242424242424242"), "the log has the number");
}
