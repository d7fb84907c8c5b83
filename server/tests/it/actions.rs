//! C01 to C04: an action comes from this site, by POST, as a form. Every server
//! function there is, taken from the framework's own registry.

use reqwest::{Method, StatusCode};
use testkit::{Browser, PASSWORD, Page, World, each_database};

use crate::{
    process::Process,
    replies::{Reply, Tour},
    tables::dump,
};

/// Every registered server function's address. One that is new is tested without being named here.
pub fn every_action() -> Vec<&'static str> {
    let mut actions: Vec<_> = leptos::server_fn::axum::server_fn_paths().map(|(path, _)| path).collect();
    actions.sort_unstable();
    actions
}

const FIELDS: [(&str, &str); 7] = [
    ("email", "owner@acme.test"),
    ("password", PASSWORD),
    ("org", "acme"),
    ("next", "/"),
    ("name", "Ann"),
    ("organization", "Acme"),
    ("current", PASSWORD),
];

/// Everything an action can change.
async fn everything(world: &World) -> String {
    dump(world).await + &world.provider.requests("POST", "/v1/customers").await.len().to_string()
}

#[tokio::test]
async fn c01_an_action_from_elsewhere_changes_nothing() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        // So that nothing is written just for reading.
        owner.get("/o/acme").await;
        let before = everything(&world).await;
        let own = world.node.url.clone();
        let origins = [
            Some("https://evil.example"),
            Some("http://evil.127.0.0.1.example"),
            Some("http://sub.localhost"),
            Some("null"),
            Some("http://127.0.0.1:1"),
            Some("https://127.0.0.1"),
            Some(""),
            None,
        ];
        let mut cells = 0;
        for action in every_action() {
            for origin in origins {
                for site in ["cross-site", "same-site", "none", ""] {
                    let mut request = owner.request(Method::POST, action).form(&FIELDS);
                    if let Some(origin) = origin {
                        request = request.header("origin", origin);
                    }
                    if !site.is_empty() {
                        request = request.header("sec-fetch-site", site);
                    }
                    let page = Page::of(request).await;
                    assert_eq!(page.status, StatusCode::FORBIDDEN, "{action} from {origin:?}, {site:?}");
                    cells += 1;
                }
            }
            // Our own origin, but the browser says that the request is cross-site: a contradiction.
            let request = owner
                .request(Method::POST, action)
                .form(&FIELDS)
                .header("origin", &own)
                .header("sec-fetch-site", "cross-site");
            assert_eq!(Page::of(request).await.status, StatusCode::FORBIDDEN);
            // Types that a cross-site form can send without asking, and those that scripts send.
            for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json", "application/cbor", ""] {
                let request = owner
                    .request(Method::POST, action)
                    .header("origin", &own)
                    .header("content-type", kind)
                    .body("org=acme");
                assert_eq!(Page::of(request).await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{action} as {kind:?}");
                cells += 1;
            }
        }
        assert!(cells >= 3 * 37);
        assert_eq!(everything(&world).await, before);
        assert_eq!(owner.get("/o/acme").await.status, StatusCode::OK, "still signed in");
    })
    .await;
}

#[tokio::test]
async fn c02_no_action_happens_by_get_or_by_another_method() {
    let world = World::on(testkit::Database::sqlite().await).await;
    world.team("acme").await;
    let owner = world.signed_in("owner@acme.test").await;
    owner.get("/o/acme").await;
    let before = everything(&world).await;
    for action in every_action() {
        for method in [Method::GET, Method::HEAD] {
            let request = owner.request(method.clone(), &format!("{action}?org=acme&_method=POST"));
            assert_eq!(Page::of(request).await.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {action}");
        }
        for method in [Method::PUT, Method::PATCH, Method::DELETE] {
            let request = owner.form(action, &FIELDS);
            let mut request = request.build().unwrap();
            *request.method_mut() = method.clone();
            let reply = owner.http.execute(request).await.unwrap();
            assert_eq!(reply.status(), StatusCode::METHOD_NOT_ALLOWED, "{method} {action}");
        }
        let request = owner.request(Method::GET, action).header("x-http-method-override", "POST");
        assert_eq!(Page::of(request).await.status, StatusCode::METHOD_NOT_ALLOWED);
    }
    assert_eq!(everything(&world).await, before);
}

/// Every address there is: pages from the framework's own list, actions from its registry,
/// and the few that the router names itself.
fn every_address() -> Vec<String> {
    let pages = app::routes::PAGES;
    let mut addresses: Vec<String> =
        pages.iter().map(|page| page.path.replace("{org}", "acme").replace("{provider}", "google")).collect();
    assert!(addresses.contains(&"/o/acme/settings/billing".to_owned()), "{addresses:?}");
    addresses.extend(every_action().into_iter().map(str::to_owned));
    let more =
        ["/healthz", "/readyz", "/favicon.svg", "/robots.txt", "/pkg/portico.js", "/pkg/portico.css", "/nowhere"];
    addresses.extend(more.map(str::to_owned));
    addresses.sort_unstable();
    addresses.dedup();
    addresses
}

/// C04: preflights and real requests with credentials, from whatever origin, on every address
/// and with every outcome: no reply says that another site may read it.
#[tokio::test(flavor = "multi_thread")]
async fn c04_no_other_site_may_read_anything() {
    let world = World::on(testkit::Database::sqlite().await).await;
    world.team("acme").await;
    let portico = Process::serve(&world, &[]).await;
    let signed_in = Browser::at(&portico.url).try_sign_in("owner@acme.test", PASSWORD).await;
    let cookie = signed_in.cookies()[0].split(';').next().unwrap().to_owned();
    let host = portico.url.strip_prefix("http://").unwrap();
    let suffix = format!("http://{host}.evil.example");
    let prefix = format!("http://evil.example{host}");
    let origins = [
        "https://evil.example",
        "null",
        &suffix,
        &prefix,
        "http://localhost",
        "http://127.0.0.1",
        "http://sub.127.0.0.1",
        "file://",
        "*",
        &portico.url,
    ];
    let mut asked = 0;
    for origin in origins {
        for address in every_address() {
            for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::POST] {
                let mut request = Browser::at(&portico.url)
                    .request(method.clone(), &address)
                    .header("origin", origin)
                    .header("cookie", &cookie);
                request = match method {
                    Method::OPTIONS => request
                        .header("access-control-request-method", "POST")
                        .header("access-control-request-headers", "content-type,x-any")
                        .header("access-control-request-private-network", "true"),
                    Method::POST => request.header("sec-fetch-site", "cross-site").form(&FIELDS),
                    _ => request.header("sec-fetch-site", "cross-site").header("sec-fetch-mode", "cors"),
                };
                let reply = request.send().await.unwrap();
                assert_closed(&format!("{method} {address} from {origin}"), reply.headers());
                asked += 1;
            }
        }
    }
    // And every other kind of reply there is.
    for origin in &origins[..2] {
        let headers = [("origin", *origin)];
        let tour = Tour { headers: &headers, ..Tour::of(&world, &portico, &portico.url) };
        for Reply { what, page } in tour.take().await {
            assert_closed(&format!("{what} from {origin}"), &page.headers);
        }
    }
    assert!(asked > origins.len() * 4 * 15, "{asked}");
}

#[track_caller]
fn assert_closed(what: &str, headers: &reqwest::header::HeaderMap) {
    let open: Vec<_> = headers
        .keys()
        .filter(|name| name.as_str().starts_with("access-control-") || name.as_str().starts_with("timing-allow"))
        .collect();
    assert!(open.is_empty(), "{what}: {open:?}");
}

/// An unknown action, and one whose fields can't be read.
#[tokio::test]
async fn what_cannot_be_read_is_told_so() {
    let world = World::on(testkit::Database::sqlite().await).await;
    world.team("acme").await;
    let owner = world.signed_in("owner@acme.test").await;
    assert_eq!(owner.post("/api/billing/nothing", &[]).await.status, StatusCode::NOT_FOUND);
    let broken = owner.form("/api/billing/open-portal", &[]).body("org=%ff%fe");
    let page = Page::of(broken).await;
    assert!(page.status.is_client_error(), "{}", page.status);
    assert!(page.shows("error-page"));
    assert!(page.headers.get("serverfnerror").is_none() && page.location().is_none());
}

#[tokio::test]
async fn scripts_get_json() {
    let world = World::on(testkit::Database::sqlite().await).await;
    let request = world
        .browser()
        .form("/api/auth/sign-in", &[("email", "x"), ("password", "y")])
        .header("accept", "application/json");
    let mut request = request.build().unwrap();
    request.headers_mut().insert("accept", "application/json".parse().unwrap());
    let reply = world.browser().http.execute(request).await.unwrap();
    assert_eq!(reply.status(), StatusCode::UNPROCESSABLE_ENTITY);
    let body: serde_json::Value = reply.json().await.unwrap();
    assert_eq!(body["error"]["Invalid"][0], serde_json::json!(["Email", "Malformed"]));
}
