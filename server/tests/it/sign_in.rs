//! A-10, L01, L02, L04: signing in.

use std::time::{Duration, Instant};

use domain::{
    Millis,
    accounts::throttle::{PER_ACCOUNT, PER_ADDRESS},
};
use reqwest::StatusCode;
use testkit::{Browser, Database, PASSWORD, Page, World, each_database};

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
            ("", PASSWORD, "email", "Enter your e-mail address"),
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

#[tokio::test]
async fn l01_unknown_wrong_and_disabled_get_the_same_answer() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let disabled = world.person("disabled@acme.test").await;
        world.store().set_user_active(disabled, false).await.unwrap();
        let mut answers = Vec::new();
        for (email, password) in [
            ("unknown1@acme.test", WRONG),
            ("viewer@acme.test", WRONG),
            ("disabled@acme.test", PASSWORD),
            ("disabled@acme.test", WRONG),
        ] {
            let browser = world.browser();
            let refused = browser.try_sign_in(email, password).await;
            let page = form_after(&browser, &refused).await;
            let names: Vec<_> = refused.headers.keys().map(|name| name.as_str().to_owned()).collect();
            let body = page.body.replace(email, "EMAIL");
            let words =
                body.split("data-testid=\"form-error\"").nth(1).unwrap().split("</p>").next().unwrap().to_owned();
            answers.push((refused.status, refused.location().unwrap().to_owned(), names, words));
        }
        assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");
    })
    .await;
}

/// 300 interleaved samples of each kind when proving; 20 otherwise, where the bar
/// is only that no kind is answered without hashing.
#[tokio::test]
async fn l01_the_time_tells_nothing() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let disabled = world.person("disabled@acme.test").await;
    world.store().set_user_active(disabled, false).await.unwrap();
    let samples = if crate::proving() { 300 } else { 20 };
    let kinds = ["unknown@acme.test", "viewer@acme.test", "disabled@acme.test"];
    let mut times: [Vec<Duration>; 3] = Default::default();
    let browser = world.browser();
    for n in 0..samples {
        if n % 5 == 0 {
            world.clock.advance(Millis(PER_ACCOUNT.window.0));
        }
        for (kind, email) in kinds.iter().enumerate() {
            let begun = Instant::now();
            browser.try_sign_in(email, WRONG).await;
            times[kind].push(begun.elapsed());
        }
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    let medians = times.each_mut().map(median);
    let apart = medians.iter().max().unwrap().abs_diff(*medians.iter().min().unwrap());
    crate::figure("sign_in_median_difference_ms", format!("{:.2}", apart.as_secs_f64() * 1e3), "<5");
    let bound = if crate::proving() { Duration::from_millis(5) } else { medians[1] / 2 };
    assert!(apart < bound, "{medians:?}");
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

#[tokio::test(flavor = "multi_thread")]
async fn l05_two_hundred_at_once_are_bounded_and_health_answers() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let attempts: Vec<_> = (0..200)
        .map(|n| {
            let browser = world.browser();
            tokio::spawn(async move { browser.try_sign_in(&format!("nobody{n}@acme.test"), WRONG).await.status })
        })
        .collect();
    let mut slowest = Duration::ZERO;
    for _ in 0..20 {
        let begun = Instant::now();
        assert_eq!(world.browser().get("/healthz").await.status, StatusCode::OK);
        slowest = slowest.max(begun.elapsed());
    }
    crate::figure("healthz_slowest_ms_beside_200_sign_ins", slowest.as_millis(), "<1000");
    for attempt in attempts {
        let status = attempt.await.unwrap();
        assert!(matches!(status.as_u16(), 303 | 429 | 503), "{status}");
    }
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
