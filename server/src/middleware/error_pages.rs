//! A page for every refusal that has none: the same face, words for people, no
//! detail of ours (check K02).

use std::{future::Future, pin::Pin, sync::Arc};

use app::{PageOptions, Shell, error::AppError, routes::ErrorReply};
use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{
    HeaderName, HeaderValue, Method, StatusCode,
    header::{CONTENT_LENGTH, CONTENT_TYPE, REFERER},
};
use leptos::prelude::*;

use super::action_reply::wants_page;

type Render = dyn Fn(ErrorReply, Request) -> Pin<Box<dyn Future<Output = Response> + Send>> + Send + Sync;

#[derive(Clone)]
pub struct ErrorPages(Arc<Render>);

impl ErrorPages {
    pub fn new(options: PageOptions) -> Self {
        Self(Arc::new(move |reply: ErrorReply, request: Request| {
            let options = options.clone();
            let handler = leptos_axum::render_app_async_with_context(
                move || provide_context(reply.clone()),
                move || view! { <Shell options=options.clone()/> },
            );
            Box::pin(async move { handler(request).await })
        }))
    }
}

pub async fn add(State(pages): State<ErrorPages>, request: Request, next: Next) -> Response {
    let wants_page = wants_page(request.headers());
    let head = *request.method() == Method::HEAD;
    let about = whence(&request);
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
    let page = (pages.0)(ErrorReply(error, status), about).await;
    let (page_parts, body) = page.into_parts();
    parts.headers.extend(page_parts.headers);
    Response::from_parts(parts, if head { Body::empty() } else { body })
}

/// All that the page learns of the request: where it came from, for the way back.
fn whence(request: &Request) -> Request {
    let mut about = Request::new(Body::empty());
    for name in [REFERER, HeaderName::from_static("sec-fetch-site")] {
        if let Some(value) = request.headers().get(&name) {
            about.headers_mut().insert(name, value.clone());
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
