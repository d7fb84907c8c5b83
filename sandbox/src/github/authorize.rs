//! `/login/oauth/authorize`: whose account is it, and may the client know?

use std::collections::HashMap;
use std::sync::Arc;

use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::html;
use url::{Host, Url};

use super::people::{PEOPLE, find};
use super::{CLIENT_ID, GitHub, Granted, REMEMBERED};
use crate::pages::hosted::frame::{Frame, notice, see_other};

type Fields = HashMap<String, String>;

/// What a client asks for, once it is known to be well asked.
struct Asked {
    redirect_uri: Url,
    state: String,
    challenge: String,
    scopes: Vec<String>,
}

impl Asked {
    /// What is wrong is told to people and not sent on: the address to send it to may be what is wrong.
    fn read(fields: &Fields) -> Result<Self, &'static str> {
        let given = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        if given("client_id") != CLIENT_ID {
            return Err("There is no client with this client_id.");
        }
        let redirect_uri = callback(given("redirect_uri")).ok_or(
            "The redirect_uri is not one that this client registered: http on this machine, path /auth/github/callback.",
        )?;
        if !["", "code"].contains(&given("response_type")) {
            return Err("The response_type must be code.");
        }
        if given("code_challenge_method") != "S256" || given("code_challenge").len() != 43 {
            return Err("This sandbox wants PKCE: code_challenge_method S256 and a code_challenge of 43 characters.");
        }
        if given("state").len() < 22 {
            return Err("The state is missing, or too short to be unguessable.");
        }
        let scopes = given("scope").split([' ', ',']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
        Ok(Self {
            redirect_uri,
            state: given("state").to_owned(),
            challenge: given("code_challenge").to_owned(),
            scopes,
        })
    }

    fn back(&self, name: &str, value: &str) -> String {
        let mut url = self.redirect_uri.clone();
        url.query_pairs_mut().append_pair(name, value).append_pair("state", &self.state);
        url.into()
    }
}

/// The one callback that is registered, on whatever port of this machine.
fn callback(text: &str) -> Option<Url> {
    let url: Url = text.parse().ok()?;
    let is_here = match url.host()? {
        Host::Domain(name) => name == "localhost" || matches!(name.rsplit('.').next(), Some("localhost" | "test")),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    let is_exact = url.path() == "/auth/github/callback" && url.query().is_none() && url.fragment().is_none();
    (is_here && is_exact && url.username().is_empty()).then_some(url)
}

/// `GET`: a button for everybody who has an account.
pub async fn show(Query(fields): Query<Fields>) -> Response {
    let asked = match Asked::read(&fields) {
        Ok(asked) => asked,
        Err(why) => return notice(StatusCode::BAD_REQUEST, "This can't be asked", why, None),
    };
    let inside = html! {
        main.frame.narrow {
            div.sheet {
                h1 { "Sign in to GitHub" }
                p.soft { "Who are you? The client asks for " (asked.scopes.join(" and ")) "." }
                form.stack method="post" action="/github/login/oauth/authorize" {
                    @for (name, value) in &fields { input type="hidden" name=(name) value=(value); }
                    @for person in &PEOPLE {
                        button.plain.wide name="login" value=(person.login) data-testid="github-user" {
                            (person.login) " · " (person.remark)
                        }
                    }
                    button.link name="login" value="" data-testid="github-cancel" { "Cancel" }
                }
                p.hint { "A page of the sandbox: it stands for GitHub, and nobody needs a password." }
            }
        }
    };
    let back = asked.redirect_uri.to_string();
    Frame { status: StatusCode::OK, title: "Sign in to GitHub", leads_to: vec![&back] }.around(&inside)
}

/// `POST`: somebody says yes, or no.
pub async fn answer(State(github): State<Arc<GitHub>>, headers: HeaderMap, Form(fields): Form<Fields>) -> Response {
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return notice(StatusCode::FORBIDDEN, "Not accepted", "This form did not come from this page.", None);
    }
    let asked = match Asked::read(&fields) {
        Ok(asked) => asked,
        Err(why) => return notice(StatusCode::BAD_REQUEST, "This can't be asked", why, None),
    };
    let Some(person) = fields.get("login").and_then(|login| find(login)) else {
        return see_other(&asked.back("error", "access_denied"));
    };
    let code = {
        let mut desk = github.desk();
        if desk.codes.len() >= REMEMBERED {
            desk.codes.clear();
        }
        let code = desk.ids.letters(20);
        let granted = Granted {
            login: person.login.to_owned(),
            redirect_uri: asked.redirect_uri.to_string(),
            challenge: asked.challenge.clone(),
            scopes: asked.scopes.clone(),
            at: github.sandbox.clock.now(),
        };
        desk.codes.insert(code.clone(), granted);
        code
    };
    see_other(&asked.back("code", &code))
}

#[cfg(test)]
mod tests {
    use super::callback;

    #[test]
    fn one_callback_is_registered() {
        assert!(callback("http://127.0.0.1:3000/auth/github/callback").is_some());
        for other in [
            "",
            "https://evil.example/auth/github/callback",
            "http://127.0.0.1:3000/auth/github/callback?x=1",
            "http://127.0.0.1:3000/auth/github/callback/",
            "http://127.0.0.1:3000/auth/google/callback",
            "http://127.0.0.1@evil.example/auth/github/callback",
        ] {
            assert!(callback(other).is_none(), "{other}");
        }
    }
}
