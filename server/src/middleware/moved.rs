//! Old addresses of an organisation lead its members to where it is now. Nobody else learns that it
//! was ever there.

use std::sync::Arc;

use app::request::CurrentActor;
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Redirect, Response},
};
use http::{Method, Uri};
use services::{Actor, Services};

use super::{admission::refusal, chain::Next};

pub async fn lead(State(services): State<Services>, request: Request, next: Next) -> Response {
    let actor = request.extensions().get::<CurrentActor>().and_then(|current| current.0.clone());
    match (actor, slug(&request)) {
        (Some(actor), Some(slug)) => match moved(&services, &actor, slug, request.uri()).await {
            Ok(Some(address)) => Redirect::to(&address).into_response(),
            Ok(None) => next.run(request).await,
            Err(error) => refusal(error.into()),
        },
        _ => next.run(request).await,
    }
}

/// Of a page that is read; a form says itself where it belongs.
fn slug(request: &Request) -> Option<&str> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    request.uri().path().strip_prefix("/o/").filter(|_| is_read)?.split('/').next()
}

async fn moved(
    services: &Services,
    actor: &Arc<Actor>,
    slug: &str,
    uri: &Uri,
) -> Result<Option<String>, services::ServiceError> {
    let Some(now) = services.find_moved(actor, slug).await? else { return Ok(None) };
    let rest = uri.path().strip_prefix("/o/").and_then(|path| path.strip_prefix(slug)).unwrap_or_default();
    let query = uri.query().map(|query| format!("?{query}")).unwrap_or_default();
    Ok(Some(format!("/o/{now}{rest}{query}")))
}
