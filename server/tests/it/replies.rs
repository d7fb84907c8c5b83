//! One reply of every kind that the product gives, from the real binary: for what must
//! hold for all of them.

use domain::accounts::throttle::PER_ADDRESS;
use reqwest::{Method, RequestBuilder};
use sea_orm::ConnectionTrait;
use serde_json::json;
use services::Clock;
use testkit::{Browser, PASSWORD, Page, World};
use url::form_urlencoded::byte_serialize;

use crate::process::Process;

/// A reply, and what was asked.
pub struct Reply {
    pub what: String,
    pub page: Page,
}

/// Asks for all of them. `text` goes wherever a request can carry any, `headers` go along.
pub struct Tour<'a> {
    pub world: &'a World,
    pub portico: &'a Process,
    /// Where the server believes that it is.
    pub origin: &'a str,
    pub text: &'a str,
    pub headers: &'a [(&'a str, &'a str)],
    pub seen: Vec<Reply>,
}

const SIGN_IN: &str = "/api/auth/sign-in";
const OPEN: &str = "/api/billing/open-portal";
const BILLING: &str = "/o/acme/settings/billing";

impl<'a> Tour<'a> {
    pub fn of(world: &'a World, portico: &'a Process, origin: &'a str) -> Self {
        Self { world, portico, origin, text: "harmless", headers: &[], seen: Vec::new() }
    }

    /// Expects acme's team in the world.
    pub async fn take(mut self) -> Vec<Reply> {
        let owner = self.sign_in("owner@acme.test").await;
        let viewer = self.sign_in("viewer@acme.test").await;
        self.pages(&owner).await;
        self.files().await;
        self.machines().await;
        self.redirects(&owner).await;
        self.refusals(&owner, &viewer).await;
        self.troubles(&owner).await;
        self.seen
    }

    fn request(&self, method: Method, path: &str, cookie: &str) -> RequestBuilder {
        let mut request = Browser::at(&self.portico.url).request(method, path);
        if !cookie.is_empty() {
            request = request.header("cookie", cookie);
        }
        self.headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    }

    fn form(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        let request = Browser::at(&self.portico.url).request(Method::POST, path).header("origin", self.origin);
        let request = if cookie.is_empty() { request } else { request.header("cookie", cookie) };
        // An action has one origin; what else comes along stays.
        let others = self.headers.iter().filter(|(name, _)| *name != "origin");
        others.fold(request, |request, (name, value)| request.header(*name, *value)).form(fields)
    }

    #[track_caller]
    fn keep(&mut self, want: u16, what: &str, page: Page) {
        let said: String = page.body.split("<main").nth(1).unwrap_or(&page.body).chars().take(400).collect();
        assert_eq!(page.status.as_u16(), want, "{what}: {said}");
        self.seen.push(Reply { what: format!("{want} {what}"), page });
    }

    async fn get(&mut self, want: u16, path: &str, cookie: &str) {
        let page = Page::of(self.request(Method::GET, path, cookie)).await;
        self.keep(want, path, page);
    }

    async fn post(&mut self, want: u16, path: &str, cookie: &str, fields: &[(&str, &str)]) {
        let page = Page::of(self.form(path, cookie, fields)).await;
        self.keep(want, &format!("POST {path} {fields:?}"), page);
    }

    async fn sign_in(&mut self, email: &str) -> String {
        let page = Page::of(self.form(SIGN_IN, "", &[("email", email), ("password", PASSWORD)])).await;
        let cookie = page.cookies()[0].split(';').next().unwrap().to_owned();
        self.keep(303, "signing in", page);
        cookie
    }

    async fn pages(&mut self, owner: &str) {
        self.get(200, "/", "").await;
        self.get(200, "/", owner).await;
        self.get(200, "/sign-in", "").await;
        for page in ["", "/settings", "/settings/members", "/settings/billing", "/settings/audit"] {
            self.get(200, &format!("/o/acme{page}"), owner).await;
        }
        for page in ["", "/sessions", "/data"] {
            self.get(200, &format!("/account{page}"), owner).await;
        }
        self.post(200, "/api/account/export", owner, &[]).await;
        let head = Page::of(self.request(Method::HEAD, "/sign-in", "")).await;
        self.keep(200, "HEAD /sign-in", head);
        let mut step = self.request(Method::GET, BILLING, owner);
        for (name, value) in [("site", "cross-site"), ("mode", "navigate"), ("dest", "document")] {
            step = step.header(format!("sec-fetch-{name}"), value);
        }
        let step = Page::of(step).await;
        self.keep(200, "the same-site step", step);
    }

    async fn files(&mut self) {
        let font = "/fonts/figtree-5.3.0.woff2";
        for path in ["/favicon.svg", "/robots.txt", "/pkg/portico.css", "/pkg/portico.js", font] {
            self.bytes(200, path, &[]).await;
        }
        self.bytes(206, font, &[("range", "bytes=0-9")]).await;
        self.bytes(304, "/favicon.svg", &[("if-modified-since", "Fri, 01 Jan 2100 00:00:00 GMT")]).await;
        for path in ["/pkg/nothing.js", "/pkg/", "/fonts/../Cargo.toml", "/fonts/%2e%2e/%2e%2e/Cargo.toml"] {
            self.get(404, path, "").await;
        }
    }

    /// What need not be text.
    async fn bytes(&mut self, want: u16, path: &str, headers: &[(&str, &str)]) {
        let request = self.request(Method::GET, path, "");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let reply = request.send().await.unwrap();
        let (status, headers) = (reply.status(), reply.headers().clone());
        self.keep(want, path, Page { status, headers, body: String::new() });
    }

    async fn machines(&mut self) {
        for path in ["/healthz", "/readyz"] {
            self.get(200, path, "").await;
        }
        let post = Page::of(self.form("/healthz", "", &[])).await;
        self.keep(405, "POST /healthz", post);
    }

    async fn redirects(&mut self, owner: &str) {
        self.get(303, "/o/acme", "").await;
        let next = format!("/o/acme?x={}", encoded(self.text));
        let wrong = [("email", "nobody@acme.test"), ("password", self.text), ("next", next.as_str())];
        self.post(303, SIGN_IN, "", &wrong).await;
        let malformed = [("email", self.text), ("password", "x"), ("next", self.text)];
        self.post(303, SIGN_IN, "", &malformed).await;
        self.post(303, OPEN, owner, &[("org", "acme"), ("return_url", self.text)]).await;
        self.post(303, "/api/auth/sign-out", "", &[("next", self.text)]).await;
    }

    async fn refusals(&mut self, owner: &str, viewer: &str) {
        let text = encoded(self.text);
        let unreadable = self.form(OPEN, owner, &[]).body(format!("org={text}&org=acme"));
        let unreadable = Page::of(unreadable).await;
        self.keep(400, "a form with a field twice", unreadable);
        self.post(401, OPEN, "", &[("org", self.text)]).await;
        self.post(403, OPEN, viewer, &[("org", "acme"), ("x", self.text)]).await;
        self.get(403, &format!("/o/acme/settings/audit?page={text}"), viewer).await;
        for action in [SIGN_IN, "/api/auth/sign-out", OPEN] {
            let elsewhere = self.request(Method::POST, action, owner).form(&[("org", self.text), ("email", self.text)]);
            let elsewhere = Page::of(elsewhere).await;
            self.keep(403, &format!("{action} from elsewhere"), elsewhere);
            self.get(405, &format!("{action}?org={text}"), owner).await;
            let large = self.form(action, owner, &[]).body(format!("org={text}&x={}", "x".repeat(300_000)));
            let large = Page::of(large).await;
            self.keep(413, &format!("{action}, too large"), large);
            let mut other = self.form(action, owner, &[("org", self.text)]).build().unwrap();
            other.headers_mut().insert("content-type", format!("text/{text}").parse().unwrap());
            let other = self.execute(other).await;
            self.keep(415, &format!("{action} of another type"), other);
        }
        for path in [format!("/{text}"), format!("/o/{text}"), format!("/o/acme/{text}"), format!("/api/{text}")] {
            self.get(404, &path, owner).await;
        }
        self.post(404, OPEN, owner, &[("org", self.text)]).await;
        self.post(404, &format!("/api/billing/{text}"), owner, &[("org", self.text)]).await;
        let mut script = self.form(SIGN_IN, "", &[("email", self.text), ("password", "x")]).build().unwrap();
        script.headers_mut().insert("accept", "application/json".parse().unwrap());
        let script = self.execute(script).await;
        self.keep(422, "a script's form with problems", script);
    }

    /// What is wrong on our side, and what is too much.
    async fn troubles(&mut self, owner: &str) {
        let fault = json!({"kind": "status", "value": 500, "times": 1});
        self.world.provider.fail("POST /v1/billing_portal/sessions", fault).await;
        self.post(502, OPEN, owner, &[("org", "acme"), ("x", self.text)]).await;
        self.world.provider.heal().await;

        // The binary's clock is the machine's.
        let window = PER_ADDRESS.window_start(server::clock::SystemClock.now());
        for _ in 0..PER_ADDRESS.attempts {
            self.world.store().count_attempt("address:127.0.0.1", window).await.unwrap();
        }
        self.post(429, SIGN_IN, "", &[("email", self.text), ("password", self.text)]).await;
        self.world.store().clear_attempts("address:127.0.0.1").await.unwrap();

        let db = self.world.store().connection();
        db.execute_unprepared("ALTER TABLE sessions RENAME TO sessions_away").await.unwrap();
        self.get(503, &format!("{BILLING}?x={}", encoded(self.text)), owner).await;
        self.post(503, OPEN, owner, &[("org", self.text)]).await;
        db.execute_unprepared("ALTER TABLE sessions_away RENAME TO sessions").await.unwrap();
        db.execute_unprepared("ALTER TABLE seaql_migrations RENAME TO migrations_away").await.unwrap();
        self.get(503, "/readyz", "").await;
        db.execute_unprepared("ALTER TABLE migrations_away RENAME TO seaql_migrations").await.unwrap();
    }

    async fn execute(&self, request: reqwest::Request) -> Page {
        let reply = Browser::at(&self.portico.url).http.execute(request).await.unwrap();
        let (status, headers) = (reply.status(), reply.headers().clone());
        Page { status, headers, body: reply.text().await.unwrap() }
    }
}

/// As it stands in an address.
pub fn encoded(text: &str) -> String {
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}
