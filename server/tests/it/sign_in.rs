//! A-10, L01, L02, L04: signing in.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{
    Millis,
    accounts::throttle::{PER_ACCOUNT, PER_ADDRESS},
};
use reqwest::StatusCode;
use testkit::{Browser, Database, PASSWORD, Page, World, each_database};

use crate::{
    Bar,
    masked::{assert_same_text, masked},
    process::Process,
    timing::{Alike, Samples, assert_alike},
};

const WRONG: &str = "not the password at all";

/// A refused sign-in: back at the form, which shows this.
async fn form_after(browser: &Browser, refused: &Page) -> Page {
    assert_eq!(refused.status, StatusCode::SEE_OTHER);
    let address = refused.location().unwrap();
    assert!(address.starts_with("/sign-in"), "{address}");
    browser.get(address).await
}

#[tokio::test]
async fn a10_a_session_begins_with_a_strict_cookie_and_a_new_id() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let browser = world.browser();
        let first = browser.try_sign_in("owner@acme.test", PASSWORD).await;
        let cookie = first.cookies()[0].to_owned();
        for part in ["portico=", "HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(cookie.contains(part), "{part} in the cookie");
        }
        assert!(!cookie.contains("Domain"));
        let again = browser.try_sign_in("owner@acme.test", PASSWORD).await;
        let id = |cookie: &str| cookie.split(['=', ';']).nth(1).unwrap().to_owned();
        assert_ne!(id(&cookie), id(again.cookies()[0]), "a new id at every sign-in (S01)");
        // The old one is dead.
        let old = Browser::at(&world.node.url)
            .request(reqwest::Method::GET, "/o/acme")
            .header("cookie", format!("portico={}", id(&cookie)));
        assert_eq!(Page::of(old).await.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.get("/o/acme").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn s01_an_id_planted_before_signing_in_opens_nothing() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    // The attacker's own live session, put into the victim's browser.
    let attackers = world.browser().try_sign_in("viewer@acme.test", PASSWORD).await;
    let planted = attackers.cookies()[0].split(['=', ';']).nth(1).unwrap();
    let browser = Browser::at(&world.node.url);
    let form = browser
        .form("/api/auth/sign-in", &[("email", "owner@acme.test"), ("password", PASSWORD)])
        .header("cookie", format!("portico={planted}"));
    let page = Page::of(form).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(!page.cookies()[0].contains(planted));
    let attacker = Browser::at(&world.node.url)
        .request(reqwest::Method::GET, "/o/acme")
        .header("cookie", format!("portico={planted}"));
    assert_eq!(Page::of(attacker).await.status, StatusCode::SEE_OTHER, "asked to sign in");
}

#[tokio::test]
async fn a_refused_form_comes_back_with_what_was_typed_and_the_message_beside_its_field() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        for (email, password, field, message) in [
            ("", PASSWORD, "email", "Enter your email address"),
            ("owner", PASSWORD, "email", "name@example.com"),
            ("owner@acme.test", "", "password", "Enter your password"),
            ("owner@acme.test", WRONG, "password", "match"),
            ("nobody@acme.test", WRONG, "password", "match"),
        ] {
            let browser = world.browser();
            let next = "/o/acme/settings/audit?page=1&x=2";
            let form = [("email", email), ("password", password), ("next", next)];
            let refused = browser.post("/api/auth/sign-in", &form).await;
            let page = form_after(&browser, &refused).await;
            assert!(page.shows("form-error"), "{email} {password}");
            assert!(page.body.contains(message), "{email} {password}: {message}");
            assert!(page.body.contains(&format!("aria-describedby=\"{field}-error\"")), "{field}");
            assert!(page.body.contains(&format!("value=\"{email}\"")) || email.is_empty(), "{email} is still there");
            assert!(page.body.contains("value=\"/o/acme/settings/audit?page=1&amp;x=2\""), "so is where to go");
            assert!(!page.body.contains(WRONG), "the password isn't");
            let again = browser.get("/sign-in").await;
            assert!(!again.shows("form-error"), "said once");
        }
    })
    .await;
}

/// Four people who don't get in: nobody, one with another password, one who was disabled,
/// one who only signs in elsewhere.
const REFUSED: [&str; 4] = ["unknown@acme.test", "viewer@acme.test", "disabled@acme.test", "elsewhere@acme.test"];

async fn refused_people(world: &World) {
    world.team("acme").await;
    let disabled = world.person("disabled@acme.test").await;
    world.store().set_user_active(disabled, false).await.unwrap();
    let email = domain::accounts::Email::parse("elsewhere@acme.test").unwrap();
    let id = domain::UserId::from_uuid(uuid::Uuid::new_v4());
    let elsewhere = store::NewUser { id, email: &email, name: "Elsewhere", password_hash: None };
    assert!(world.store().insert_user(&elsewhere, world.now()).await.unwrap());
}

/// L01: the whole reply and the whole page after it, every header with its value.
#[tokio::test]
async fn l01_whoever_does_not_get_in_gets_the_same_answer() {
    each_database(|database| async {
        let world = World::on(database).await;
        refused_people(&world).await;
        let mut answers = Vec::new();
        // With the right password as well, where there is one that must not help.
        for (email, password) in REFUSED.map(|email| (email, WRONG)).into_iter().chain([(REFUSED[2], PASSWORD)]) {
            let browser = world.browser();
            let refused = browser.try_sign_in(email, password).await;
            let page = form_after(&browser, &refused).await;
            let script = browser.form("/api/auth/sign-in", &[("email", email), ("password", password)]);
            let mut script = script.build().unwrap();
            script.headers_mut().insert("accept", "application/json".parse().unwrap());
            let reply = browser.http.execute(script).await.unwrap();
            let (status, headers) = (reply.status(), reply.headers().clone());
            let script = Page { status, headers, body: reply.text().await.unwrap() };
            assert_eq!(script.status, StatusCode::UNAUTHORIZED);
            assert!(page.body.contains(email) && refused.cookies().len() == 1, "the address comes back");
            answers.push([&refused, &page, &script].map(|reply| masked(reply, &[email])).join("\n\n"));
        }
        for answer in &answers {
            assert_same_text("refused", answer, &answers[0]);
        }
    })
    .await;
}

/// L01: 300 samples of each kind when proving; 30 otherwise, where the bar is only that no
/// kind is answered without hashing.
#[tokio::test]
async fn l01_the_time_tells_nothing() {
    let world = World::on(Database::sqlite().await).await;
    refused_people(&world).await;
    let samples = if crate::proving() { 300 } else { 30 };
    let mut kinds = ["unknown", "wrong", "disabled", "elsewhere"].map(Samples::of);
    let browser = world.browser();
    for n in 0..samples {
        if n % 5 == 0 {
            world.clock.advance(Millis(PER_ACCOUNT.window.0));
        }
        // Each kind is the first of its round as often as any other.
        for kind in (0..4).map(|kind| (kind + n) % 4) {
            let begun = Instant::now();
            let refused = browser.try_sign_in(REFUSED[kind], WRONG).await;
            kinds[kind].times.push(begun.elapsed());
            assert_eq!(refused.status, StatusCode::SEE_OTHER);
        }
    }
    let alike = if crate::proving() {
        Alike { medians_apart: Duration::from_millis(5), auc: 0.1 }
    } else {
        Alike { medians_apart: Duration::from_millis(25), auc: 0.4 }
    };
    assert_alike("sign_in", &kinds, alike);
}

#[tokio::test(flavor = "multi_thread")]
async fn l02_attempts_on_one_account_are_counted_exactly_and_the_lock_ends() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let other = world.another_node().await;
        // 60, so that the address's own limit plays no part.
        let attempts: Vec<_> = (0..60)
            .map(|n| {
                let base = if n % 2 == 0 { world.node.url.clone() } else { other.url.clone() };
                tokio::spawn(async move {
                    let browser = Browser::at(&base);
                    let refused = browser.try_sign_in("owner@acme.test", WRONG).await;
                    form_after(&browser, &refused).await.body.contains("Too many attempts")
                })
            })
            .collect();
        let mut evaluated = 0;
        for attempt in attempts {
            evaluated += u32::from(!attempt.await.unwrap());
        }
        assert_eq!(evaluated, PER_ACCOUNT.attempts, "evaluated on both nodes together");
        let owner = world.browser();
        let locked = owner.try_sign_in("owner@acme.test", PASSWORD).await;
        assert!(form_after(&owner, &locked).await.body.contains("Too many attempts"));
        world.signed_in("viewer@acme.test").await;
        world.clock.advance(PER_ACCOUNT.window);
        world.signed_in("owner@acme.test").await;
    })
    .await;
}

#[tokio::test]
async fn l02_attempts_from_one_address_are_counted_and_forged_headers_change_nothing() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        for n in 0..PER_ADDRESS.attempts {
            let subject = "address:127.0.0.1";
            let window = PER_ADDRESS.window_start(world.now());
            assert_eq!(world.store().count_attempt(subject, window).await.unwrap(), n + 1);
        }
        for n in 0..3 {
            let browser = world.browser();
            let form = browser
                .form("/api/auth/sign-in", &[("email", "owner@acme.test"), ("password", PASSWORD)])
                .header("x-forwarded-for", format!("203.0.113.{n}"))
                .header("x-real-ip", format!("203.0.113.{n}"));
            let refused = Page::of(form).await;
            assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
            assert!(refused.headers.contains_key("retry-after") && refused.body.contains("Too many attempts"));
            assert!(refused.cookies().is_empty(), "nothing more is stored for it");
        }
        world.clock.advance(PER_ADDRESS.window);
        for _ in 0..3 {
            world.signed_in("owner@acme.test").await;
        }
        // Signing in is no offence: only the attempt counted now is left.
        let window = PER_ADDRESS.window_start(world.now());
        assert_eq!(world.store().count_attempt("address:127.0.0.1", window).await.unwrap(), 1);
    })
    .await;
}

/// L02, D04: told that we are busy, as often as it takes, and in at last: an attempt at which nobody
/// looked at the password does not count.
#[tokio::test(flavor = "multi_thread")]
async fn l02_being_told_that_we_are_busy_locks_nobody_out() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let attempt = |email: String, password: &'static str| {
        let form = world.browser().form("/api/auth/sign-in", &[("email", email.as_str()), ("password", password)]);
        Page::of(form)
    };
    let (full, mut queue_is_full) = tokio::sync::mpsc::unbounded_channel();
    let crowd = (0..QUEUE + 6).map(|n| {
        let (asked, full) = (attempt(format!("nobody{n}@acme.test"), WRONG), full.clone());
        tokio::spawn(async move {
            if asked.await.status == StatusCode::SERVICE_UNAVAILABLE {
                let _ = full.send(());
            }
        })
    });
    let crowd: Vec<_> = crowd.collect();
    queue_is_full.recv().await.unwrap();
    let owner = || attempt("owner@acme.test".to_owned(), WRONG);
    let tries: Vec<_> = (0..PER_ACCOUNT.attempts + 2).map(|_| tokio::spawn(owner())).collect();
    let mut busy = 0;
    for one in tries {
        busy += u32::from(one.await.unwrap().status == StatusCode::SERVICE_UNAVAILABLE);
    }
    assert!(busy > 2, "the queue was full for {busy} attempts only");
    for one in crowd {
        one.await.unwrap();
    }
    assert_eq!(attempt("owner@acme.test".to_owned(), PASSWORD).await.location(), Some("/"), "{busy} busy");
}

/// What one password takes while it is hashed, and what everything else about two hundred
/// requests may take. Unbounded hashing of those that are let in would take 1 200 MiB.
const HASH_MIB: usize = 19;
const ALLOWANCE_MIB: usize = 64;
/// As many as may be in hand at once (`services/accounts/passwords.rs`).
const QUEUE: usize = 64;

/// L05: two hundred at once, from two hundred addresses, against the real binary.
#[tokio::test(flavor = "multi_thread")]
async fn l05_two_hundred_at_once_take_bounded_memory_and_everybody_is_answered() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let portico = Process::serve(&world, &[("PORTICO_TRUSTED_PROXIES", "127.0.0.1/32")]).await;
    let attempt = |address: &str, email: &str, password: &str| {
        let form = Browser::at(&portico.url).form("/api/auth/sign-in", &[("email", email), ("password", password)]);
        Page::of(form.header("x-forwarded-for", address))
    };
    assert_eq!(attempt("198.51.100.1", "owner@acme.test", PASSWORD).await.location(), Some("/"), "warm");
    let before = portico.memory_mib("VmRSS");

    let answered = Arc::new(AtomicUsize::new(0));
    let crowd: Vec<_> = (0..200)
        .map(|n| {
            let asked = attempt(&format!("203.0.113.{n}"), &format!("nobody{n}@acme.test"), WRONG);
            let answered = Arc::clone(&answered);
            tokio::spawn(async move {
                let page = asked.await;
                answered.fetch_add(1, Ordering::SeqCst);
                page
            })
        })
        .collect();
    // One of them knows the password. Told that we are busy, they try again, and get in.
    let knows = async {
        let begun = Instant::now();
        loop {
            let page = attempt("198.51.100.2", "owner@acme.test", PASSWORD).await;
            match page.status.as_u16() {
                303 => break assert_eq!(page.location(), Some("/")),
                503 => assert!(page.headers.contains_key("retry-after")),
                other => panic!("{other}: {}", page.body),
            }
            assert!(begun.elapsed() < Duration::from_secs(30), "the right password gets in");
        }
    };
    let health = async {
        let (mut slowest, mut asked) = (Duration::ZERO, 0);
        while answered.load(Ordering::SeqCst) < 200 {
            let begun = Instant::now();
            let alive = reqwest::get(format!("{}/healthz", portico.url)).await.unwrap();
            slowest = slowest.max(begun.elapsed());
            assert_eq!(alive.status(), StatusCode::OK);
            asked += 1;
        }
        assert!(asked > 5, "asked {asked} times beside them");
        slowest
    };
    let (slowest, ()) = tokio::join!(health, knows);

    let (mut evaluated, mut busy) = (0_usize, 0_usize);
    for page in crowd {
        let page = page.await.unwrap();
        match page.status.as_u16() {
            303 => {
                assert_eq!(page.location(), Some("/sign-in"));
                evaluated += 1;
            }
            503 => {
                assert!(page.headers.contains_key("retry-after") && page.shows("error-page"));
                busy += 1;
            }
            other => panic!("{other}: {}", page.body),
        }
    }
    assert_eq!(evaluated + busy, 200);
    assert!(evaluated >= QUEUE, "as many as fit into the queue are evaluated: {evaluated}");
    assert!(busy > 0, "the queue has an end: {evaluated} evaluated");
    let at_once = world.services().settings().password_hashes_at_once.max(1);
    let rise = portico.memory_mib("VmHWM").saturating_sub(before);
    let bound = u32::try_from(at_once * HASH_MIB + ALLOWANCE_MIB).unwrap();
    let rise = u32::try_from(rise).unwrap();
    crate::figure("memory_rise_mib_under_200_sign_ins", rise.into(), Bar::Below(bound.into()));
    crate::figure("healthz_slowest_ms_beside_200_sign_ins", crate::milliseconds(slowest), Bar::Below(1_000.0));
}

/// L02, L05: two hundred at once from one address: the limit is exact, and nobody is left out.
#[tokio::test(flavor = "multi_thread")]
async fn l05_of_two_hundred_at_once_from_one_address_exactly_the_limit_is_looked_at() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let attempts: Vec<_> = (0..200)
            .map(|n| {
                let browser = world.browser();
                tokio::spawn(async move { browser.try_sign_in(&format!("nobody{n}@acme.test"), WRONG).await })
            })
            .collect();
        let mut counts = BTreeMap::<u16, u32>::new();
        for attempt in attempts {
            let page = attempt.await.unwrap();
            *counts.entry(page.status.as_u16()).or_default() += 1;
            assert_eq!(page.headers.contains_key("retry-after"), page.status.as_u16() != 303, "{}", page.status);
        }
        let flooded = counts.remove(&429);
        assert_eq!(flooded, Some(200 - PER_ADDRESS.attempts), "{counts:?}");
        let looked_at = counts.get(&303).copied().unwrap_or(0);
        let busy = counts.get(&503).copied().unwrap_or(0);
        assert_eq!(looked_at + busy, PER_ADDRESS.attempts, "{counts:?}");
        assert!(looked_at >= 64, "{counts:?}");
        assert_eq!(world.browser().try_sign_in("owner@acme.test", PASSWORD).await.status.as_u16(), 429);
        world.clock.advance(PER_ADDRESS.window);
        world.signed_in("owner@acme.test").await;
    })
    .await;
}

#[tokio::test]
async fn o08_after_signing_in_only_a_path_of_ours_is_gone_to() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    for (next, want) in [
        ("/o/acme/settings/billing", "/o/acme/settings/billing"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/%2f/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ] {
        let form = [("email", "owner@acme.test"), ("password", PASSWORD), ("next", next)];
        let page = world.browser().post("/api/auth/sign-in", &form).await;
        assert_eq!(page.location(), Some(want), "{next}");
    }
}

#[tokio::test]
async fn l04_a_megabyte_of_password_is_refused_without_hashing() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let browser = world.browser();
    let page = browser.try_sign_in("owner@acme.test", &"x".repeat(1_000_000)).await;
    assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE);
    let refused = browser.try_sign_in("owner@acme.test", &"x".repeat(5_000)).await;
    assert!(form_after(&browser, &refused).await.shows("form-error"));
}
