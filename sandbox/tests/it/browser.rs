//! Pages as a browser without JavaScript gets them: forms are read from the page and sent whole.

use reqwest::{RequestBuilder, StatusCode};

use crate::started::{Fields, Started};

/// A page, or a redirect.
#[derive(Debug)]
pub struct Page {
    pub status: StatusCode,
    pub location: Option<String>,
    pub policy: String,
    pub html: String,
}

impl Page {
    /// The texts of the elements with a test id.
    pub fn shown(&self, testid: &str) -> Vec<String> {
        let mark = format!("data-testid=\"{testid}\"");
        let inner = |after: &str| after.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned();
        self.html.split(&mark).skip(1).map(inner).collect()
    }

    /// The text of the only element with a test id, without tags.
    pub fn text(&self, testid: &str) -> String {
        match self.shown(testid).as_slice() {
            [one] => one.clone(),
            other => panic!("{testid}: {other:?} in {}", self.html),
        }
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let after = self.html.split_once(&mark).unwrap_or_else(|| panic!("no field {name} in {}", self.html)).1;
        after.split_once('"').unwrap().0.to_owned()
    }

    pub fn has(&self, text: &str) -> bool {
        self.html.contains(text)
    }
}

impl Started {
    /// A path of the hosted pages as a whole address.
    pub fn hosted(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.running.public_url()) }
    }

    pub async fn page(&self, address: &str) -> Page {
        fetched(self.http.get(self.hosted(address))).await
    }

    /// Sends a form of the page at `address` to `to`, with the page's token.
    pub async fn send(&self, address: &str, to: &str, fields: Fields<'_>) -> Page {
        let token = self.page(address).await.hidden("token");
        self.send_with(&token, to, fields).await
    }

    pub async fn send_with(&self, token: &str, to: &str, fields: Fields<'_>) -> Page {
        fetched(self.form(token, to, fields).header("sec-fetch-site", "same-origin")).await
    }

    pub fn form(&self, token: &str, to: &str, fields: Fields<'_>) -> RequestBuilder {
        let mut body = url::form_urlencoded::Serializer::new(String::new());
        body.append_pair("token", token).extend_pairs(fields);
        self.http.post(self.hosted(to)).header("content-type", "application/x-www-form-urlencoded").body(body.finish())
    }
}

pub async fn fetched(request: RequestBuilder) -> Page {
    let response = request.send().await.unwrap();
    let header = |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (status, location) = (response.status(), header("location"));
    let policy = header("content-security-policy").unwrap_or_default();
    Page { status, location, policy, html: response.text().await.unwrap() }
}

/// The fields of a card, with a number.
pub fn card(number: &str) -> Vec<(&'static str, String)> {
    let cvc = if number.starts_with('3') { "1234" } else { "123" };
    [("number", number), ("expiry", "12/34"), ("cvc", cvc), ("name", "Ada Lovelace"), ("country", "DE")]
        .map(|(key, value)| (key, value.to_owned()))
        .to_vec()
}
