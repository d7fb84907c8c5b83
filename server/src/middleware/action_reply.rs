//! The reply to a form post, and to somebody who comes back from a provider. The framework
//! would answer every refusal with a redirect and the error in the address; here a server
//! function writes down what it answers, and the reply says so with its status.

use app::{
    error::AppError,
    request::{Outcome, Reply},
};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{ACCEPT, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION, SET_COOKIE},
};

use super::{admission::refusal, chain::Next, flashes::Flashes};

/// Set by the framework on a reply to a request that it could not even read.
const SERVER_FN_ERROR: &str = "serverfnerror";

pub async fn make(State(flashes): State<Flashes>, mut request: Request, next: Next) -> Response {
    if *request.method() != Method::POST && !is_callback(request.uri().path()) {
        return next.run(request).await;
    }
    let reply = Reply::default();
    request.extensions_mut().insert(reply.clone());
    let wants_page = wants_page(request.headers());
    let response = next.run(request).await;
    let (outcome, cookies) = reply.take();
    let mut response = match outcome {
        Some(Outcome::SeeOther(address)) => see_other(&address),
        Some(Outcome::BackTo { page, flash }) => back_to(&flashes, &page, flash, wants_page).await,
        Some(Outcome::Download { name, kind, content }) => download(name, kind, content),
        Some(Outcome::Refused(error)) => refusal(error),
        None if response.headers().contains_key(SERVER_FN_ERROR) => refusal(AppError::BadRequest),
        None => response,
    };
    for cookie in cookies {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The one page that acts: a provider sends browsers there by GET.
fn is_callback(path: &str) -> bool {
    path.starts_with("/auth/")
}

fn see_other(address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(mut address) => {
            // It may be a bearer secret (P-07): whatever prints headers prints it as "Sensitive".
            address.set_sensitive(true);
            (StatusCode::SEE_OTHER, [(LOCATION, address)]).into_response()
        }
        Err(_) => refusal(AppError::Internal),
    }
}

fn download(name: &str, kind: &'static str, content: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    ([(CONTENT_TYPE, kind.to_owned()), (CONTENT_DISPOSITION, disposition)], content).into_response()
}

async fn back_to(flashes: &Flashes, page: &str, flash: app::flash::Flash, wants_page: bool) -> Response {
    if !wants_page && let app::flash::Flash::Form(refused) = flash {
        return refusal(refused.error);
    }
    let mut response = see_other(page);
    if let Some(cookie) = flashes.leave(&flash).await {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

pub fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}
