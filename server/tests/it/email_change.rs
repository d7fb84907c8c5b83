//! L06, R01, R04, P01: another e-mail address.

use domain::{Millis, accounts::throttle::MAILS_PER_EMAIL};
use reqwest::StatusCode;
use services::mail::Letter;
use testkit::{Browser, Database, PASSWORD, Page, World, each_database};

use crate::{
    letters::{link, newest, open, token, token_for},
    passwords::forgot,
    registration::CHOSEN,
    tables::{content, count, dump},
};

pub async fn ask(browser: &Browser, email: &str, password: &str) -> Page {
    browser.post("/api/account/change-email", &[("email", email), ("password", password)]).await
}

pub async fn finish(browser: &Browser, token: &str) -> Page {
    browser.post("/api/account/confirm-email", &[("token", token)]).await
}

#[tokio::test]
async fn l06_an_address_changes_when_the_new_mailbox_says_so_and_the_old_one_is_told() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let other = world.another_node().await;
        let (browser, elsewhere) = (world.signed_in("owner@acme.test").await, world.signed_in("owner@acme.test").await);
        forgot(&elsewhere, "owner@acme.test").await;
        let reset = token_for(&world, "owner@acme.test").await;
        for (email, password, words) in [
            ("new@acme.test", "", "Enter your password"),
            ("new@acme.test", "not my password", "That is not your password"),
            ("owner@ACME.test", PASSWORD, "That is your address already"),
            ("nobody", PASSWORD, "name@example.com"),
        ] {
            assert_eq!(ask(&browser, email, password).await.location(), Some("/account/email"));
            let page = browser.get("/account/email").await;
            assert!(page.body.contains(words), "{words}");
            assert!(page.body.contains(&format!("value=\"{email}\"")), "{email}");
        }
        assert_eq!(ask(&browser, " New@Acme.test ", PASSWORD).await.location(), Some("/account/email"));
        assert!(browser.get("/account/email").await.body.contains("We sent a mail to the new address"));
        let letter = newest(&world, "new@acme.test", "confirm_email_change").await;
        assert_eq!(count(&world, "users WHERE email = 'owner@acme.test'").await, 1, "nothing changed yet");

        // Nobody but the one who asked: not signed in, and somebody else who is.
        let stranger = open_signed_out(&world, link(&letter)).await;
        assert!(stranger.starts_with("/sign-in"), "{stranger}");
        let viewer = world.signed_in("viewer@acme.test").await;
        assert_eq!(finish(&viewer, &token(&letter)).await.status, StatusCode::GONE);
        assert_eq!(finish(&world.browser(), &token(&letter)).await.status, StatusCode::UNAUTHORIZED);

        let page = open(&browser, link(&letter)).await;
        assert!(page.body.contains("Confirm your new address") && page.body.contains("new@acme.test"));
        let done = finish(&browser, &token(&letter)).await;
        assert_eq!(done.location(), Some("/account/email"));
        assert!(done.cookies().iter().any(|cookie| cookie.starts_with("portico=")), "under a new id (S01)");
        let page = browser.get("/account/email").await;
        assert!(page.body.contains("Your address is changed") && page.body.contains("new@acme.test"));
        assert!(!page.body.contains("no longer good"));
        assert_eq!(
            elsewhere.on(&other.url).get("/o/acme").await.status,
            StatusCode::SEE_OTHER,
            "other browsers are out"
        );
        assert_eq!(finish(&browser, &token(&letter)).await.status, StatusCode::GONE, "once");
        let late = browser.post("/api/auth/reset-password", &[("token", &reset), ("password", CHOSEN)]).await;
        assert_eq!(late.status, StatusCode::GONE, "links to the old address are dead");
        let told = newest(&world, "owner@acme.test", "email_changed").await;
        let Letter::EmailChanged { new_email, .. } = told else { panic!("{told:?}") };
        assert_eq!(new_email, "new@acme.test");
        assert_eq!(world.browser().try_sign_in("owner@acme.test", PASSWORD).await.location(), Some("/sign-in"));
        assert_eq!(world.browser().try_sign_in("new@acme.test", PASSWORD).await.location(), Some("/"));
        for action in ["email.ask_change", "email.change"] {
            let done = format!("audit_entries WHERE action = '{action}' AND outcome = 'done'");
            assert_eq!(count(&world, &done).await, 1, "{action}");
        }
    })
    .await;
}

/// Where somebody who is not signed in is sent, by the link and the step after it.
async fn open_signed_out(world: &World, link: &str) -> String {
    let browser = world.browser();
    let path = link.strip_prefix(&world.node.url).unwrap();
    let step = browser.get(path).await;
    let next = step.location().unwrap().to_owned();
    let page = browser.get(&next).await;
    assert!(!page.location().unwrap().contains("token"));
    page.location().unwrap().to_owned()
}

#[tokio::test]
async fn p01_only_the_newest_change_is_open_and_it_dies_with_whatever_changes() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let browser = world.signed_in("owner@acme.test").await;
        ask(&browser, "one@acme.test", PASSWORD).await;
        let one = token_for(&world, "one@acme.test").await;
        ask(&browser, "two@acme.test", PASSWORD).await;
        let two = token_for(&world, "two@acme.test").await;
        assert_eq!(finish(&browser, &one).await.status, StatusCode::GONE);
        // Another password.
        let form = [("current", PASSWORD), ("password", CHOSEN)];
        assert_eq!(browser.post("/api/account/change-password", &form).await.location(), Some("/account/password"));
        assert_eq!(finish(&browser, &two).await.status, StatusCode::GONE);
        // An hour.
        ask(&browser, "three@acme.test", CHOSEN).await;
        let three = token_for(&world, "three@acme.test").await;
        world.clock.advance(Millis::hours(1));
        assert_eq!(finish(&browser, &three).await.status, StatusCode::GONE);
        // Somebody else got the address meanwhile.
        ask(&browser, "four@acme.test", CHOSEN).await;
        let four = token_for(&world, "four@acme.test").await;
        assert!(!dump(&world).await.contains(&four), "no table holds a usable token");
        world.person("four@acme.test").await;
        assert_eq!(finish(&browser, &four).await.status, StatusCode::GONE);
        assert_eq!(count(&world, "users WHERE email = 'owner@acme.test'").await, 1);
        assert_eq!(browser.get("/o/acme").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn t08_mails_to_a_new_address_are_counted() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let browser = world.signed_in("owner@acme.test").await;
    for _ in 0..MAILS_PER_EMAIL.attempts {
        ask(&browser, "new@acme.test", PASSWORD).await;
        assert!(browser.get("/account/email").await.shows("flash"));
    }
    ask(&browser, "new@acme.test", PASSWORD).await;
    assert!(browser.get("/account/email").await.body.contains("Too many attempts"));
    world.work_off().await;
    assert_eq!(world.mail.to("new@acme.test").len(), 5);
    assert_eq!(content(&world, "account_links").await.lines().count(), 1, "one change is open");
}
