//! The strict GitHub: what it refuses is what a client could get wrong.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::browser::{Page, fetched};
use crate::started::{Started, start};

const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more";
const CALLBACK: &str = "http://127.0.0.1:3000/auth/github/callback";

fn asked() -> Vec<(&'static str, String)> {
    [
        ("client_id", "sandbox-client"),
        ("redirect_uri", CALLBACK),
        ("response_type", "code"),
        ("scope", "read:user user:email"),
        ("state", "a-state-of-22-letters-x"),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name, value.to_owned()))
    .into_iter()
    .chain([("code_challenge", URL_SAFE_NO_PAD.encode(Sha256::digest(VERIFIER)))])
    .collect()
}

async fn authorize(sandbox: &Started, login: &str) -> Page {
    let mut form = asked();
    form.push(("login", login.to_owned()));
    let request =
        sandbox.http.post(sandbox.at("/github/login/oauth/authorize")).header("sec-fetch-site", "same-origin");
    fetched(form_of(request, &form)).await
}

fn form_of(request: reqwest::RequestBuilder, fields: &[(&str, String)]) -> reqwest::RequestBuilder {
    let mut body = url::form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(fields);
    request.header("content-type", "application/x-www-form-urlencoded").body(body.finish())
}

async fn code(sandbox: &Started, login: &str) -> String {
    let location = authorize(sandbox, login).await.location.unwrap();
    assert!(location.starts_with(&format!("{CALLBACK}?code=")) && location.ends_with("state=a-state-of-22-letters-x"));
    location.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

async fn redeem(sandbox: &Started, change: &[(&str, &str)], code: &str) -> Value {
    let mut fields = vec![
        ("client_id", "sandbox-client".to_owned()),
        ("client_secret", "sandbox-secret".to_owned()),
        ("code", code.to_owned()),
        ("redirect_uri", CALLBACK.to_owned()),
        ("code_verifier", VERIFIER.to_owned()),
    ];
    for (name, value) in change {
        (*value).clone_into(&mut fields.iter_mut().find(|(field, _)| field == name).unwrap().1);
    }
    let request =
        sandbox.http.post(sandbox.at("/github/login/oauth/access_token")).header("accept", "application/json");
    let response = form_of(request, &fields).send().await.unwrap();
    assert_eq!(response.status(), 200, "also when it says no");
    response.json().await.unwrap()
}

async fn ask(sandbox: &Started, path: &str, token: &str) -> (StatusCode, Value) {
    let request = sandbox.http.get(sandbox.at(path)).bearer_auth(token).header("user-agent", "test");
    crate::started::answered(request).await
}

#[tokio::test]
async fn a_code_becomes_a_token_once_and_the_token_says_who_it_is() {
    let sandbox = start().await;
    let code = code(&sandbox, "octo-sam").await;
    let token = redeem(&sandbox, &[], &code).await["access_token"].as_str().unwrap().to_owned();
    let (status, user) = ask(&sandbox, "/github/user", &token).await;
    assert_eq!((status, &user["id"], &user["email"]), (StatusCode::OK, &json!(1003), &Value::Null));
    let (_, emails) = ask(&sandbox, "/github/user/emails", &token).await;
    assert_eq!(emails.as_array().unwrap().len(), 3);
    assert_eq!(emails[1], json!({ "email": "sam@github.test", "primary": true, "verified": true, "visibility": null }));
    assert_eq!(redeem(&sandbox, &[], &code).await["error"], "bad_verification_code", "used");
    assert_eq!(ask(&sandbox, "/github/user", "gho_other").await.0, StatusCode::UNAUTHORIZED);
    sandbox.end().await;
}

#[tokio::test]
async fn what_does_not_fit_gets_no_token() {
    let sandbox = start().await;
    for (field, value, error) in [
        ("client_id", "another", "incorrect_client_credentials"),
        ("client_secret", "guessed", "incorrect_client_credentials"),
        ("redirect_uri", "http://127.0.0.1:3001/auth/github/callback", "redirect_uri_mismatch"),
        ("code_verifier", "another-verifier-of-forty-three-characters-x", "bad_verification_code"),
        ("code_verifier", "", "bad_verification_code"),
        ("code", "guessed", "bad_verification_code"),
    ] {
        let code = code(&sandbox, "octo-vera").await;
        let answer = redeem(&sandbox, &[(field, value)], &code).await;
        assert_eq!((&answer["error"], &answer["access_token"]), (&json!(error), &Value::Null), "{field} {value}");
    }
    let late = code(&sandbox, "octo-vera").await;
    sandbox.clock.advance(600);
    assert_eq!(redeem(&sandbox, &[], &late).await["error"], "bad_verification_code");
    sandbox.end().await;
}

#[tokio::test]
async fn what_is_badly_asked_is_told_to_people_and_sent_nowhere() {
    let sandbox = start().await;
    let show = |fields: Vec<(&'static str, String)>| {
        let request = sandbox.http.get(sandbox.at("/github/login/oauth/authorize")).query(&fields);
        fetched(request)
    };
    let page = show(asked()).await;
    assert_eq!((page.status, page.shown("github-user").len()), (StatusCode::OK, 5));
    assert!(page.policy.contains("form-action 'self' http://127.0.0.1:3000;"), "{}", page.policy);
    for (field, value) in [
        ("client_id", "another"),
        ("redirect_uri", "https://evil.example/auth/github/callback"),
        ("redirect_uri", ""),
        ("response_type", "token"),
        ("code_challenge_method", "plain"),
        ("code_challenge", "short"),
        ("state", "short"),
    ] {
        let mut fields = asked();
        fields.iter_mut().find(|(name, _)| *name == field).unwrap().1 = value.to_owned();
        let page = show(fields).await;
        assert_eq!((page.status, page.location), (StatusCode::BAD_REQUEST, None), "{field}={value}");
    }
    let no = authorize(&sandbox, "").await.location.unwrap();
    assert!(no.starts_with(&format!("{CALLBACK}?error=access_denied&state=")), "{no}");
    let mut form = asked();
    form.push(("login", "octo-vera".to_owned()));
    let request = sandbox.http.post(sandbox.at("/github/login/oauth/authorize")).header("sec-fetch-site", "cross-site");
    assert_eq!(fetched(form_of(request, &form)).await.status, StatusCode::FORBIDDEN);
    sandbox.end().await;
}
