//! The operators' console is not there for anybody else: what leads to it answers as an address that
//! never was, before anything of it runs. Whoever passes is asked again by every use case.

use app::request::CurrentActor;
use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode};
use services::Services;

use super::{admission::refusal, chain::Next};

pub async fn hide(State(services): State<Services>, request: Request, next: Next) -> Response {
    if !is_console(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    let actor = request.extensions().get::<CurrentActor>().and_then(|current| current.0.clone());
    let sees_it = match actor {
        Some(actor) => services.sees_console(&actor).await,
        None => Ok(false),
    };
    match sees_it {
        Ok(true) => next.run(request).await,
        Ok(false) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => refusal(error.into()),
    }
}

/// An action by another method is refused for its method, as every action is.
fn is_console(method: &Method, path: &str) -> bool {
    path == "/admin" || path.starts_with("/admin/") || (*method == Method::POST && path.starts_with("/api/console/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_to_it_and_what_does_not() {
        for path in ["/admin", "/admin/", "/admin/events", "/admin/events/evt_1"] {
            assert!(is_console(&Method::GET, path) && is_console(&Method::HEAD, path), "{path}");
        }
        assert!(is_console(&Method::POST, "/api/console/replay-event"));
        for path in ["/", "/administrator", "/o/admin", "/api/orgs/invite", "/api/console"] {
            assert!(!is_console(&Method::POST, path), "{path}");
        }
    }
}
