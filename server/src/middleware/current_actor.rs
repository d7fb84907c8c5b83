//! Who is asking: the person of the live session, read once per request.
//!
//! Pages under `/o/` and `/account` are for people who are signed in: anybody
//! else is sent to sign in and comes back.

use std::sync::Arc;

use app::{
    accounts::session::{PROOF, USER},
    error::AppError,
    request::CurrentActor,
};
use axum::{
    extract::Request,
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    UserId,
    accounts::{Proof, ReturnPath},
};
use http::{Method, Uri};
use services::{Actor, Origin};
use tower_sessions::Session;

use super::{admission::refusal, chain::Next};
use crate::sessions::with_person;

pub async fn find(mut request: Request, next: Next) -> Response {
    let (session, origin) = (request.extensions().get().cloned(), request.extensions().get().cloned());
    let actor = match current(session, origin).await {
        Ok(actor) => actor,
        Err(error) => return refusal(error),
    };
    if actor.0.is_none() && needs_sign_in(request.method(), request.uri()) {
        return Redirect::to(&sign_in_address(request.uri())).into_response();
    }
    request.extensions_mut().insert(actor.clone());
    let mut response = next.run(request).await;
    // For the page of an error, which is made further out.
    response.extensions_mut().insert(actor);
    response
}

async fn current(session: Option<Session>, origin: Option<Origin>) -> Result<CurrentActor, AppError> {
    let (Some(session), Some(origin)) = (session, origin) else { return Err(AppError::Internal) };
    let (user, person) = with_person(session.get::<UserId>(USER)).await;
    let user = user.map_err(|error| {
        tracing::error!(%error, "the session can't be read");
        AppError::Unavailable
    })?;
    // The session's own word on whose it is, and the row's: one without the other is nobody.
    let person = person.filter(|found| Some(found.person.id) == user);
    // Read already, together with the first value. One that can't be read counts as forgotten.
    let proof = session.get::<Proof>(PROOF).await.ok().flatten().unwrap_or_else(Proof::forgotten);
    Ok(CurrentActor(person.map(|found| Arc::new(Actor::of_session(found, proof, origin)))))
}

fn needs_sign_in(method: &Method, uri: &Uri) -> bool {
    let path = uri.path();
    *method != Method::POST && (path == "/account" || path.starts_with("/account/") || path.starts_with("/o/"))
}

fn sign_in_address(uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    ReturnPath::parse(wanted).map_or_else(|| "/sign-in".to_owned(), |path| path.sign_in_address())
}
