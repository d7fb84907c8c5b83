//! `/auth/{provider}/callback`: where a provider sends browsers back to.
//!
//! The first request comes from another site, without the session's Strict cookie, and is
//! answered by the same-site step before it gets here: so this runs once, with all cookies.

use domain::accounts::{Provider, ReturnPath};
use http::Method;
use leptos::prelude::*;
use secrecy::SecretString;
use services::accounts::social::{Arrival, ComeBack, Landing, Step};

use super::{flow_cookie, methods::PAGE as METHODS};
use crate::{
    accounts::session,
    error::AppError,
    errors::or_error_page,
    flash::{Flash, Form, Notice, Refused},
    request::{actor, answer, back_to, method_and_headers, origin, path_value, query_value, see_other, services},
};

#[component]
pub fn CallbackPage() -> impl IntoView {
    let provider = path_value("provider");
    let provider = provider.as_deref().and_then(Provider::parse);
    let load = async move {
        come_back(provider).await;
        Ok(())
    };
    // What is answered is written down on the way; there is nothing to show.
    or_error_page(load, |()| ())
}

async fn come_back(provider: Option<Provider>) {
    let Some(provider) = provider.filter(|_| is_get()) else {
        let _ = answer::<()>(Err(AppError::NotFound));
        return;
    };
    let signed_in = actor().is_ok();
    match finish(provider).await {
        Ok(()) => {}
        Err(error) if error.comes_back() => {
            let (form, page) = if signed_in { (Form::SignInMethods, METHODS) } else { (Form::SignIn, "/sign-in") };
            back_to(page, Flash::Form(Refused::new(form, &[], error)));
        }
        Err(error) => {
            let _ = answer::<()>(Err(error));
        }
    }
}

/// A HEAD request must not use the code up.
fn is_get() -> bool {
    method_and_headers().is_some_and(|(method, _)| method == Method::GET)
}

async fn finish(provider: Provider) -> Result<(), AppError> {
    let services = services()?;
    if !services.providers().contains_key(&provider) {
        return Err(AppError::NotFound);
    }
    let signed_in = actor().ok().map(|actor| actor.person().id).zip(session::session_hash().ok());
    let back = ComeBack {
        provider,
        state: SecretString::from(query_value("state").unwrap_or_default()),
        code: query_value("code").filter(|_| query_value("error").is_none()).map(SecretString::from),
        issuer: query_value("iss"),
        browser: flow_cookie::read().unwrap_or_default(),
        signed_in,
    };
    flow_cookie::remove();
    match services.finish_flow(back, &origin()?).await? {
        Landing::In { entry, next } => see_other(session::begin(entry, next).await?),
        Landing::Linked { next } => linked(next),
        Landing::Waiting(arrival) => see_other(wait(&arrival).await?),
    }
    Ok(())
}

fn linked(next: Option<ReturnPath>) {
    let page = next.map_or_else(|| METHODS.to_owned(), |next| next.as_str().to_owned());
    back_to(page, Flash::Notice(Notice::SignInMethodLinked));
}

async fn wait(arrival: &Arrival) -> Result<&'static str, AppError> {
    session::keep_arrival(arrival).await?;
    Ok(match arrival.step() {
        Step::Create | Step::Confirm | Step::AwaitMail { .. } => "/sign-up/complete",
        Step::Propose { .. } => "/sign-in/link",
    })
}
