//! Who is asking: the person of the live session, read once per request.
//!
//! Pages under `/o/` and `/account` are for people who are signed in: anybody
//! else is sent to sign in and comes back.

use std::sync::Arc;

use app::{accounts::api::SESSION_USER, error::AppError, request::CurrentActor};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use domain::{UserId, accounts::ReturnPath};
use http::{Method, Uri};
use services::{Origin, Services};
use tower_sessions::Session;

use super::admission::refusal;

pub async fn find(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let (session, origin) = (request.extensions().get().cloned(), request.extensions().get().cloned());
    let actor = match current(&services, session, origin).await {
        Ok(actor) => actor,
        Err(error) => return refusal(error),
    };
    if actor.0.is_none() && needs_sign_in(request.method(), request.uri()) {
        return Redirect::to(&sign_in_address(request.uri())).into_response();
    }
    request.extensions_mut().insert(actor);
    next.run(request).await
}

async fn current(
    services: &Services,
    session: Option<Session>,
    origin: Option<Origin>,
) -> Result<CurrentActor, AppError> {
    let (Some(session), Some(origin)) = (session, origin) else { return Err(AppError::Internal) };
    let user: Option<UserId> = session.get(SESSION_USER).await.map_err(|error| {
        tracing::error!(%error, "the session can't be read");
        AppError::Unavailable
    })?;
    let Some(user) = user else { return Ok(CurrentActor(None)) };
    Ok(CurrentActor(services.authenticate(user, origin).await?.map(Arc::new)))
}

fn needs_sign_in(method: &Method, uri: &Uri) -> bool {
    let path = uri.path();
    *method != Method::POST && (path == "/account" || path.starts_with("/account/") || path.starts_with("/o/"))
}

fn sign_in_address(uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    ReturnPath::parse(wanted).map_or_else(|| "/sign-in".to_owned(), |path| path.sign_in_address())
}
