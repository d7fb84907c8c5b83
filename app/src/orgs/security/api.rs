//! `/api/orgs/set-security`.

use leptos::prelude::*;

use crate::{
    error::AppError,
    flash::{Flash, Notice},
    request::{actor, answer, back_to, services},
};

/// `second_factor`: `required`, or anything else for no.
#[server(name = SetSecurity, prefix = "/api", endpoint = "orgs/set-security")]
pub async fn set_security(
    #[server(default)] org: String,
    #[server(default)] second_factor: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let set = answer(services())?.set_security(&actor, &org, second_factor == "required").await;
    answer(set.map_err(AppError::from))?;
    back_to(format!("/o/{org}/settings/security"), Flash::Notice(Notice::OrganizationSecurityChanged));
    Ok(())
}
