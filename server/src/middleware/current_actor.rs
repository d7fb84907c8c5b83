//! Who is asking: the person of the live session, read once per request.
//!
//! Pages under `/o/` and `/account` are for people who are signed in: anybody
//! else is sent to sign in and comes back.

use std::sync::Arc;

use app::{
    accounts::session::{IMPERSONATING, PROOF, USER},
    error::AppError,
    request::CurrentActor,
};
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    UserId,
    accounts::{Proof, ReturnPath},
};
use http::{Method, Uri};
use services::{Actor, Origin, Services, console::Impersonating};
use tower_sessions::Session;

use super::{admission::refusal, chain::Next};
use crate::sessions::with_person;

/// Where an operator goes on from there.
const IMPERSONATION_OVER: &str = "/impersonation";

pub async fn find(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let (session, origin) = (request.extensions().get().cloned(), request.extensions().get().cloned());
    let found = match current(&services, session, origin).await {
        Ok(found) => found,
        Err(error) => return refusal(error),
    };
    let actor = match found {
        Found::Nobody if needs_sign_in(request.method(), request.uri()) => {
            return Redirect::to(&sign_in_address(request.uri())).into_response();
        }
        Found::ImpersonationOver if leads_on(request.method(), request.uri()) => {
            return Redirect::to(IMPERSONATION_OVER).into_response();
        }
        Found::Nobody | Found::ImpersonationOver => CurrentActor(None),
        Found::Somebody(actor) => CurrentActor(Some(actor)),
    };
    request.extensions_mut().insert(actor.clone());
    let mut response = next.run(request).await;
    // For the page of an error, which is made further out.
    response.extensions_mut().insert(actor);
    response
}

/// Whose request it is.
enum Found {
    Nobody,
    Somebody(Arc<Actor>),
    /// An operator's who acted as somebody, and whose time is up.
    ImpersonationOver,
}

async fn current(services: &Services, session: Option<Session>, origin: Option<Origin>) -> Result<Found, AppError> {
    let (Some(session), Some(origin)) = (session, origin) else { return Err(AppError::Internal) };
    let (user, person) = with_person(session.get::<UserId>(USER)).await;
    let unreadable = |error| {
        tracing::error!(%error, "the session can't be read");
        AppError::Unavailable
    };
    let user = user.map_err(unreadable)?;
    if user.is_none()
        && let Some(impersonating) = session.get::<Impersonating>(IMPERSONATING).await.map_err(unreadable)?
    {
        // The one kind of session that asks the database once more.
        let actor = services.impersonated(&impersonating, person, origin).await?;
        return Ok(actor.map_or(Found::ImpersonationOver, |actor| Found::Somebody(Arc::new(actor))));
    }
    // The session's own word on whose it is, and the row's: one without the other is nobody.
    let person = person.filter(|found| Some(found.person.id) == user);
    // Read already, together with the first value. One that can't be read counts as forgotten.
    let proof = session.get::<Proof>(PROOF).await.ok().flatten().unwrap_or_else(Proof::forgotten);
    Ok(person.map_or(Found::Nobody, |found| Found::Somebody(Arc::new(Actor::of_session(found, proof, origin)))))
}

fn needs_sign_in(method: &Method, uri: &Uri) -> bool {
    let path = uri.path();
    *method != Method::POST && (path == "/account" || path.starts_with("/account/") || path.starts_with("/o/"))
}

/// Where an operator looks who does not know yet that it is over: what was theirs meanwhile, and the console.
fn leads_on(method: &Method, uri: &Uri) -> bool {
    let path = uri.path();
    let is_console = path == "/admin" || path.starts_with("/admin/");
    needs_sign_in(method, uri) || (*method != Method::POST && (path == "/" || is_console))
}

fn sign_in_address(uri: &Uri) -> String {
    let wanted = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
    ReturnPath::parse(wanted).map_or_else(|| "/sign-in".to_owned(), |path| path.sign_in_address())
}
