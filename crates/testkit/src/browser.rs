//! A browser without a face: cookies, no redirects followed, the headers that
//! browsers send with pages and forms.

use std::sync::Arc;

use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    cookie::Jar,
    header::{ACCEPT, HeaderMap, LOCATION, ORIGIN, SET_COOKIE},
    redirect::Policy,
};

use serde_json::Value;

use crate::people::PASSWORD;

#[derive(Clone)]
pub struct Browser {
    pub http: Client,
    pub base: String,
    /// What it says of where it is: the base, unless the site has another name.
    pub origin: String,
}

/// A reply, read to its end.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

impl Page {
    pub async fn of(request: RequestBuilder) -> Self {
        let reply = request.send().await.expect("a reply");
        let (status, headers) = (reply.status(), reply.headers().clone());
        Self { status, headers, body: reply.text().await.expect("a body") }
    }

    pub fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION).and_then(|value| value.to_str().ok())
    }

    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()).collect()
    }

    /// The text of every element with that testid, where it is text alone.
    pub fn texts(&self, testid: &str) -> Vec<String> {
        let mark = format!("data-testid=\"{testid}\"");
        let after = self.body.split(&mark).skip(1);
        after.filter_map(|rest| rest.split_once('>')?.1.split('<').next().map(str::to_owned)).collect()
    }

    pub fn shows(&self, testid: &str) -> bool {
        self.body.contains(&format!("data-testid=\"{testid}\""))
    }
}

impl Browser {
    pub fn at(base: &str) -> Self {
        let http = Client::builder().cookie_store(true).redirect(Policy::none()).build().expect("a client");
        Self { http, base: base.to_owned(), origin: base.to_owned() }
    }

    /// With a cookie that it got elsewhere.
    pub fn with_cookie(base: &str, cookie: &str) -> Self {
        let jar = Jar::default();
        jar.add_cookie_str(cookie, &base.parse().expect("an address"));
        let http = Client::builder().cookie_provider(Arc::new(jar)).redirect(Policy::none()).build();
        Self { http: http.expect("a client"), base: base.to_owned(), origin: base.to_owned() }
    }

    /// The same address on another node. Cookies go by host, not by port, so they go along.
    #[must_use]
    pub fn on(&self, base: &str) -> Self {
        let origin = if self.origin == self.base { base.to_owned() } else { self.origin.clone() };
        Self { http: self.http.clone(), base: base.to_owned(), origin }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).header(ACCEPT, "text/html,*/*;q=0.8")
    }

    pub async fn get(&self, path: &str) -> Page {
        Page::of(self.request(Method::GET, path)).await
    }

    /// A form as this site's own page posts it.
    pub fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        self.request(Method::POST, path)
            .header(ORIGIN, &self.origin)
            .header("sec-fetch-site", "same-origin")
            .form(fields)
    }

    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        Page::of(self.form(path, fields)).await
    }

    /// As a page's script asks: the answer's status, and its JSON.
    pub async fn ask(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, Value) {
        let request = self.http.post(format!("{}{path}", self.base)).header(ACCEPT, "application/json");
        let request = request.header(ORIGIN, &self.origin).header("sec-fetch-site", "same-origin").form(fields);
        let page = Page::of(request).await;
        (page.status, serde_json::from_str(&page.body).unwrap_or_default())
    }

    pub async fn try_sign_in(&self, email: &str, password: &str) -> Page {
        self.post("/api/auth/sign-in", &[("email", email), ("password", password)]).await
    }

    pub async fn sign_in(&self, email: &str) {
        let page = self.try_sign_in(email, PASSWORD).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some("/")), "{email} signs in");
    }

    pub async fn sign_out(&self) -> Page {
        self.post("/api/auth/sign-out", &[]).await
    }

    pub async fn open_portal(&self, org: &str) -> Page {
        self.post("/api/billing/open-portal", &[("org", org)]).await
    }
}
