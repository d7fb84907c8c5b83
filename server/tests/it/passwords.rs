//! A-17, P01 to P03, L04, L06, R01, R04: a forgotten password, and one that is changed.

use domain::{
    Millis,
    accounts::{Proof, throttle::PER_ACCOUNT},
};
use reqwest::{Method, StatusCode};
use services::mail::Letter;
use testkit::{Browser, Database, PASSWORD, Page, World, each_database};

use crate::{
    letters::{link, newest, open, token, token_for},
    registration::{CHOSEN, confirm, sign_up_as},
    tables::{content, count, dump},
};

pub async fn forgot(browser: &Browser, email: &str) -> Page {
    browser.post("/api/auth/forgot-password", &[("email", email)]).await
}

pub async fn reset(browser: &Browser, token: &str, password: &str) -> Page {
    browser.post("/api/auth/reset-password", &[("token", token), ("password", password)]).await
}

async fn change(browser: &Browser, current: &str, password: &str) -> Page {
    browser.post("/api/account/change-password", &[("current", current), ("password", password)]).await
}

pub async fn is_in(browser: &Browser, base: &str) -> bool {
    browser.on(base).get("/o/acme").await.status == StatusCode::OK
}

#[tokio::test]
async fn p02_a_reset_changes_nothing_until_it_is_redeemed_and_then_ends_every_session() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let other = world.another_node().await;
        let sessions = [world.signed_in("owner@acme.test").await, world.signed_in("owner@acme.test").await];
        let asked = forgot(&world.browser(), "owner@acme.test").await;
        assert_eq!(asked.location(), Some("/forgot-password"));
        let letter = newest(&world, "owner@acme.test", "reset_password").await;
        for session in &sessions {
            assert!(is_in(session, &world.node.url).await && is_in(session, &other.url).await);
        }
        world.signed_in("owner@acme.test").await;

        let browser = world.browser();
        let page = open(&browser, link(&letter)).await;
        assert!(page.body.contains("owner@acme.test") && page.body.contains("Choose a new password"));
        let done = reset(&browser, &token(&letter), CHOSEN).await;
        assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, Some("/sign-in")));
        assert!(browser.get("/sign-in").await.body.contains("Your new password is set"));
        assert!(!is_in(&browser, &world.node.url).await, "nobody is signed in by it");
        for session in &sessions {
            assert!(!is_in(session, &world.node.url).await && !is_in(session, &other.url).await);
            assert_eq!(session.on(&other.url).open_portal("acme").await.status, StatusCode::UNAUTHORIZED);
        }
        assert_eq!(content(&world, "sessions").await, "", "none is left");
        assert_eq!(browser.try_sign_in("owner@acme.test", PASSWORD).await.location(), Some("/sign-in"));
        assert_eq!(browser.try_sign_in("owner@acme.test", CHOSEN).await.location(), Some("/"));
        let told = newest(&world, "owner@acme.test", "password_changed").await;
        let Letter::PasswordChanged { address, .. } = told else { panic!("{told:?}") };
        assert_eq!(address.as_deref(), Some("127.0.0.1"));
        assert_eq!(count(&world, "audit_entries WHERE action = 'password.reset' AND outcome = 'done'").await, 1);
        // Everybody else is where they were.
        world.signed_in("viewer@acme.test").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn p01_of_fifty_at_once_one_redeems() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let other = world.another_node().await;
        let bases = [world.node.url.clone(), other.url.clone()];
        forgot(&world.browser(), "owner@acme.test").await;
        let token = token_for(&world, "owner@acme.test").await;
        let tries: Vec<_> = (0..50)
            .map(|n| {
                let (browser, token) = (Browser::at(&bases[n % 2]), token.clone());
                tokio::spawn(async move {
                    let password = format!("{CHOSEN} {n}");
                    let page = reset(&browser, &token, &password).await;
                    (page.status, password)
                })
            })
            .collect();
        let mut winners = Vec::new();
        for one in tries {
            let (status, password) = one.await.unwrap();
            match status {
                StatusCode::SEE_OTHER => winners.push(password),
                // Told that we are busy, on a slow machine: not redeemed either.
                other => assert!([StatusCode::GONE, StatusCode::SERVICE_UNAVAILABLE].contains(&other), "{other}"),
            }
        }
        assert_eq!(winners.len(), 1, "{winners:?}");
        assert_eq!(world.browser().try_sign_in("owner@acme.test", &winners[0]).await.location(), Some("/"));
        world.work_off().await;
        let told = world.mail.to("owner@acme.test").iter().filter(|letter| letter.name() == "password_changed").count();
        assert_eq!(told, 1);
        assert_eq!(reset(&world.browser(), &token, "another green door").await.status, StatusCode::GONE);
    })
    .await;
}

/// Several open links of one person, redeemed at once, with a change of password beside them.
#[tokio::test(flavor = "multi_thread")]
async fn p01_links_of_one_person_do_not_stand_in_each_others_way() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let other = world.another_node().await;
        for round in 0..5 {
            world.clock.advance(Millis::hours(1));
            for _ in 0..4 {
                forgot(&world.browser(), "owner@acme.test").await;
            }
            world.work_off().await;
            let letters = world.mail.to("owner@acme.test");
            let tokens: Vec<String> =
                letters.iter().filter(|letter| letter.name() == "reset_password").rev().take(4).map(token).collect();
            let tries: Vec<_> = tokens
                .into_iter()
                .enumerate()
                .map(|(n, token)| {
                    let browser = Browser::at(if n % 2 == 0 { &world.node.url } else { &other.url });
                    tokio::spawn(async move { reset(&browser, &token, CHOSEN).await.status })
                })
                .collect();
            let mut done = 0;
            for one in tries {
                match one.await.unwrap() {
                    StatusCode::SEE_OTHER => done += 1,
                    other => assert_eq!(other, StatusCode::GONE, "round {round}"),
                }
            }
            assert_eq!(done, 1, "round {round}: the first one kills the others");
        }
    })
    .await;
}

#[tokio::test]
async fn p01_a_link_is_good_for_its_purpose_its_person_and_its_hour() {
    each_database(|database| async {
        let world = World::on(database).await;
        let owner = world.person("owner@acme.test").await;
        // A registration's token resets nothing, a reset's confirms nothing.
        sign_up_as(&world.browser(), "ann@example.test", CHOSEN).await;
        let registration = token_for(&world, "ann@example.test").await;
        forgot(&world.browser(), "owner@acme.test").await;
        let first = token_for(&world, "owner@acme.test").await;
        assert_eq!(reset(&world.browser(), &registration, CHOSEN).await.status, StatusCode::GONE);
        assert_eq!(confirm(&world.browser(), &first, PASSWORD).await.status, StatusCode::GONE);
        let signed_in = world.signed_in("owner@acme.test").await;
        let confirmed = signed_in.post("/api/account/confirm-email", &[("token", &first)]).await;
        assert_eq!(confirmed.status, StatusCode::GONE);
        // The hour.
        world.clock.advance(Millis::hours(1));
        assert_eq!(reset(&world.browser(), &first, CHOSEN).await.status, StatusCode::GONE);
        // What is said of a bad password uses nothing up.
        forgot(&world.browser(), "owner@acme.test").await;
        let second = token_for(&world, "owner@acme.test").await;
        let browser = world.browser();
        browser.get(&format!("/reset-password?token={second}")).await;
        let refused = reset(&browser, &second, "password1").await;
        assert_eq!(refused.location(), Some("/reset-password"));
        assert!(browser.get("/reset-password").await.body.contains("first passwords somebody would try"));
        let personal = reset(&browser, &second, "owner@acme").await;
        assert_eq!(personal.location(), Some("/reset-password"));
        // Another address, and it is dead.
        let moved = "UPDATE users SET email = 'moved@acme.test' WHERE email = 'owner@acme.test'";
        sea_orm::ConnectionTrait::execute_unprepared(world.store().connection(), moved).await.unwrap();
        assert_eq!(reset(&world.browser(), &second, CHOSEN).await.status, StatusCode::GONE);
        // Disabled, and it is dead; and no new one comes.
        forgot(&world.browser(), "moved@acme.test").await;
        let third = token_for(&world, "moved@acme.test").await;
        world.store().set_user_active(owner, false).await.unwrap();
        assert_eq!(reset(&world.browser(), &third, CHOSEN).await.status, StatusCode::GONE);
        forgot(&world.browser(), "moved@acme.test").await;
        world.work_off().await;
        assert_eq!(world.mail.last_to("moved@acme.test").name(), "no_account_to_reset");
        world.store().set_user_active(owner, true).await.unwrap();
        assert_eq!(world.browser().try_sign_in("moved@acme.test", PASSWORD).await.location(), Some("/"), "as before");
    })
    .await;
}

#[tokio::test]
async fn p01_somebody_who_is_deleted_is_not_reset_into_life() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.person("owner@acme.test").await;
        forgot(&world.browser(), "owner@acme.test").await;
        let token = token_for(&world, "owner@acme.test").await;
        let db = world.store().connection();
        sea_orm::ConnectionTrait::execute_unprepared(db, "DELETE FROM users").await.unwrap();
        assert_eq!(reset(&world.browser(), &token, CHOSEN).await.status, StatusCode::GONE);
        assert_eq!((count(&world, "users").await, count(&world, "account_links").await), (0, 0));
    })
    .await;
}

/// Somebody who is leaving and forgot their password may still come back, and is not brought back by it.
#[tokio::test]
async fn p01_a_reset_keeps_nobody_who_is_leaving() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.person("owner@acme.test").await;
        let browser = world.signed_in("owner@acme.test").await;
        let gone = browser.post("/api/account/delete", &[("confirmation", "owner@acme.test")]).await;
        assert_eq!(gone.location(), Some("/sign-in"));
        forgot(&world.browser(), "owner@acme.test").await;
        let token = token_for(&world, "owner@acme.test").await;
        assert_eq!(reset(&world.browser(), &token, CHOSEN).await.location(), Some("/sign-in"));
        assert_eq!(count(&world, "users WHERE deletion_due_at IS NOT NULL").await, 1, "it is still to be deleted");
        assert_eq!(world.browser().try_sign_in("owner@acme.test", CHOSEN).await.location(), Some("/keep-account"));
    })
    .await;
}

#[tokio::test]
async fn p01_no_table_holds_a_usable_reset_token() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.person("owner@acme.test").await;
        forgot(&world.browser(), "owner@acme.test").await;
        let waiting = dump(&world).await;
        let token = token_for(&world, "owner@acme.test").await;
        let browser = world.browser();
        browser.get(&format!("/reset-password?token={token}")).await;
        browser.get("/reset-password").await;
        reset(&browser, &token, "short").await;
        let opened = dump(&world).await;
        reset(&browser, &token, CHOSEN).await;
        for (when, text) in [("waiting", waiting), ("opened", opened), ("done", dump(&world).await)] {
            assert!(!text.contains(&token) && !text.contains(CHOSEN), "{when}");
        }
    })
    .await;
}

#[tokio::test]
async fn p03_looking_at_a_reset_link_uses_nothing_up() {
    let world = World::on(Database::sqlite().await).await;
    world.person("owner@acme.test").await;
    forgot(&world.browser(), "owner@acme.test").await;
    let token = token_for(&world, "owner@acme.test").await;
    let before = dump(&world).await;
    for _ in 0..10 {
        for method in [Method::HEAD, Method::GET] {
            let scanner = world.browser();
            let step = Page::of(scanner.request(method.clone(), &format!("/reset-password?x=1&token={token}"))).await;
            assert_eq!((step.status, step.location()), (StatusCode::SEE_OTHER, Some("/reset-password")));
            let page = Page::of(scanner.request(method, "/reset-password")).await;
            assert_eq!(
                (page.status, &page.headers["referrer-policy"]),
                (StatusCode::OK, &"same-origin".parse().unwrap())
            );
        }
    }
    assert_eq!(dump(&world).await, before);
    assert_eq!(reset(&world.browser(), &token, CHOSEN).await.location(), Some("/sign-in"));
}

/// whoever signs in elsewhere only can have a password as well, through the mailbox.
#[tokio::test]
async fn a17_somebody_without_a_password_sets_one_by_the_same_way() {
    let world = World::on(Database::sqlite().await).await;
    world.person("social@acme.test").await;
    let db = world.store().connection();
    sea_orm::ConnectionTrait::execute_unprepared(db, "UPDATE users SET password_hash = NULL").await.unwrap();
    assert_eq!(world.browser().try_sign_in("social@acme.test", PASSWORD).await.location(), Some("/sign-in"));
    forgot(&world.browser(), "social@acme.test").await;
    let token = token_for(&world, "social@acme.test").await;
    assert_eq!(reset(&world.browser(), &token, CHOSEN).await.location(), Some("/sign-in"));
    assert_eq!(world.browser().try_sign_in("social@acme.test", CHOSEN).await.location(), Some("/"));
}

#[tokio::test]
async fn a_reset_lets_in_somebody_who_was_kept_out_by_guesses() {
    let world = World::on(Database::sqlite().await).await;
    world.person("owner@acme.test").await;
    for _ in 0..=PER_ACCOUNT.attempts {
        world.browser().try_sign_in("owner@acme.test", "a guess of many").await;
    }
    assert_eq!(world.browser().try_sign_in("owner@acme.test", PASSWORD).await.location(), Some("/sign-in"));
    forgot(&world.browser(), "owner@acme.test").await;
    let token = token_for(&world, "owner@acme.test").await;
    reset(&world.browser(), &token, CHOSEN).await;
    assert_eq!(world.browser().try_sign_in("owner@acme.test", CHOSEN).await.location(), Some("/"));
}

#[tokio::test]
async fn l06_changing_the_password_needs_the_present_one_and_ends_the_other_sessions() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let other = world.another_node().await;
        let (browser, elsewhere) = (world.signed_in("owner@acme.test").await, world.signed_in("owner@acme.test").await);
        forgot(&elsewhere, "owner@acme.test").await;
        let open_link = token_for(&world, "owner@acme.test").await;
        // However long ago they signed in: the password is asked for each time.
        world.clock.advance(Millis(2 * Proof::RECENT.0));
        for (current, new, words) in [
            ("", CHOSEN, "Enter your password"),
            ("not my password", CHOSEN, "That is not your password"),
            (PASSWORD, "", "Choose a password"),
            (PASSWORD, "short", "at least 8 characters"),
            (PASSWORD, "password1", "first passwords somebody would try"),
            (PASSWORD, "Org acme!", "has your name, address or organization"),
            (PASSWORD, PASSWORD, "That is your password already"),
        ] {
            let refused = change(&browser, current, new).await;
            assert_eq!(refused.location(), Some("/account/password"), "{words}");
            let page = browser.get("/account/password").await;
            assert!(page.body.contains(words), "{words}");
            assert!(current.is_empty() || !page.body.contains(&format!("value=\"{current}\"")));
        }
        assert!(is_in(&elsewhere, &other.url).await, "nothing happened so far");
        let changed = change(&browser, PASSWORD, CHOSEN).await;
        assert_eq!(changed.location(), Some("/account/password"));
        assert!(changed.cookies().iter().any(|cookie| cookie.starts_with("portico=")), "under a new id (S01)");
        assert!(browser.get("/account/password").await.body.contains("Your password is changed"));
        assert!(is_in(&browser, &other.url).await, "this one stays");
        assert!(!is_in(&elsewhere, &world.node.url).await && !is_in(&elsewhere, &other.url).await);
        assert_eq!(reset(&world.browser(), &open_link, "another green door").await.status, StatusCode::GONE);
        assert_eq!(world.browser().try_sign_in("owner@acme.test", PASSWORD).await.location(), Some("/sign-in"));
        assert_eq!(world.browser().try_sign_in("owner@acme.test", CHOSEN).await.location(), Some("/"));
        newest(&world, "owner@acme.test", "password_changed").await;
        let trail = "audit_entries WHERE action = 'password.change' AND outcome =";
        assert_eq!(count(&world, &format!("{trail} 'done'")).await, 1);
        assert_eq!(count(&world, &format!("{trail} 'refused' AND reason = 'wrong_password'")).await, 1);
    })
    .await;
}

#[tokio::test]
async fn l06_who_has_no_password_shows_a_recent_proof_instead() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let browser = world.signed_in("owner@acme.test").await;
    let db = world.store().connection();
    sea_orm::ConnectionTrait::execute_unprepared(db, "UPDATE users SET password_hash = NULL").await.unwrap();
    world.clock.advance(Proof::RECENT);
    let stale = browser.form("/api/account/change-password", &[("password", CHOSEN)]);
    let stale = Page::of(stale.header("referer", format!("{}/account/password", world.node.url))).await;
    assert_eq!(stale.location(), Some("/account/confirm?next=%2Faccount%2Fpassword"));
    assert_eq!(count(&world, "users WHERE password_hash IS NOT NULL").await, 0);
    assert_eq!(count(&world, "audit_entries WHERE reason = 'proof_too_old'").await, 1);
    let anybody = change(&world.browser(), "", CHOSEN).await;
    assert_eq!(anybody.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn l02_guessing_the_present_password_of_an_open_session_is_throttled() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let browser = world.signed_in("owner@acme.test").await;
    for _ in 0..PER_ACCOUNT.attempts {
        change(&browser, "a guess of many", CHOSEN).await;
    }
    change(&browser, PASSWORD, CHOSEN).await;
    assert!(browser.get("/account/password").await.body.contains("Too many attempts"));
    world.clock.advance(PER_ACCOUNT.window);
    change(&browser, PASSWORD, CHOSEN).await;
    assert!(browser.get("/account/password").await.body.contains("Your password is changed"));
}

/// The meter's question: judged, counted, and nothing of it kept.
#[tokio::test]
async fn l04_the_strength_of_a_password_is_said_and_nothing_of_it_is_kept() {
    let world = World::on(Database::sqlite().await).await;
    let ask = async |password: &str| {
        let fields = [("password", password), ("name", "Ann Example"), ("organization", "Example Works")];
        let mut request = world.browser().form("/api/auth/password-strength", &fields).build().unwrap();
        request.headers_mut().insert("accept", "*/*".parse().unwrap());
        let reply = world.browser().http.execute(request).await.unwrap();
        let status = reply.status();
        (status, reply.json::<serde_json::Value>().await.unwrap())
    };
    for (password, level, words) in [
        ("seven", 1, "at least 8"),
        ("password1", 1, "first passwords"),
        ("exampleworks", 1, "your name, address or organization"),
        ("seven green doors", 4, "Strong"),
    ] {
        let (status, said) = ask(password).await;
        assert_eq!((status, &said["level"]), (StatusCode::OK, &serde_json::json!(level)), "{password}");
        assert!(said["words"].as_str().unwrap().contains(words), "{password}: {said}");
    }
    let text = dump(&world).await;
    assert!(!text.contains("seven green doors") && !text.contains("password1"));
    assert_eq!(content(&world, "throttle_counters").await.lines().count(), 1, "counted by address");
}
