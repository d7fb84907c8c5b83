//! `/api/billing/…`.

use leptos::prelude::*;

use crate::{
    error::AppError,
    request::{actor, answer, see_other, services},
};

/// Opens the billing portal of `org` (P-03). Whatever else is posted plays no part (P-04).
#[server(name = OpenPortal, prefix = "/api", endpoint = "billing/open-portal")]
pub async fn open_portal(#[server(default)] org: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let link = answer(answer(services())?.open_portal(&actor, &org).await.map_err(AppError::from))?;
    see_other(link.expose());
    Ok(())
}
