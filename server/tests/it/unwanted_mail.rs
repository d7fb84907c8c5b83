//! T08, L02, C03: how much mail strangers can make us send, to whom, and what they can write into it.

use domain::accounts::throttle::{MAILS_PER_ADDRESS, MAILS_PER_EMAIL, PER_ACCOUNT};
use reqwest::{Method, StatusCode};
use services::mail::Letter;
use testkit::{Browser, Database, Page, World, each_database};

use crate::{
    letters::token_for,
    registration::{CHOSEN, confirm, form_after, sign_up_as},
    tables::{count, dump},
};

#[tokio::test(flavor = "multi_thread")]
async fn t08_mails_to_one_mailbox_and_from_one_address_are_counted_exactly() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.person("known@example.test").await;
        let other = world.another_node().await;
        let bases = [world.node.url.clone(), other.url.clone()];
        // With an account and without: the same number gets through.
        for email in ["fresh@example.test", "known@example.test"] {
            let many: Vec<_> = (0..12)
                .map(|n| {
                    let browser = Browser::at(&bases[n % 2]);
                    tokio::spawn(async move {
                        let sent = sign_up_as(&browser, email, CHOSEN).await;
                        let page = sent.location().unwrap().to_owned();
                        (page == "/sign-up" && browser.get(&page).await.body.contains("Too many attempts"), page)
                    })
                })
                .collect();
            let (mut sent, mut told) = (0, 0);
            for one in many {
                let (throttled, page) = one.await.unwrap();
                told += u32::from(throttled);
                sent += u32::from(page == "/sign-up/check-mail");
            }
            assert_eq!((sent, told), (MAILS_PER_EMAIL.attempts, 12 - MAILS_PER_EMAIL.attempts), "{email}");
        }
        world.work_off().await;
        assert_eq!(world.mail.to("fresh@example.test").len(), 5);
        // The address's own limit, whoever they are for.
        for n in 24..MAILS_PER_ADDRESS.attempts {
            let window = MAILS_PER_ADDRESS.window_start(world.now());
            let subject = "mail-from:address:127.0.0.1";
            assert_eq!(world.store().count_attempt(subject, window).await.unwrap(), n + 1);
        }
        let rows = count(&world, "outbox").await;
        for action in ["/api/auth/sign-up", "/api/auth/forgot-password"] {
            let flooded = world.browser().post(action, &[("email", "new@example.test")]).await;
            assert_eq!(flooded.status, StatusCode::TOO_MANY_REQUESTS, "{action}");
            assert!(flooded.headers.contains_key("retry-after"));
        }
        assert_eq!(count(&world, "outbox").await, rows);
        world.clock.advance(MAILS_PER_ADDRESS.window);
        let later = sign_up_as(&world.browser(), "fresh@example.test", CHOSEN).await;
        assert_eq!(later.location(), Some("/sign-up/check-mail"), "and never for good");
    })
    .await;
}

#[tokio::test]
async fn l02_guessing_the_password_of_a_registration_is_throttled() {
    let world = World::on(Database::sqlite().await).await;
    sign_up_as(&world.browser(), "ann@example.test", CHOSEN).await;
    let token = token_for(&world, "ann@example.test").await;
    for _ in 0..PER_ACCOUNT.attempts {
        assert_eq!(confirm(&world.browser(), &token, "a guess of many").await.location(), Some("/verify-email"));
    }
    let browser = world.browser();
    browser.get(&format!("/verify-email?token={token}")).await;
    let locked = confirm(&browser, &token, CHOSEN).await;
    assert!(form_after(&browser, &locked, "/verify-email").await.body.contains("Too many attempts"));
    world.clock.advance(PER_ACCOUNT.window);
    assert_eq!(confirm(&browser, &token, CHOSEN).await.location(), Some("/o/example-works"));
}

/// T08: what a stranger typed does not become a link in a mail of ours.
#[tokio::test]
async fn t08_a_mail_repeats_nothing_that_could_become_a_link() {
    let world = World::on(Database::sqlite().await).await;
    let form = [
        ("name", "You won! https://evil.example"),
        ("email", "victim@example.test"),
        ("organization", "evil.example"),
        ("password", CHOSEN),
    ];
    world.browser().post("/api/auth/sign-up", &form).await;
    world.work_off().await;
    let letter = world.mail.last_to("victim@example.test");
    let Letter::ConfirmRegistration { name, organization, link } = letter else { panic!("{letter:?}") };
    assert!(!format!("{name} {organization} {link}").contains("evil"), "{name} {organization}");
}

/// C03: what sends mail needs no cookie, and is checked all the same.
#[tokio::test]
async fn c03_another_site_makes_us_send_no_mail() {
    let world = World::on(Database::sqlite().await).await;
    world.person("owner@acme.test").await;
    let form =
        [("name", "Ann"), ("email", "owner@acme.test"), ("organization", "Acme"), ("password", CHOSEN), ("token", "x")];
    let before = dump(&world).await;
    for action in ["sign-up", "resend-confirmation", "confirm-registration", "forgot-password", "reset-password"] {
        for (origin, site) in [
            (Some("https://evil.example"), Some("cross-site")),
            (Some("null"), Some("cross-site")),
            (None, Some("cross-site")),
            (None, None),
            (Some(world.node.url.as_str()), Some("same-site")),
        ] {
            let mut request = world.browser().request(Method::POST, &format!("/api/auth/{action}")).form(&form);
            for (name, value) in [("origin", origin), ("sec-fetch-site", site)] {
                request = value.into_iter().fold(request, |request, value| request.header(name, value));
            }
            assert_eq!(Page::of(request).await.status, StatusCode::FORBIDDEN, "{action} {origin:?} {site:?}");
        }
    }
    assert_eq!(dump(&world).await, before);
    world.work_off().await;
    assert!(world.mail.all().is_empty());
}
