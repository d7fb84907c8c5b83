//! `/api/billing/…`.

use leptos::prelude::*;

use crate::{
    error::AppError,
    flash::Form,
    request::{actor, answer, refuse_form, see_other, services},
};

/// Opens the billing portal of `org` (P-03). Whatever else is posted plays no part (P-04).
#[server(name = OpenPortal, prefix = "/api", endpoint = "billing/open-portal")]
pub async fn open_portal(#[server(default)] org: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let link = answer(answer(services())?.open_portal(&actor, &org).await.map_err(AppError::from))?;
    see_other(link.expose());
    Ok(())
}

/// Begins to buy a plan of the catalogue for `org` (B-03). Price, seats and trial are ours (check B06).
#[server(name = StartCheckout, prefix = "/api", endpoint = "billing/start-checkout")]
pub async fn start_checkout(
    #[server(default)] org: String,
    #[server(default)] plan: String,
    #[server(default)] interval: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    match answer(services())?.start_checkout(&actor, &org, &plan, &interval).await {
        Ok(link) => {
            see_other(link.expose());
            Ok(())
        }
        Err(error) => refuse_form(Form::Checkout, format!("/o/{org}/settings/billing/plans"), &[], error),
    }
}
