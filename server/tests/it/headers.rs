//! H01, H02, S08, K02, A-10: what every reply carries.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use testkit::{Browser, Database, Page, World};

/// One address of each kind of reply.
const PLACES: [(&str, &str, u16); 9] = [
    ("GET", "/", 200),
    ("GET", "/sign-in", 200),
    ("GET", "/o/acme", 303),
    ("GET", "/nowhere", 404),
    ("GET", "/api/auth/sign-in", 405),
    ("GET", "/healthz", 200),
    ("GET", "/pkg/nothing.js", 404),
    ("POST", "/api/auth/sign-in", 403),
    ("GET", "/o/acme/../../etc/passwd", 404),
];

#[tokio::test]
async fn h02_every_reply_carries_the_headers() {
    for https in [false, true] {
        let settings: &[_] = if https { &[("PORTICO_BASE_URL", "https://portico.test")] } else { &[] };
        let world = World::with_settings(Database::sqlite().await, settings).await;
        for (method, path, status) in PLACES {
            let page = Page::of(world.browser().request(method.parse::<Method>().unwrap(), path)).await;
            assert_eq!(page.status.as_u16(), status, "{path}");
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(page.headers[name], value, "{path}");
            }
            assert!(page.headers.contains_key("permissions-policy") && page.headers.contains_key("x-request-id"));
            let policy = page.headers["content-security-policy"].to_str().unwrap();
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}");
            assert!(!policy.replace("'wasm-unsafe-eval'", "").contains("unsafe"), "{path}: {policy}");
            assert_eq!(page.headers.contains_key("strict-transport-security"), https, "{path}");
            if !path.starts_with("/pkg") {
                assert_eq!(page.headers["cache-control"], "no-store", "{path}");
            }
        }
    }
}

#[tokio::test]
async fn h01_the_nonce_is_new_each_time_and_on_every_script() {
    let world = World::on(Database::sqlite().await).await;
    let mut nonces = BTreeSet::new();
    for _ in 0..200 {
        let page = world.browser().get("/sign-in").await;
        let policy = page.headers["content-security-policy"].to_str().unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(nonce.len() >= 20);
        let scripts = page.body.matches("<script").count();
        assert_eq!(page.body.matches(&format!("nonce=\"{nonce}\"")).count(), scripts);
        assert!(!page.body.contains(" style=\"") && !page.body.contains(" onclick="));
        assert!(nonces.insert(nonce), "never twice");
    }
}

#[tokio::test]
async fn a10_behind_tls_the_cookie_is_host_bound_and_secure() {
    let settings = [("PORTICO_BASE_URL", "https://portico.test")];
    let world = World::with_settings(Database::sqlite().await, &settings).await;
    world.team("acme").await;
    let form = Browser::at(&world.node.url)
        .request(Method::POST, "/api/auth/sign-in")
        .header("origin", "https://portico.test")
        .form(&[("email", "owner@acme.test"), ("password", testkit::PASSWORD)]);
    let page = Page::of(form).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    let cookie = page.cookies()[0];
    assert!(cookie.starts_with("__Host-portico="), "{cookie}");
    for part in ["Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(cookie.contains(part), "{part}");
    }
    assert!(!cookie.contains("Domain"));
}

#[tokio::test]
async fn a10_a_page_reached_from_another_site_takes_one_step_and_no_more() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let owner = world.signed_in("owner@acme.test").await;
    let navigate = |site: &str| {
        owner
            .request(Method::GET, "/o/acme/settings/billing")
            .header("sec-fetch-site", site)
            .header("sec-fetch-mode", "navigate")
            .header("sec-fetch-dest", "document")
    };
    let step = Page::of(navigate("cross-site")).await;
    assert_eq!(step.status, StatusCode::OK);
    assert!(step.body.contains("http-equiv=\"refresh\" content=\"0\""));
    assert!(!step.body.contains("Org acme"));
    for site in ["same-origin", "same-site", "none"] {
        assert!(Page::of(navigate(site)).await.body.contains("Org acme"), "{site}");
    }
}

#[tokio::test]
async fn k02_errors_say_nothing_of_ours() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let owner = world.signed_in("owner@acme.test").await;
    for path in ["/nowhere", "/o/nowhere", "/o/acme/settings/nothing", "/o/%00", "/o/acme%2f..", "/api/x", "/?%ff"] {
        let page = owner.get(path).await;
        for word in ["sea_orm", "sqlx", "SELECT", "panicked", "src/", "leptos", "axum", "Rust", "server function"] {
            let told = page.body.replace("leptos-island", "").replace("leptos-children", "");
            assert!(page.status.is_success() || !told.contains(&format!(" {word}")), "{path}: {word}");
        }
        assert!(!page.headers.contains_key("server"), "{path}");
    }
}
