//! `/api/billing/…`.

use domain::Timestamp;
use leptos::prelude::*;
use services::billing::{Changed, Shown, Wish};

use crate::{
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, refuse_form, see_other, services},
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

/// Changes the plan of `org` to what was shown (L-06). `due` and `at` are what the page showed: they are
/// compared, and nothing is paid by them (check B06).
#[server(name = ChangePlan, prefix = "/api", endpoint = "billing/change-plan")]
pub async fn change_plan(
    #[server(default)] org: String,
    #[server(default)] plan: String,
    #[server(default)] interval: String,
    #[server(default)] seats: String,
    #[server(default)] due: String,
    #[server(default)] at: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let shown = due.parse().ok().zip(at.parse().ok().map(Timestamp::from_millis)).map(|(due, at)| Shown { due, at });
    let page = change_address(&org, &plan, &interval, &seats);
    let wish = Wish { plan, interval, seats };
    let notice = match answer(services())?.change_plan(&actor, &org, wish, shown).await {
        Ok(Changed::Now) => Notice::PlanChanged,
        Ok(Changed::AtPeriodEnd) => Notice::PlanChangeScheduled,
        Err(error) => return refuse_form(Form::ChangePlan, page, &[], error),
    };
    back_to(format!("/o/{org}/settings/billing"), Flash::Notice(notice));
    Ok(())
}

/// Takes back that the plan of `org` is to end, or to become another.
#[server(name = KeepPlan, prefix = "/api", endpoint = "billing/keep-plan")]
pub async fn keep_plan(#[server(default)] org: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let page = format!("/o/{org}/settings/billing");
    match answer(services())?.keep_plan(&actor, &org).await {
        Ok(()) => {
            back_to(page, Flash::Notice(Notice::PlanKept));
            Ok(())
        }
        Err(error) => refuse_form(Form::ChangePlan, page, &[], error),
    }
}

/// The page on which a change is looked at.
pub(super) fn change_address(org: &str, plan: &str, interval: &str, seats: &str) -> String {
    let page = format!("/o/{org}/settings/billing/change?");
    let start = page.len();
    let mut query = url::form_urlencoded::Serializer::for_suffix(page, start);
    query.append_pair("plan", plan).append_pair("interval", interval);
    if !seats.is_empty() {
        query.append_pair("seats", seats);
    }
    query.finish()
}
