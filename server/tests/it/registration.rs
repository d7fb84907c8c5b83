//! B-01, R01 to R04, P03, L04, C03: signing up.

use domain::{Millis, accounts::throttle::MAILS_PER_EMAIL};
use reqwest::{Method, StatusCode};
use services::mail::Letter;
use testkit::{Browser, Database, Page, World, each_database};

use crate::{
    html::Document,
    letters::{link, open, token, token_for},
    tables::{count, dump},
};

pub const CHOSEN: &str = "seven green doors";

pub async fn sign_up_as(browser: &Browser, email: &str, password: &str) -> Page {
    let form = [("name", "Ann Example"), ("email", email), ("organization", "Example Works"), ("password", password)];
    browser.post("/api/auth/sign-up", &form).await
}

pub async fn confirm(browser: &Browser, token: &str, password: &str) -> Page {
    browser.post("/api/auth/confirm-registration", &[("token", token), ("password", password)]).await
}

/// The page that a refused form leads back to.
pub async fn form_after(browser: &Browser, refused: &Page, page: &str) -> Page {
    assert_eq!((refused.status, refused.location()), (StatusCode::SEE_OTHER, Some(page)));
    browser.get(page).await
}

/// The hidden token of a page's form.
fn hidden_token(page: &Page) -> String {
    let document = Document::parse(&page.body);
    let value = |element: &crate::html::Element, name: &str| {
        element.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.clone())
    };
    let field = document.elements.iter().find(|element| value(element, "name").as_deref() == Some("token"));
    value(field.expect("a form with the token"), "value").unwrap()
}

#[tokio::test]
async fn a17_signing_up_makes_a_person_an_organization_and_its_owner_when_the_mailbox_says_so() {
    each_database(|database| async {
        let world = World::on(database).await;
        let browser = world.browser();
        assert_eq!(browser.get("/sign-up").await.status, StatusCode::OK);
        let sent = sign_up_as(&browser, "Ann@Example.test", CHOSEN).await;
        let waiting = form_after(&browser, &sent, "/sign-up/check-mail").await;
        assert!(waiting.body.contains("ann@example.test"));
        for table in ["users", "organizations", "memberships", "outbox WHERE kind = 'create_customer'"] {
            assert_eq!(count(&world, table).await, 0, "{table}: nothing exists yet");
        }
        world.work_off().await;
        let letter = world.mail.last_to("ann@example.test");
        let Letter::ConfirmRegistration { name, organization, .. } = &letter else { panic!("{letter:?}") };
        assert_eq!((name.as_str(), organization.as_str()), ("Ann Example", "Example Works"));

        // In another browser, as on a phone.
        let phone = world.browser();
        let page = open(&phone, link(&letter)).await;
        assert!(page.body.contains("ann@example.test"));
        let wrong = confirm(&phone, &hidden_token(&page), "another password").await;
        let again = form_after(&phone, &wrong, "/verify-email").await;
        assert!(again.body.contains("That is not your password"));
        assert_eq!(count(&world, "users").await, 0);
        let done = confirm(&phone, &hidden_token(&again), CHOSEN).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, Some("/o/example-works")));
        let home = phone.get("/o/example-works").await;
        assert_eq!(home.status, StatusCode::OK);
        assert!(home.body.contains("Example Works"));

        assert_eq!(count(&world, "users WHERE email = 'ann@example.test' AND status = 'active'").await, 1);
        assert_eq!(count(&world, "organizations WHERE slug = 'example-works'").await, 1);
        assert_eq!(count(&world, "memberships WHERE role = 'Owner'").await, 1);
        assert_eq!(count(&world, "outbox WHERE kind = 'create_customer'").await, 1);
        assert_eq!(count(&world, "registrations").await, 0);
        for action in ["account.sign_up", "account.create"] {
            let done = format!("audit_entries WHERE action = '{action}' AND outcome = 'done'");
            assert_eq!(count(&world, &done).await, 1, "{action}");
        }
        assert!(browser.get("/o/example-works").await.location().is_some(), "the first browser is not signed in by it");
        phone.sign_out().await;
        assert_eq!(phone.try_sign_in("ann@example.test", CHOSEN).await.location(), Some("/"));
    })
    .await;
}

#[tokio::test]
async fn p03_looking_at_the_link_uses_nothing_up_and_it_works_once() {
    each_database(|database| async {
        let world = World::on(database).await;
        sign_up_as(&world.browser(), "ann@example.test", CHOSEN).await;
        let token = token_for(&world, "ann@example.test").await;
        let before = dump(&world).await;
        for _ in 0..10 {
            for method in [Method::HEAD, Method::GET] {
                // Without following, and following.
                let scanner = world.browser();
                let step = Page::of(scanner.request(method.clone(), &format!("/verify-email?token={token}"))).await;
                assert_eq!((step.status, step.location()), (StatusCode::SEE_OTHER, Some("/verify-email")));
                let cookie = step.cookies()[0].to_owned();
                for part in ["portico_link=", "HttpOnly", "SameSite=Strict", "Path=/"] {
                    assert!(cookie.contains(part), "{part}: {cookie}");
                }
                assert_eq!(step.headers["referrer-policy"], "same-origin");
                let page = Page::of(scanner.request(method, "/verify-email")).await;
                assert_eq!(page.status, StatusCode::OK);
                assert_eq!(page.headers["cache-control"], "no-store");
            }
        }
        assert_eq!(dump(&world).await, before, "nothing was written for it");
        let browser = world.browser();
        assert_eq!(confirm(&browser, &token, CHOSEN).await.location(), Some("/o/example-works"));
        let again = confirm(&world.browser(), &token, CHOSEN).await;
        assert_eq!(again.status, StatusCode::GONE);
        assert!(again.body.contains("no longer good") && again.cookies().is_empty());
        let shown = world.browser();
        shown.get(&format!("/verify-email?token={token}")).await;
        assert_eq!(shown.get("/verify-email").await.status, StatusCode::GONE);
    })
    .await;
}

#[tokio::test]
async fn p03_a_link_that_was_never_good_is_told_so() {
    let world = World::on(Database::sqlite().await).await;
    let long = "x".repeat(2_000);
    for token in ["", "x", "../..", "%00", "%0d%0aSet-Cookie:x=1", &"A".repeat(43), &long] {
        let browser = world.browser();
        let step = browser.get(&format!("/verify-email?token={token}")).await;
        assert_eq!((step.status, step.location()), (StatusCode::SEE_OTHER, Some("/verify-email")), "{token}");
        assert_eq!(browser.get("/verify-email").await.status, StatusCode::GONE, "{token}");
        assert_eq!(confirm(&browser, token, CHOSEN).await.status, StatusCode::GONE, "{token}");
    }
    assert_eq!(world.browser().get("/sign-up/check-mail").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn p01_a_registration_runs_out_after_a_day() {
    each_database(|database| async {
        let world = World::on(database).await;
        let browser = world.browser();
        sign_up_as(&browser, "ann@example.test", CHOSEN).await;
        let token = token_for(&world, "ann@example.test").await;
        world.clock.advance(Millis(Millis::hours(24).0 - 1));
        assert_eq!(
            confirm(&world.browser(), &token, "wrong password").await.status,
            StatusCode::SEE_OTHER,
            "just good"
        );
        world.clock.advance(Millis(1));
        assert_eq!(confirm(&world.browser(), &token, CHOSEN).await.status, StatusCode::GONE);
        assert_eq!(browser.post("/api/auth/resend-confirmation", &[]).await.status, StatusCode::GONE);
        assert_eq!(count(&world, "users").await, 0);
        world.store().delete_dead_registrations(world.now()).await.unwrap();
        assert_eq!(count(&world, "registrations").await, 0);
    })
    .await;
}

#[tokio::test]
async fn p01_no_table_holds_a_usable_token_or_password() {
    each_database(|database| async {
        let world = World::on(database).await;
        sign_up_as(&world.browser(), "ann@example.test", CHOSEN).await;
        let waiting = dump(&world).await;
        let token = token_for(&world, "ann@example.test").await;
        let browser = world.browser();
        browser.get(&format!("/verify-email?token={token}")).await;
        browser.get("/verify-email").await;
        let opened = dump(&world).await;
        confirm(&browser, &token, "not this one").await;
        let refused = dump(&world).await;
        confirm(&browser, &token, CHOSEN).await;
        for (when, text) in
            [("waiting", waiting), ("opened", opened), ("refused", refused), ("done", dump(&world).await)]
        {
            assert!(!text.contains(&token), "{when}");
            assert!(!text.contains(CHOSEN) && !text.contains("not this one"), "{when}");
        }
    })
    .await;
}

#[tokio::test]
async fn r02_spellings_of_one_address_are_one_and_what_is_none_is_refused() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.person("ann@acme.test").await;
        for typed in ["ANN@acme.test", " ann@Acme.Test\t", "ann＠acme.test", "Ａnn@acme.test"] {
            world.clock.advance(MAILS_PER_EMAIL.window);
            let browser = world.browser();
            let sent = sign_up_as(&browser, typed, CHOSEN).await;
            assert_eq!(sent.location(), Some("/sign-up/check-mail"), "{typed:?}");
        }
        for typed in [
            "a@b@acme.test",
            "ann@acme.test@evil.test",
            "ann＠evil.test@acme.test",
            "ann@acme.test.",
            "ann@acme.test\r\nBcc: eve@evil.test",
            "ann@acme.test, eve@evil.test",
            "ann@acme.test\u{200b}",
            "\"ann@evil.test\"@acme.test",
            "ann",
            "",
        ] {
            let browser = world.browser();
            let refused = sign_up_as(&browser, typed, CHOSEN).await;
            let page = form_after(&browser, &refused, "/sign-up").await;
            assert!(page.shows("form-error") && page.body.contains("aria-describedby=\"email-error\""), "{typed:?}");
        }
        world.work_off().await;
        let to: Vec<String> = world.mail.all().into_iter().map(|envelope| envelope.to).collect();
        assert_eq!(to, ["ann@acme.test"; 4], "and no mail to anybody else");
        assert_eq!(count(&world, "users").await, 1);
        assert!(world.mail.all().iter().all(|envelope| envelope.letter.name() == "already_registered"));
    })
    .await;
}

/// R03: fifty registrations of one address, all confirmed at once on two nodes.
#[tokio::test(flavor = "multi_thread")]
async fn r03_of_fifty_registrations_of_one_address_one_becomes_an_account() {
    each_database(|database| async {
        let world = World::on(database).await;
        let other = world.another_node().await;
        let bases = [world.node.url.clone(), other.url.clone()];
        for _ in 0..10 {
            world.clock.advance(MAILS_PER_EMAIL.window);
            let five = (0..5).map(|n| {
                let browser = Browser::at(&bases[n % 2]);
                tokio::spawn(async move { sign_up_as(&browser, "ann@example.test", CHOSEN).await.status })
            });
            for one in five.collect::<Vec<_>>() {
                assert_eq!(one.await.unwrap(), StatusCode::SEE_OTHER);
            }
        }
        world.work_off().await;
        let tokens: Vec<String> = world.mail.to("ann@example.test").iter().map(token).collect();
        assert_eq!((tokens.len(), count(&world, "registrations").await), (50, 50));
        let redeemed: Vec<_> = tokens
            .into_iter()
            .enumerate()
            .map(|(n, token)| {
                let browser = Browser::at(&bases[n % 2]);
                tokio::spawn(async move { confirm(&browser, &token, CHOSEN).await })
            })
            .collect();
        let mut in_at_once = 0;
        for one in redeemed {
            let page = one.await.unwrap();
            if page.status == StatusCode::SEE_OTHER {
                assert_eq!(page.location(), Some("/o/example-works"));
                in_at_once += 1;
            } else {
                assert_eq!(page.status, StatusCode::GONE);
            }
        }
        assert_eq!(in_at_once, 1);
        for table in ["users", "organizations", "memberships", "outbox WHERE kind = 'create_customer'"] {
            assert_eq!(count(&world, table).await, 1, "{table}");
        }
        assert_eq!(count(&world, "registrations").await, 0);
        assert!(world.provider.customers().await.is_empty(), "nobody waited for the provider");
        world.work_off().await;
        assert_eq!(world.provider.customers().await.len(), 1);
    })
    .await;
}

/// Of one name, at once, on two nodes: each has an address of its own.
#[tokio::test(flavor = "multi_thread")]
async fn f10_twenty_organizations_of_one_name_get_twenty_slugs() {
    each_database(|database| async {
        let world = World::on(database).await;
        let other = world.another_node().await;
        let bases = [world.node.url.clone(), other.url.clone()];
        let emails: Vec<String> = (0..20).map(|n| format!("ann{n}@example.test")).collect();
        for email in &emails {
            assert_eq!(sign_up_as(&world.browser(), email, CHOSEN).await.location(), Some("/sign-up/check-mail"));
        }
        world.work_off().await;
        let confirmed: Vec<_> = emails
            .iter()
            .enumerate()
            .map(|(n, email)| {
                let (browser, token) = (Browser::at(&bases[n % 2]), token(&world.mail.last_to(email)));
                tokio::spawn(async move {
                    let done = confirm(&browser, &token, CHOSEN).await;
                    let home = done.location().unwrap().to_owned();
                    assert_eq!(browser.get(&home).await.status, StatusCode::OK, "{home}");
                    home
                })
            })
            .collect();
        let mut homes = Vec::new();
        for one in confirmed {
            homes.push(one.await.unwrap());
        }
        homes.sort_unstable();
        homes.dedup();
        assert_eq!(homes.len(), 20, "{homes:?}");
        assert!(homes.contains(&"/o/example-works".to_owned()) && homes.contains(&"/o/example-works-2".to_owned()));
        assert_eq!(count(&world, "outbox WHERE kind = 'create_customer'").await, 20);
    })
    .await;
}

#[tokio::test]
async fn s01_an_id_planted_before_confirming_opens_nothing() {
    let world = World::on(Database::sqlite().await).await;
    let attackers = world.browser();
    let waiting = sign_up_as(&attackers, "attacker@example.test", CHOSEN).await;
    let session = |page: &Page| {
        let cookies = page.cookies();
        let cookie = cookies.iter().find_map(|cookie| cookie.strip_prefix("portico=")).unwrap();
        cookie.split(';').next().unwrap().to_owned()
    };
    let planted = session(&waiting);
    sign_up_as(&world.browser(), "ann@example.test", CHOSEN).await;
    let token = token_for(&world, "ann@example.test").await;
    let form = Browser::at(&world.node.url)
        .form("/api/auth/confirm-registration", &[("token", token.as_str()), ("password", CHOSEN)])
        .header("cookie", format!("portico={planted}"));
    let done = Page::of(form).await;
    assert_eq!(done.location(), Some("/o/example-works"));
    assert_ne!(session(&done), planted);
    let attacker = Browser::at(&world.node.url)
        .request(Method::GET, "/o/example-works")
        .header("cookie", format!("portico={planted}"));
    assert_eq!(Page::of(attacker).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn l04_the_password_is_judged_and_the_form_comes_back_with_the_rest() {
    let world = World::on(Database::sqlite().await).await;
    let long = "seven green doors ".repeat(8);
    for (password, words) in [
        ("", "Choose a password"),
        ("7 chars", "at least 8 characters"),
        ("password1", "first passwords somebody would try"),
        ("aaaaaaaaaaaa", "first passwords somebody would try"),
        ("exampleworks", "has your name, address or organization"),
        ("Ann Example!", "has your name, address or organization"),
        (&"a".repeat(1_025), "longer than we can keep"),
        (&long[..64], ""),
        (&long[..128], ""),
        ("ëìňş plüm", ""),
    ] {
        world.clock.advance(MAILS_PER_EMAIL.window);
        let browser = world.browser();
        let sent = sign_up_as(&browser, "ann@example.test", password).await;
        if words.is_empty() {
            assert_eq!(sent.location(), Some("/sign-up/check-mail"), "{password}");
            let token = token_for(&world, "ann@example.test").await;
            // Every byte of it counts.
            let cut: String = password.chars().take(password.chars().count() - 1).collect();
            assert_eq!(confirm(&browser, &token, &cut).await.location(), Some("/verify-email"));
            continue;
        }
        let page = form_after(&browser, &sent, "/sign-up").await;
        assert!(page.body.contains(words), "{password}");
        assert!(page.body.contains("aria-describedby=\"password-hint password-error\""), "{password}");
        for kept in ["Ann Example", "ann@example.test", "Example Works"] {
            assert!(page.body.contains(&format!("value=\"{kept}\"")), "{kept}");
        }
        assert!(password.is_empty() || !page.body.contains(&format!("value=\"{password}\"")));
    }
    // Two that differ in byte 73 only.
    let (one, two) = (format!("{}b", &long[..72]), format!("{}c", &long[..72]));
    world.clock.advance(MAILS_PER_EMAIL.window);
    sign_up_as(&world.browser(), "bob@example.test", &one).await;
    let token = token_for(&world, "bob@example.test").await;
    assert_eq!(confirm(&world.browser(), &token, &two).await.location(), Some("/verify-email"));
    assert_eq!(confirm(&world.browser(), &token, &one).await.location(), Some("/o/example-works"));
}

#[tokio::test]
async fn every_field_that_is_wrong_is_said_at_once_beside_it() {
    let world = World::on(Database::sqlite().await).await;
    let browser = world.browser();
    let form = [("name", "a\u{202e}b"), ("email", "nobody"), ("organization", " "), ("password", "short")];
    let refused = browser.post("/api/auth/sign-up", &form).await;
    let page = form_after(&browser, &refused, "/sign-up").await;
    for field in ["name", "email", "organization", "password"] {
        assert!(page.body.contains(&format!("id=\"{field}-error\"")), "{field}");
    }
    assert!(page.body.contains("value=\"nobody\""));
    assert_eq!(count(&world, "registrations").await + count(&world, "outbox").await, 0);
}
