//! B-01, R01 to R04, P03, L04, C03: signing up.

use domain::{
    Millis,
    accounts::throttle::{MAILS_PER_ADDRESS, MAILS_PER_EMAIL, PER_ACCOUNT},
};
use reqwest::{Method, StatusCode};
use services::mail::Letter;
use testkit::{Browser, Database, Page, World, each_database};

use crate::{
    html::Document,
    letters::{link, open, token, token_for},
    masked::{assert_same_text, masked},
    tables::{count, dump},
    timing::{alike, assert_alike, sample},
};

pub const CHOSEN: &str = "seven green doors";

pub async fn sign_up_as(browser: &Browser, email: &str, password: &str) -> Page {
    let form =
        [("name", "Ann Example"), ("email", email), ("organization", "Example Works"), ("password", password)];
    browser.post("/api/auth/sign-up", &form).await
}

pub async fn confirm(browser: &Browser, token: &str, password: &str) -> Page {
    browser.post("/api/auth/confirm-registration", &[("token", token), ("password", password)]).await
}

/// The page that a refused form leads back to.
async fn form_after(browser: &Browser, refused: &Page, page: &str) -> Page {
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
        assert_eq!(confirm(&world.browser(), &token, "wrong password").await.status, StatusCode::SEE_OTHER, "just good");
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

/// R01: three people who are there, one who is not: one answer, byte for byte, and one page after it.
#[tokio::test]
async fn r01_signing_up_does_not_tell_whether_there_is_an_account() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.person("owner@acme.test").await;
        let disabled = world.person("gone2@acme.test").await;
        world.store().set_user_active(disabled, false).await.unwrap();
        let mut answers = Vec::new();
        for email in ["fresh@acme.test", "owner@acme.test", "gone2@acme.test"] {
            let browser = world.browser();
            let sent = sign_up_as(&browser, email, CHOSEN).await;
            let page = form_after(&browser, &sent, "/sign-up/check-mail").await;
            let again = browser.post("/api/auth/resend-confirmation", &[]).await;
            let resent = form_after(&browser, &again, "/sign-up/check-mail").await;
            assert!(resent.shows("flash"));
            answers.push([&sent, &page, &again, &resent].map(|reply| masked(reply, &[email])).join("\n\n"));
        }
        for answer in &answers {
            assert_same_text("sign up", answer, &answers[0]);
        }
        world.work_off().await;
        let letters = |email: &str| world.mail.to(email).iter().map(Letter::name).collect::<Vec<_>>();
        assert_eq!(letters("fresh@acme.test"), ["confirm_registration", "confirm_registration"]);
        for known in ["owner@acme.test", "gone2@acme.test"] {
            assert_eq!(letters(known), ["already_registered", "already_registered"], "the mailbox is told");
        }
        assert_eq!(count(&world, "users").await, 2);
        // Whoever signed up as the owner is not the owner.
        assert_eq!(world.browser().try_sign_in("owner@acme.test", CHOSEN).await.location(), Some("/sign-in"));
        world.signed_in("owner@acme.test").await;
    })
    .await;
}

/// What was confirmed elsewhere meanwhile does not show in the browser that signed up either.
#[tokio::test]
async fn r01_the_waiting_page_does_not_tell_that_somebody_confirmed() {
    let world = World::on(Database::sqlite().await).await;
    let waiting = |world: &World| {
        let browser = world.browser();
        async move {
            sign_up_as(&browser, "ann@example.test", "the attackers choice").await;
            browser
        }
    };
    let stranger = waiting(&world).await;
    let before = masked(&stranger.get("/sign-up/check-mail").await, &[]);
    sign_up_as(&world.browser(), "ann@example.test", CHOSEN).await;
    let token = token_for(&world, "ann@example.test").await;
    assert!(confirm(&world.browser(), &token, CHOSEN).await.location().unwrap().starts_with("/o/"));
    assert_same_text("the page", &masked(&stranger.get("/sign-up/check-mail").await, &[]), &before);
    let again = stranger.post("/api/auth/resend-confirmation", &[]).await;
    assert!(form_after(&stranger, &again, "/sign-up/check-mail").await.shows("flash"));
    world.work_off().await;
    assert_eq!(world.mail.last_to("ann@example.test").name(), "already_registered");
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

/// R04: somebody signs up with the victim's address first, and holds on to whatever they got.
#[tokio::test]
async fn r04_who_signs_up_with_anothers_address_gets_nothing_of_it() {
    each_database(|database| async {
        let world = World::on(database).await;
        let attacker = world.browser();
        sign_up_as(&attacker, "victim@example.test", "the attackers choice").await;
        let attackers_token = token_for(&world, "victim@example.test").await;
        // The victim opens the attacker's mail, and has no password for it.
        let victim = world.browser();
        let refused = confirm(&victim, &attackers_token, CHOSEN).await;
        assert_eq!(refused.location(), Some("/verify-email"));
        assert_eq!(count(&world, "users").await, 0, "the attacker's choice did not become the victim's password");

        sign_up_as(&victim, "victim@example.test", CHOSEN).await;
        let token = token_for(&world, "victim@example.test").await;
        assert_eq!(confirm(&victim, &token, CHOSEN).await.location(), Some("/o/example-works"));
        assert_eq!(count(&world, "registrations").await, 0);
        // Neither their password, nor their link, nor their session, nor a new mail opens it.
        let theirs = attacker.try_sign_in("victim@example.test", "the attackers choice").await;
        assert_eq!(theirs.location(), Some("/sign-in"));
        assert_eq!(confirm(&attacker, &attackers_token, "the attackers choice").await.status, StatusCode::GONE);
        assert!(attacker.get("/o/example-works").await.location().unwrap().starts_with("/sign-in"));
        attacker.post("/api/auth/resend-confirmation", &[]).await;
        world.work_off().await;
        assert_eq!(world.mail.last_to("victim@example.test").name(), "already_registered");
        assert_eq!(victim.get("/o/example-works").await.status, StatusCode::OK);
    })
    .await;
}

/// The address got an account by another way while the mail was on its way.
#[tokio::test]
async fn r04_a_link_is_dead_once_the_address_has_an_account() {
    each_database(|database| async {
        let world = World::on(database).await;
        sign_up_as(&world.browser(), "ann@example.test", CHOSEN).await;
        let token = token_for(&world, "ann@example.test").await;
        world.person("ann@example.test").await;
        assert_eq!(confirm(&world.browser(), &token, CHOSEN).await.status, StatusCode::GONE);
        assert_eq!((count(&world, "users").await, count(&world, "organizations").await), (1, 0));
        assert_eq!(count(&world, "audit_entries WHERE action = 'account.create' AND outcome = 'refused'").await, 1);
        world.signed_in("ann@example.test").await;
    })
    .await;
}

#[tokio::test]
async fn s01_an_id_planted_before_confirming_opens_nothing() {
    let world = World::on(Database::sqlite().await).await;
    let attackers = world.browser();
    let waiting = sign_up_as(&attackers, "attacker@example.test", CHOSEN).await;
    let planted = waiting.cookies()[0].split(['=', ';']).nth(1).unwrap().to_owned();
    sign_up_as(&world.browser(), "ann@example.test", CHOSEN).await;
    let token = token_for(&world, "ann@example.test").await;
    let form = Browser::at(&world.node.url)
        .form("/api/auth/confirm-registration", &[("token", token.as_str()), ("password", CHOSEN)])
        .header("cookie", format!("portico={planted}"));
    let done = Page::of(form).await;
    assert_eq!(done.location(), Some("/o/example-works"));
    assert!(!done.cookies()[0].contains(&planted));
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
    let form = [
        ("name", "Ann"),
        ("email", "owner@acme.test"),
        ("organization", "Acme"),
        ("password", CHOSEN),
        ("token", "x"),
    ];
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

/// R01: what takes the longest, the hash, is made for both. 1 200 samples of each when proving;
/// 30 otherwise, where the bar is only that neither goes without it.
#[tokio::test]
async fn r01_the_time_of_signing_up_tells_nothing() {
    let world = World::on(Database::sqlite().await).await;
    world.person("known@example.test").await;
    let people = ["known@example.test", "fresh@example.test"];
    let kinds = sample(&world, people, async |email| sign_up_as(&world.browser(), email, CHOSEN).await).await;
    assert_alike("sign_up", &kinds, alike());
}
