//! A page for every refusal that has none: the same face, words for people, no
//! detail of ours (check K02).

use std::{future::Future, pin::Pin, sync::Arc};

use app::{PageOptions, Shell, error::AppError, errors::page::ErrorPage, request::CurrentActor};
use axum::{
    body::Body,
    extract::{Request, State},
    response::Response,
};
use http::{
    HeaderName, HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, REFERER},
};
use leptos::prelude::*;

use super::{action_reply::wants_page, chain::Next};

type Render = dyn Fn(AppError, StatusCode, Request) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync;

#[derive(Clone)]
pub struct ErrorPages(Arc<Render>);

impl ErrorPages {
    pub fn new(options: PageOptions) -> Self {
        Self(Arc::new(move |error: AppError, status: StatusCode, request: Request| {
            let options = options.clone();
            let page = move || {
                let error = error.clone();
                view! { <Shell options=options.clone()><ErrorPage error status/></Shell> }
            };
            let handler = leptos_axum::render_app_async_with_context(|| (), page);
            Box::pin(async move { handler(request).await })
        }))
    }
}

pub async fn add(State(pages): State<ErrorPages>, request: Request, next: Next) -> Response {
    let wants_page = wants_page(request.headers());
    let head = *request.method() == Method::HEAD;
    let came_from = CAME_FROM.map(|name| request.headers().get(&name).cloned());
    let response = next.run(request).await;
    let status = response.status();
    let has_page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if !(status.is_client_error() || status.is_server_error()) || has_page {
        return response;
    }
    let error = response.extensions().get::<AppError>().cloned().unwrap_or_else(|| of_status(status));
    let (mut parts, _) = response.into_parts();
    parts.headers.remove(CONTENT_LENGTH);
    if !wants_page {
        parts.headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let body = serde_json::json!({ "error": error, "status": status.as_u16() }).to_string();
        return Response::from_parts(parts, Body::from(body));
    }
    let mut about = whence(came_from);
    // Whose page it is, as on every other page.
    if let Some(actor) = parts.extensions.remove::<CurrentActor>() {
        about.extensions_mut().insert(actor);
    }
    let page = (pages.0)(error, status, about).await;
    let (page_parts, body) = page.into_parts();
    parts.headers.extend(page_parts.headers);
    Response::from_parts(parts, if head { Body::empty() } else { body })
}

/// All that the page learns of the request: where it came from, for the way back.
const CAME_FROM: [HeaderName; 2] = [REFERER, HeaderName::from_static("sec-fetch-site")];

fn whence(came_from: [Option<HeaderValue>; 2]) -> Request {
    let mut about = Request::new(Body::empty());
    for (name, value) in CAME_FROM.into_iter().zip(came_from) {
        if let Some(value) = value {
            about.headers_mut().insert(name, value);
        }
    }
    about
}

fn of_status(status: StatusCode) -> AppError {
    match status {
        StatusCode::NOT_FOUND => AppError::NotFound,
        StatusCode::FORBIDDEN => AppError::Forbidden,
        StatusCode::SERVICE_UNAVAILABLE => AppError::Unavailable,
        status if status.is_client_error() => AppError::BadRequest,
        _ => AppError::Internal,
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::to_bytes, routing::get};
    use http::header::{ACCEPT, USER_AGENT};
    use leptos::config::LeptosOptions;
    use leptos_axum::LeptosRoutes;
    use tower::ServiceExt;
    use tower_http::catch_panic::CatchPanicLayer;

    use super::*;
    use crate::middleware::{
        chain::Chain,
        security_headers::{self, HeaderOptions},
    };

    const TEXT: &str = "canary7f3<script>alert(1)</script>";

    /// K02, H02: what no test from outside can bring about: a handler that panics, with text
    /// of the request in its message.
    #[tokio::test]
    async fn k02_a_panic_is_a_page_that_says_nothing() {
        let leptos = LeptosOptions::builder().output_name("portico").build();
        // Readies the framework.
        let _ = Router::<LeptosOptions>::new().leptos_routes_with_context(&leptos, Vec::new(), || (), || ());
        let options = PageOptions::new(leptos, "");
        let boom = || async { if TEXT.is_empty() { StatusCode::OK } else { panic!("{TEXT} in src/boom.rs") } };
        let router = Router::new()
            .route("/boom", get(boom))
            .layer(CatchPanicLayer::new())
            .layer(Chain::default().step_with(ErrorPages::new(options), add).layer())
            .layer(Chain::default().step_with(HeaderOptions { https: true }, security_headers::add).layer());
        for accept in ["text/html", "application/json"] {
            let request = Request::get("/boom").header(ACCEPT, accept).header(USER_AGENT, TEXT);
            let reply = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_eq!(reply.status(), StatusCode::INTERNAL_SERVER_ERROR);
            assert!(reply.headers()[CONTENT_TYPE].to_str().unwrap().starts_with(accept));
            for name in ["x-content-type-options", "content-security-policy", "strict-transport-security"] {
                assert!(reply.headers().contains_key(name), "{name}");
            }
            assert_eq!(reply.headers()["cache-control"], "no-store");
            let body = to_bytes(reply.into_body(), 1 << 20).await.unwrap();
            let body = String::from_utf8_lossy(&body);
            assert!(body.contains(if accept == "text/html" { "Something went wrong" } else { "Internal" }), "{body}");
            assert!(!body.contains("canary7f3") && !body.contains("boom") && !body.contains("panic"), "{body}");
        }
    }
}
