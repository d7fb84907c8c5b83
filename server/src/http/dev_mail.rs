//! `/dev/mail`: the mail that was kept instead of sent. Development only; needs no script.

use axum::{
    Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{
    HeaderName, HeaderValue, StatusCode,
    header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE},
};
use mailer::preview;
use store::{KeptMail, Store, StoreError};
use uuid::Uuid;

/// The pages of this file.
const PAGE: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; frame-src 'self'; base-uri 'none'; \
                    form-action 'none'; frame-ancestors 'none'";
/// A mail in its frame: it runs nothing and loads nothing, wherever it is opened.
const FRAME: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'self'; form-action 'none'; \
                     frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation";

pub fn router(store: Store) -> Router {
    Router::new()
        .route("/dev/mail", get(list))
        .route("/dev/mail/{id}", get(one))
        .route("/dev/mail/{id}/html", get(framed))
        .with_state(store)
}

async fn list(State(store): State<Store>) -> Response {
    match store.list_kept_mail().await {
        Ok(mails) => page(preview::list(&mails), PAGE),
        Err(error) => away(&error),
    }
}

async fn one(store: State<Store>, id: Path<Uuid>) -> Response {
    shown(store, id, |mail| page(preview::one(mail), PAGE)).await
}

async fn framed(store: State<Store>, id: Path<Uuid>) -> Response {
    shown(store, id, |mail| page(preview::framed(mail), FRAME)).await
}

async fn shown(State(store): State<Store>, Path(id): Path<Uuid>, show: impl Fn(&KeptMail) -> Response) -> Response {
    match store.find_kept_mail(id).await {
        Ok(Some(mail)) => show(&mail),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => away(&error),
    }
}

fn away(error: &StoreError) -> Response {
    tracing::warn!(%error, "kept mail can't be read");
    StatusCode::SERVICE_UNAVAILABLE.into_response()
}

fn page(html: String, policy: &'static str) -> Response {
    let headers: [(HeaderName, HeaderValue); 2] = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy)),
    ];
    (headers, html).into_response()
}
