//! P-07, S02, K01: a canary for every secret, planted by the environment, in a
//! real process that logs at trace. It must be nowhere: not in pages, scripts,
//! WebAssembly, logs, or error pages.

use reqwest::StatusCode;
use testkit::{Browser, Database, PASSWORD, Page, World};

use crate::{
    letters::token_for,
    process::{Process, SECRET_KEYS},
};

const STRIPE_KEY: &str = "sk_test_sandbox";
const WEBHOOK: &str = "whsec_canary7F3webhook";

/// A cookie is where a secret belongs.
fn without_cookies(mut page: Page) -> Page {
    page.headers.remove("set-cookie");
    page
}

/// Forms that send links by mail, and one that judges a password. The sign-up's cookie is the
/// session's, which the same browser goes on with.
async fn ask_for_links(browser: &Browser, chosen: &str, seen: &mut String) {
    let newcomer = [("name", "Ann"), ("email", "ann@acme.test"), ("organization", "Works"), ("password", chosen)];
    for (action, fields) in [
        ("/api/auth/sign-up", &newcomer[..]),
        ("/api/auth/forgot-password", &[("email", "viewer@acme.test")]),
        ("/api/auth/password-strength", &[("password", "canary strength of this")]),
    ] {
        let page = without_cookies(browser.post(action, fields).await);
        *seen += &format!("{:?}\n{}\n", page.headers, page.body);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn p07_no_secret_leaves_the_server() {
    // The database and the provider of a world; the server under test is a process of its own.
    let world = World::with_settings(Database::postgres().await, &[("PORTICO_SECRET_KEYS", SECRET_KEYS)]).await;
    world.team("acme").await;
    let settings = [("PORTICO_STRIPE_WEBHOOK_SECRETS", WEBHOOK), ("PORTICO_LOG", "trace")];
    let portico = Process::serve(&world, &settings).await;
    let url = &portico.url;
    let browser = Browser::at(url);
    let (mut seen, mut portals) = (String::new(), 0);
    let mut secrets = vec![STRIPE_KEY.to_owned(), WEBHOOK.to_owned(), world.database.url.clone(), PASSWORD.to_owned()];
    let keep = |page: &Page, seen: &mut String| *seen += &format!("{:?}\n{}\n", page.headers, page.body);

    for password in ["canary-typed-password", PASSWORD] {
        let page = browser.try_sign_in("owner@acme.test", password).await;
        for cookie in page.cookies() {
            let value = cookie.split(['=', ';']).nth(1).unwrap();
            if value.len() > 8 {
                secrets.push(value.to_owned());
            }
        }
        keep(&browser.get("/sign-in").await, &mut seen);
    }
    secrets.push("canary-typed-password".to_owned());
    // Links in mails, opened and used up; passwords that are chosen, and judged (checks P03, L04).
    let chosen = ["canary seven green doors", "canary nine slow boats"];
    secrets.extend(chosen.map(str::to_owned));
    ask_for_links(&browser, chosen[0], &mut seen).await;
    secrets.push("canary strength of this".to_owned());
    // The process goes by the machine's clock, and our worker by one that stood still meanwhile.
    world.clock.advance(domain::Millis::minutes(2));
    for (mailbox, page, action, password) in [
        ("ann@acme.test", "/verify-email", "/api/auth/confirm-registration", chosen[0]),
        ("viewer@acme.test", "/reset-password", "/api/auth/reset-password", chosen[1]),
    ] {
        let token = token_for(&world, mailbox).await;
        let visitor = Browser::at(url);
        keep(&without_cookies(visitor.get(&format!("{page}?token={token}")).await), &mut seen);
        // The page of the form has it, on purpose.
        assert!(visitor.get(page).await.body.contains(&token));
        let done = visitor.post(action, &[("token", &token), ("password", password)]).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{action}: {}", done.body);
        keep(&without_cookies(done), &mut seen);
        secrets.push(token);
    }
    // A card number, wherever somebody might put one (C-03).
    for card in ["4242424242424242", "4242 4242 4242 4242"] {
        secrets.push(card.to_owned());
        browser.try_sign_in(&format!("{card}@acme.test"), card).await;
        browser.open_portal(card).await;
        let path = format!("/o/{}", card.replace(' ', "%20"));
        browser.http.get(format!("{url}{path}")).header("user-agent", card).send().await.unwrap();
    }
    // Opened, and failed in every way.
    for fault in
        [None, Some("wrong_customer"), Some("wrong_url"), Some("wrong_livemode"), Some("half_answer"), Some("drop")]
    {
        if let Some(kind) = fault {
            let fault = serde_json::json!({"kind": kind, "times": 2});
            world.provider.fail("POST /v1/billing_portal/sessions", fault).await;
        }
        let page = browser.open_portal("acme").await;
        if page.status == StatusCode::SEE_OTHER {
            let location = page.location().unwrap().to_owned();
            secrets.push(location.rsplit('/').next().unwrap().to_owned());
            portals += 1;
        } else {
            keep(&page, &mut seen);
        }
        world.provider.heal().await;
    }
    for path in [
        "/",
        "/o/acme",
        "/o/acme/settings",
        "/o/acme/settings/members",
        "/o/acme/settings/billing",
        "/o/acme/settings/audit",
        "/nowhere",
        "/o/nowhere",
        "/healthz",
        "/readyz",
        "/pkg/portico.js",
        "/pkg/portico.wasm",
        "/pkg/portico.css",
    ] {
        let reply = browser.http.get(format!("{url}{path}")).send().await.unwrap();
        assert!(!path.starts_with("/pkg") || reply.status().is_success(), "{path}: build first (`cargo leptos build`)");
        let headers = format!("{:?}", reply.headers());
        seen += &headers;
        seen += &String::from_utf8_lossy(&reply.bytes().await.unwrap());
    }
    seen += &reqwest::get(format!("http://{}/metrics", portico.metrics)).await.unwrap().text().await.unwrap();

    let log_text = portico.log();
    assert!(log_text.contains("\"level\":\"DEBUG\""), "it does log at its lowest levels");
    assert!(log_text.contains("portal_mismatch"), "and the alerts are in it");
    assert!(portals >= 1 && secrets.len() >= 8, "a portal's address and a session are among them");
    for secret in &secrets {
        for (place, text) in [("a page", &seen), ("the log", &log_text)] {
            if let Some(at) = text.find(secret.as_str()) {
                let from = text[..at].char_indices().rev().nth(120).map_or(0, |(n, _)| n);
                panic!("a secret is in {place}: …{}[secret]", &text[from..at]);
            }
        }
    }
    // A portal's address or a token never appears as an address of the log either.
    assert!(!log_text.contains("/p/session/"));
}
