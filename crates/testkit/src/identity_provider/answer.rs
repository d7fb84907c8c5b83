//! What is answered over HTTP.

use std::{collections::HashMap, convert::Infallible, sync::Arc};

use axum::{
    Json, Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde_json::{Value, json};

use super::{CLIENT, Minting, Misbehaviour, SECRET, Shared, Sign, grant::challenge_of, keys};

pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new().fallback(answer).with_state(shared)
}

async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let path = request.uri().path().to_owned();
    let misbehaviour = {
        let mut inside = shared.inside();
        inside.log.push(path.clone());
        inside.misbehaviour.get(&path).cloned()
    };
    if let Some(how) = misbehaviour {
        return misbehave(how).await;
    }
    match path.as_str() {
        "/.well-known/openid-configuration" => Json(document(&shared.url, &shared.url, "google")).into_response(),
        "/common/v2.0/.well-known/openid-configuration" => {
            let template = format!("{}/{{tenantid}}/v2.0", shared.url);
            Json(document(&shared.url, &template, "microsoft")).into_response()
        }
        "/keys" => Json(keys::set(shared.inside().key)).into_response(),
        "/token" => {
            let body = to_bytes(request.into_body(), 64 * 1024).await.unwrap_or_default();
            match token(&shared, &body) {
                Ok(answer) => Json(answer).into_response(),
                Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
            }
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn misbehave(how: Misbehaviour) -> Response {
    match how {
        Misbehaviour::Hang => std::future::pending().await,
        Misbehaviour::Flood => {
            let chunk = || Ok::<_, Infallible>(Bytes::from_static(&[b' '; 16 * 1024]));
            let endless = stream::repeat_with(chunk);
            ([(header::CONTENT_TYPE, "application/json")], Body::from_stream(endless)).into_response()
        }
        Misbehaviour::Redirect(to) => (StatusCode::FOUND, [(header::LOCATION, to)]).into_response(),
        Misbehaviour::Status(code) => StatusCode::from_u16(code).unwrap().into_response(),
        Misbehaviour::Say(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
    }
}

fn document(url: &str, issuer: &str, shape: &str) -> Value {
    json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{url}/{shape}/authorize"),
        "token_endpoint": format!("{url}/token"),
        "jwks_uri": format!("{url}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
        "authorization_response_iss_parameter_supported": shape == "google",
    })
}

fn token(shared: &Shared, body: &[u8]) -> Result<Value, &'static str> {
    let asked: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let given = |name: &str| asked.get(name).map(String::as_str).unwrap_or_default();
    if given("client_id") != CLIENT || given("client_secret") != SECRET {
        return Err("invalid_client");
    }
    // Gone whatever comes of it: a code is used once.
    let granted = shared.inside().codes.remove(given("code")).ok_or("invalid_grant")?;
    if given("redirect_uri") != granted.redirect_uri || challenge_of(given("code_verifier")) != granted.challenge {
        return Err("invalid_grant");
    }
    let now = shared.now();
    let (key, change) = {
        let inside = shared.inside();
        (inside.key, inside.mint)
    };
    let mut claims = granted.someone.clone();
    let issuer = if granted.is_microsoft {
        format!("{}/{}/v2.0", shared.url, claims["tid"].as_str().unwrap_or_default())
    } else {
        shared.url.clone()
    };
    let standard = json!({
        "iss": issuer, "aud": CLIENT, "iat": now, "exp": now + 600, "nonce": granted.nonce,
    });
    for (name, value) in standard.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": keys::id(key) });
    let mut minting = Minting { header, claims, sign: Sign::Rs256, now, issuer };
    if let Some(change) = change {
        change(&mut minting);
    }
    Ok(json!({
        "access_token": "canary-access-token", "token_type": "Bearer", "expires_in": 3600,
        "scope": "openid email profile", "id_token": minting.token(key),
    }))
}
