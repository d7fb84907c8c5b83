//! What an operator who acts as somebody may reach: the product, and nothing of the person's own.
//!
//! What must hold: what is not named here is closed. What is open is decided on by the policy as
//! ever, which knows of the operator as well (`limits.cedar`).

use app::{error::AppError, request::CurrentActor};
use axum::{extract::Request, response::Response};
use http::Method;

use super::{admission::refusal, chain::Next};

pub async fn limit(request: Request, next: Next) -> Response {
    let actor = request.extensions().get::<CurrentActor>().and_then(|current| current.0.as_ref());
    let is_impersonated = actor.is_some_and(|actor| actor.is_impersonated());
    if is_impersonated && !is_open(request.method(), request.uri().path()) {
        return refusal(AppError::NotForSupport);
    }
    next.run(request).await
}

/// Pages that show nothing of the person's account, and actions on an organisation, by where they begin.
fn is_open(method: &Method, path: &str) -> bool {
    if *method == Method::POST {
        // The policy refuses billing, and has it written down; a guess at these is no attempt at anything.
        let on_organizations = ["/api/billing/", "/api/orgs/", "/api/posts/", "/api/projects/"];
        return on_organizations.iter().any(|start| path.starts_with(start))
            || matches!(path, "/api/auth/sign-out" | "/api/impersonation/end");
    }
    matches!(path, "/" | "/pricing" | "/impersonation") || path.starts_with("/o/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_open_and_what_is_not() {
        for path in ["/", "/pricing", "/o/acme", "/o/acme/projects", "/impersonation"] {
            assert!(is_open(&Method::GET, path), "{path}");
        }
        for path in
            ["/account", "/account/password", "/admin", "/auth/google/callback", "/invitations", "/sign-in", "/o"]
        {
            assert!(!is_open(&Method::GET, path), "{path}");
        }
        for path in ["/api/posts/create", "/api/orgs/leave", "/api/billing/open-portal", "/api/impersonation/end"] {
            assert!(is_open(&Method::POST, path) && !is_open(&Method::GET, path), "{path}");
        }
        for path in [
            "/api/account/delete",
            "/api/auth/sign-in",
            "/api/console/impersonate",
            "/api/invitations/accept",
            "/o/acme",
        ] {
            assert!(!is_open(&Method::POST, path), "{path}");
        }
    }
}
