//! `/api/console/impersonate` and `/api/impersonation/end`.

use domain::form::Field;
use leptos::prelude::*;

use crate::{
    accounts::session,
    console::organizations::address,
    error::AppError,
    flash::Form,
    request::{actor, answer, origin, refuse_form, see_other, services},
};

/// `org` and `user` by their ids.
#[server(name = Impersonate, prefix = "/api", endpoint = "console/impersonate")]
pub async fn impersonate(
    #[server(default)] org: String,
    #[server(default)] user: String,
    #[server(default)] reason: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let own = answer(session::session_hash())?;
    match answer(services())?.impersonate(&actor, (&org, &user), &reason, &own).await {
        Ok(begun) => {
            answer(session::begin_impersonation(&begun.impersonating).await)?;
            see_other(format!("/o/{}", begun.organization.slug));
            Ok(())
        }
        Err(error) => {
            let page = address::of_member(&org, &user);
            refuse_form(Form::Impersonate, page, &[(Field::Reason, &reason)], error)
        }
    }
}

/// Also when its time is up: the operator comes back to their own session.
#[server(name = EndImpersonation, prefix = "/api", endpoint = "impersonation/end")]
pub async fn end_impersonation() -> Result<(), AppError> {
    let impersonating = answer(session::impersonating().await)?;
    let impersonating = answer(impersonating.ok_or(AppError::NotFound))?;
    let ended = answer(services())?.end_impersonation(impersonating.id, &answer(origin())?).await;
    let returned = answer(ended.map_err(AppError::from))?;
    let is_back = answer(session::return_to(returned.session.as_ref()).await)?;
    see_other(match returned.org {
        Some(org) if is_back => address::of(org),
        _ if is_back => "/".to_owned(),
        _ => "/sign-in".to_owned(),
    });
    Ok(())
}
