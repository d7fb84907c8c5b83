//! H01, H02, S08, K02, A-10: what every reply carries.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use testkit::{Browser, Database, Page, World};

use crate::{
    html::Document,
    process::Process,
    replies::{Reply, Tour},
};

/// Every status there is, on every kind of address: pages, actions, files, machines' endpoints.
#[tokio::test(flavor = "multi_thread")]
async fn h02_every_reply_carries_the_headers() {
    for https in [false, true] {
        let world = World::on(Database::sqlite().await).await;
        world.team("acme").await;
        let settings: &[_] = if https { &[("PORTICO_BASE_URL", "https://portico.test")] } else { &[] };
        let portico = Process::serve(&world, settings).await;
        let origin = if https { "https://portico.test" } else { portico.url.as_str() };
        let replies = Tour::of(&world, &portico, origin).take().await;
        let statuses: BTreeSet<u16> = replies.iter().map(|reply| reply.page.status.as_u16()).collect();
        let all = [200, 206, 303, 304, 400, 401, 403, 404, 405, 413, 415, 422, 429, 502, 503];
        assert_eq!(statuses, BTreeSet::from(all));
        for Reply { what, page } in replies {
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "same-origin"),
                ("cross-origin-opener-policy", "same-origin"),
                ("cross-origin-resource-policy", "same-origin"),
                (
                    "permissions-policy",
                    "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
                ),
            ] {
                let all: Vec<_> = page.headers.get_all(name).iter().collect();
                assert_eq!(all, [value], "{name} of {what}");
            }
            assert!(page.headers.contains_key("x-request-id"), "{what}");
            let policies: Vec<_> = page.headers.get_all("content-security-policy").iter().collect();
            assert_eq!(policies.len(), 1, "{what}: one policy");
            let policy = policies[0].to_str().unwrap();
            for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
                assert!(policy.contains(part), "{part} of {what}: {policy}");
            }
            assert!(!policy.replace("'wasm-unsafe-eval'", "").contains("unsafe"), "{what}: {policy}");
            let strict = page.headers.get("strict-transport-security").map(|value| value.to_str().unwrap());
            assert_eq!(strict, https.then_some("max-age=63072000; includeSubDomains"), "{what}");
            let file = ["/pkg", "/fonts", "/favicon", "/robots"].iter().any(|path| what.contains(path));
            let kept = page.headers["cache-control"].to_str().unwrap();
            // A file that is not there must not be remembered as missing.
            let well = page.status.is_success() || page.status == StatusCode::NOT_MODIFIED;
            assert!(kept == "no-store" || (file && well), "{what}: {kept}");
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

/// Words that an error must not have: of our libraries, our files, our database. The names
/// of the framework's own elements are in every page.
const OURS: [&str; 22] = [
    "sea_orm",
    "seaorm",
    "sea-orm",
    "sqlx",
    "sqlite",
    "postgres",
    "select ",
    "insert into",
    "no such table",
    "sessions",
    "panicked",
    "src/",
    ".rs:",
    "leptos",
    "axum",
    "hyper",
    "tokio",
    "rust",
    "server function",
    "serverfn",
    "backtrace",
    "stripe",
];

/// K02: every kind of error page there is, with hostile text wherever a request has room for
/// it: nothing of ours is said, and nothing of theirs is said back.
#[tokio::test(flavor = "multi_thread")]
async fn k02_errors_say_nothing_of_ours_and_repeat_nothing_of_theirs() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let portico = Process::serve(&world, &[]).await;
    // The same pages asked for by somebody harmless.
    let plain = Tour::of(&world, &portico, &portico.url).take().await;
    let text = "canary7f3\"><script>alert(1)</script><img src=x onerror=alert(1)>{{7*7}}";
    let headers = [
        ("user-agent", text),
        ("accept-language", text),
        ("x-forwarded-for", text),
        ("x-forwarded-host", text),
        ("x-request-id", text),
        ("referer", "http://canary7f3.example/<script>"),
    ];
    let hostile = Tour { text, headers: &headers, ..Tour::of(&world, &portico, &portico.url) }.take().await;
    assert_eq!(plain.len(), hostile.len());
    let mut kinds = BTreeSet::new();
    for (plain, hostile) in plain.into_iter().zip(hostile) {
        let (what, page) = (hostile.what, hostile.page);
        assert!(!page.headers.contains_key("server") && !page.headers.contains_key("x-powered-by"), "{what}");
        assert!(page.headers.values().all(|value| !value.to_str().unwrap().contains("<script")), "{what}");
        if page.status.as_u16() < 400 {
            continue;
        }
        assert!(!page.headers.contains_key("serverfnerror") && page.location().is_none(), "{what}");
        assert!(!format!("{:?}{}", page.headers, page.body).contains("canary7f3"), "{what} says it back");
        let told = page.body.replace("leptos-island", "").replace("leptos-children", "").to_lowercase();
        let document = Document::parse(&told);
        for word in OURS {
            // In what people read, and for scripts in everything.
            let read = if page.body.starts_with('{') { told.contains(word) } else { document.says_visibly(word) };
            assert!(!read, "{what}: {word}");
        }
        let kind = page.headers.get("content-type").map(|kind| kind.to_str().unwrap());
        // Health's 405 comes from before there are pages.
        assert!(kind.is_some() || page.body.is_empty(), "{what}");
        if kind.is_some_and(|kind| kind.starts_with("text/html")) {
            kinds.insert(page.status.as_u16());
            assert!(page.shows("error-page"), "{what}");
            document.assert_inert(&what);
            let skeleton = |page: &Page| Document::parse(&page.body.to_lowercase()).skeleton();
            assert_eq!(skeleton(&page), skeleton(&plain.page), "{what}");
        }
    }
    assert_eq!(kinds, BTreeSet::from([400, 401, 403, 404, 405, 413, 415, 429, 502, 503]));
}
