//! `/auth/{provider}/confirm`: where the link in the mail leads. The token is taken out of the
//! address at once (check P03), and only marks what waits in this very browser: looking at it
//! anywhere else, as mail scanners do, changes nothing.

use http::Method;
use leptos::prelude::*;

use crate::{
    accounts::session,
    error::AppError,
    errors::or_error_page,
    request::{answer, method_and_headers, query_value, see_other, services},
};

#[component]
pub fn ConfirmAddressPage() -> impl IntoView {
    let token = query_value("token").unwrap_or_default();
    let load = async move {
        if let Ok(()) = answer(confirm(&token).await) {
            see_other("/sign-up/complete");
        }
        Ok(())
    };
    or_error_page(load, |()| ())
}

async fn confirm(token: &str) -> Result<(), AppError> {
    let is_get = method_and_headers().is_some_and(|(method, _)| method == Method::GET);
    let arrival = session::arrival().await?.filter(|_| is_get);
    let confirmed = arrival.and_then(|arrival| {
        let now = services().ok()?.now();
        arrival.confirmed_by(token, now)
    });
    session::keep_arrival(&confirmed.ok_or(AppError::LinkNotGood)?).await
}
