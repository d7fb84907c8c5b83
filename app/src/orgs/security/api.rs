//! `/api/orgs/set-security`, `/api/orgs/set-access-rules` and `/api/orgs/break-glass`.

use domain::{form::Field, orgs::TypedAccessRules};
use leptos::prelude::*;

use crate::{
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, confirm_then, refuse_form, see_other, services},
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

/// `limits[]`: `hours`, `addresses`, or neither. `days[]`: `Mon` to `Sun`.
#[server(name = SetAccessRules, prefix = "/api", endpoint = "orgs/set-access-rules")]
pub async fn set_access_rules(
    #[server(default)] org: String,
    #[server(default)] limits: Vec<String>,
    #[server(default)] time_zone: String,
    #[server(default)] days: Vec<String>,
    #[server(default)] from: String,
    #[server(default)] until: String,
    #[server(default)] addresses: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let limits = |what: &str| limits.iter().any(|limit| limit == what);
    let days: Vec<&str> = days.iter().map(String::as_str).collect();
    let typed = TypedAccessRules {
        limits_hours: limits("hours"),
        zone: &time_zone,
        days: &days,
        from: &from,
        until: &until,
        limits_addresses: limits("addresses"),
        addresses: &addresses,
    };
    let page = format!("/o/{org}/settings/security");
    match answer(services())?.set_access_rules(&actor, &org, &typed).await {
        Ok(()) => {
            back_to(page, Flash::Notice(Notice::OrganizationSecurityChanged));
            Ok(())
        }
        Err(error) => {
            let days = days.join(" ");
            let hours =
                [(Field::TimeZone, &*time_zone), (Field::Days, &days), (Field::From, &from), (Field::Until, &until)];
            let mut back = Vec::new();
            back.extend(typed.limits_hours.then_some(hours).into_iter().flatten());
            back.extend(typed.limits_addresses.then_some((Field::Addresses, &*addresses)));
            refuse_form(Form::AccessRules, page, &back, error)
        }
    }
}

#[server(name = BreakGlass, prefix = "/api", endpoint = "orgs/break-glass")]
pub async fn break_glass(#[server(default)] org: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    match answer(services())?.break_glass(&actor, &org).await.map_err(AppError::from) {
        Ok(()) => {
            back_to(format!("/o/{org}/settings/security"), Flash::Notice(Notice::GlassBroken));
            Ok(())
        }
        Err(AppError::ConfirmItIsYou) => {
            see_other(confirm_then(&format!("/o/{org}/break-glass")));
            Err(AppError::ConfirmItIsYou)
        }
        Err(error) => answer(Err(error)),
    }
}
