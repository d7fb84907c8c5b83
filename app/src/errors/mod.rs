//! Pages for what went wrong.

pub mod page;

use std::{
    future::Future,
    task::{Context, Poll, Waker},
};

use http::{HeaderValue, StatusCode, header::LOCATION};
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use self::page::ErrorPage;
use crate::{
    error::AppError,
    request::{confirm_then, path_and_query},
};

/// Renders what was loaded, or the page of the error with its status. What most pages need is
/// there already, read with the session: those are rendered on the spot.
pub fn or_error_page<T, V>(
    load: impl Future<Output = Result<T, AppError>> + Send + 'static,
    render: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    let mut load = Box::pin(load);
    // Asked again with a real waker if it isn't ready.
    match load.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(loaded) => page_of(loaded, render),
        Poll::Pending => {
            let page = async move { page_of(load.await, render) };
            view! { <Suspense>{Suspend::new(page)}</Suspense> }.into_any()
        }
    }
}

fn page_of<T, V: IntoView + 'static>(loaded: Result<T, AppError>, render: impl FnOnce(T) -> V) -> AnyView {
    match loaded {
        Ok(loaded) => render(loaded).into_any(),
        // Not an error page: they prove it, and come back to this one.
        Err(AppError::ConfirmItIsYou) => go_to(&confirm_then(&path_and_query())),
        Err(error) => {
            let status = error.status();
            set_status(status);
            view! { <ErrorPage error status/> }.into_any()
        }
    }
}

/// No page but another address.
pub fn go_to(address: &str) -> AnyView {
    if let (Some(options), Ok(address)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(address)) {
        options.set_status(StatusCode::SEE_OTHER);
        options.insert_header(LOCATION, address);
    }
    ().into_any()
}

fn set_status(status: StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}
