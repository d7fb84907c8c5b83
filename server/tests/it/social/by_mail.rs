//! O05, R01, R04: where a provider vouches for no address, the mailbox does, in the browser
//! that asked.

use domain::Millis;
use reqwest::{Method, StatusCode};
use services::mail::Letter;
use testkit::{Browser, IdentityProvider, Page, World, each_database, identity_provider::Someone};

use super::{assert_turned_away, counts, go, sign_up, with_all};
use crate::masked::{assert_same_text, masked};
use crate::tables::count;

const EMAIL: &str = "mike@example.test";

async fn world(database: testkit::Database) -> (IdentityProvider, IdentityProvider, World) {
    let (google, microsoft) = (IdentityProvider::start().await, IdentityProvider::start().await);
    let world = with_all(database, &google, &microsoft).await;
    (google, microsoft, world)
}

/// Comes back from Microsoft and asks for a mail to an address.
async fn ask(world: &World, idp: &IdentityProvider, someone: &Someone, email: &str) -> (Browser, Page) {
    let browser = world.browser();
    let page = go(&browser, idp, "microsoft", someone).await;
    assert_eq!(page.location(), Some("/sign-up/complete"));
    assert!(browser.get("/sign-up/complete").await.body.contains("name=\"email\""));
    let form = [("name", "Mike"), ("organization", "Mikes"), ("email", email)];
    let page = browser.post("/api/auth/complete-sign-up", &form).await;
    (browser, page)
}

/// Path and query of the link in the newest mail that has one.
fn link(world: &World, to: &str) -> String {
    let links = world.mail.to(to).into_iter().filter_map(|letter| match letter {
        Letter::ConfirmRegistration { link, .. } => Some(link),
        _ => None,
    });
    let link = links.last().unwrap();
    link[link.find("/auth/").unwrap()..].to_owned()
}

#[tokio::test]
async fn a02_an_address_that_nobody_vouches_for_is_confirmed_by_mail() {
    each_database(|database| async {
        let (_google, microsoft, world) = world(database).await;
        let mike = Someone::new("1").with("email", EMAIL.into());
        let (browser, page) = ask(&world, &microsoft, &mike, EMAIL).await;
        assert_eq!(page.location(), Some("/sign-up/complete"));
        assert!(browser.get("/sign-up/complete").await.shows("mail-sent"));
        assert_eq!(counts(&world).await, [0, 0, 0, 0, 0], "nothing yet");
        world.work_off().await;
        let link = link(&world, EMAIL);

        // Looked at elsewhere, as mail scanners do, and by HEAD.
        let elsewhere = world.browser().get(&link).await;
        assert_eq!(elsewhere.status, StatusCode::GONE);
        assert_eq!(Page::of(browser.request(Method::HEAD, &link)).await.status, StatusCode::GONE);
        let wrong = format!("{}x", &link[..link.len() - 1]);
        assert_eq!(browser.get(&wrong).await.status, StatusCode::GONE);
        // Nor does the form make anything before the link was opened: it asks once more.
        let early = [("name", "Mike"), ("organization", "Mikes"), ("email", "")];
        browser.post("/api/auth/complete-sign-up", &early).await;
        assert_eq!(counts(&world).await, [0, 0, 0, 0, 0]);

        let page = browser.get(&link).await;
        assert_eq!(
            (page.status, page.location()),
            (StatusCode::SEE_OTHER, Some("/sign-up/complete")),
            "without the token"
        );
        let form = browser.get("/sign-up/complete").await;
        assert!(form.body.contains("value=\"Mikes\"") && !form.body.contains("name=\"email\""), "{}", form.body);
        let form = [("name", "Mike"), ("organization", "Mikes"), ("email", "other@example.test")];
        assert_eq!(browser.post("/api/auth/complete-sign-up", &form).await.location(), Some("/o/mikes"));
        assert_eq!(counts(&world).await, [1, 1, 1, 1, 1]);
        assert_eq!(count(&world, &format!("users WHERE email = '{EMAIL}'")).await, 1, "the confirmed one");
        assert_eq!(browser.get(&link).await.status, StatusCode::GONE, "once");
        assert_eq!(go(&world.browser(), &microsoft, "microsoft", &mike).await.location(), Some("/"));
    })
    .await;
}

/// R01: an address that somebody has gets the same answer; only its mailbox is told.
#[tokio::test]
async fn r01_whether_somebody_has_the_address_is_said_in_the_mail_only() {
    each_database(|database| async {
        let (_google, microsoft, world) = world(database).await;
        world.person("known@example.test").await;
        let before = counts(&world).await;
        let mut answers = Vec::new();
        for email in ["known@example.test", "nobody@example.test"] {
            let (browser, page) = ask(&world, &microsoft, &Someone::new("1"), email).await;
            let shown = browser.get("/sign-up/complete").await;
            assert!(shown.shows("mail-sent"));
            answers.push([&page, &shown].map(|reply| masked(reply, &[email])).join("\n\n"));
        }
        assert_same_text("asked", &answers[0], &answers[1]);
        world.work_off().await;
        assert!(matches!(world.mail.last_to("known@example.test"), Letter::AlreadyRegistered { .. }));
        assert!(matches!(world.mail.last_to("nobody@example.test"), Letter::ConfirmRegistration { .. }));
        assert_eq!(counts(&world).await, before);
    })
    .await;
}

/// Classic-federated merge and trojan identifier: the attacker's identity with the victim's
/// address. The victim opens the link, signs up in their own way, resets: the identity is
/// nowhere in their account.
#[tokio::test]
async fn r04_a_link_that_somebody_elses_identity_asked_for_gives_them_nothing() {
    each_database(|database| async {
        let (google, microsoft, world) = world(database).await;
        let evil = Someone::new("evil");
        let (attacker, _) = ask(&world, &microsoft, &evil, EMAIL).await;
        world.work_off().await;
        let victim = world.browser();
        assert_eq!(victim.get(&link(&world, EMAIL)).await.status, StatusCode::GONE, "the victim's click does nothing");
        assert_eq!(counts(&world).await, [0, 0, 0, 0, 0]);

        sign_up(&world, &google, &Someone::verified("mike", EMAIL), "Mikes").await;
        // Whoever finishes later finds it taken, with the link or without.
        for path in [link(&world, EMAIL).as_str(), "/auth/microsoft/confirm?token=guessed", "/auth/microsoft/confirm"] {
            attacker.get(path).await;
            let form = [("name", "Evil"), ("organization", "Evil"), ("email", EMAIL)];
            attacker.post("/api/auth/complete-sign-up", &form).await;
            assert_eq!(counts(&world).await[..4], [1, 1, 1, 1]);
        }
        let again = go(&world.browser(), &microsoft, "microsoft", &evil).await;
        assert_eq!(again.location(), Some("/sign-up/complete"), "still nobody");
        assert_eq!(count(&world, "identities WHERE provider = 'google'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn l02_mails_are_counted_and_the_link_ends() {
    let (_google, microsoft, world) = world(testkit::Database::sqlite().await).await;
    let (browser, _) = ask(&world, &microsoft, &Someone::new("1"), EMAIL).await;
    let form = [("name", "Mike"), ("organization", "Mikes"), ("email", EMAIL)];
    let mut refused = false;
    for _ in 0..20 {
        browser.post("/api/auth/complete-sign-up", &form).await;
        refused |= browser.get("/sign-up/complete").await.body.contains("Too many attempts");
    }
    assert!(refused);
    world.work_off().await;
    assert!(world.mail.to(EMAIL).len() <= 5, "{}", world.mail.to(EMAIL).len());
    world.clock.advance(Millis::hours(24));
    assert_eq!(browser.get(&link(&world, EMAIL)).await.status, StatusCode::GONE);
    let page = browser.post("/api/auth/complete-sign-up", &form).await;
    assert_turned_away(&browser, &page, "begin again").await;
}
