//! Pages for what went wrong.

pub mod page;

use std::future::Future;

use http::StatusCode;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use self::page::ErrorPage;
use crate::error::AppError;

/// Renders what was loaded, or the page of the error with its status.
pub fn or_error_page<T, V>(
    load: impl Future<Output = Result<T, AppError>> + Send + 'static,
    render: impl FnOnce(T) -> V + Send + 'static,
) -> impl IntoView
where
    T: Send + 'static,
    V: IntoView + 'static,
{
    let page = async move {
        match load.await {
            Ok(loaded) => render(loaded).into_any(),
            Err(error) => {
                let status = error.status();
                set_status(status);
                view! { <ErrorPage error status/> }.into_any()
            }
        }
    };
    view! { <Suspense>{Suspend::new(page)}</Suspense> }
}

fn set_status(status: StatusCode) {
    if let Some(options) = use_context::<ResponseOptions>() {
        options.set_status(status);
    }
}
