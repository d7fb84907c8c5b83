//! `/api/orgs/{update,export,delete,restore}`.

use domain::form::Field;
use leptos::prelude::*;

use crate::{
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, download, refuse_form, services},
};

fn page(org: &str) -> String {
    format!("/o/{org}/settings")
}

#[server(name = UpdateOrganization, prefix = "/api", endpoint = "orgs/update")]
pub async fn update_organization(
    #[server(default)] org: String,
    #[server(default)] name: String,
    #[server(default)] address: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    match answer(services())?.update_organization(&actor, &org, (&name, &address)).await {
        Ok(slug) => {
            back_to(page(slug.as_str()), Flash::Notice(Notice::OrganizationUpdated));
            Ok(())
        }
        Err(error) => {
            let typed = [(Field::Organization, &*name), (Field::Address, &*address)];
            refuse_form(Form::Organization, page(&org), &typed, error)
        }
    }
}

#[server(name = ExportOrganization, prefix = "/api", endpoint = "orgs/export")]
pub async fn export_organization(#[server(default)] org: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let export = answer(services())?.export_organization(&actor, &org).await;
    download("portico-organization.json", "application/json", answer(export.map_err(AppError::from))?);
    Ok(())
}

/// `confirmation`: the organisation's address.
#[server(name = DeleteOrganization, prefix = "/api", endpoint = "orgs/delete")]
pub async fn delete_organization(
    #[server(default)] org: String,
    #[server(default)] confirmation: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    match answer(services())?.close_organization(&actor, &org, &confirmation).await {
        Ok(()) => {
            back_to(format!("/o/{org}/closing"), Flash::Notice(Notice::OrganizationClosing));
            Ok(())
        }
        Err(error) => refuse_form(Form::DeleteOrganization, page(&org), &[(Field::Confirmation, &confirmation)], error),
    }
}

#[server(name = RestoreOrganization, prefix = "/api", endpoint = "orgs/restore")]
pub async fn restore_organization(#[server(default)] org: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let reopened = answer(services())?.reopen_organization(&actor, &org).await;
    answer(reopened.map_err(AppError::from))?;
    back_to(page(&org), Flash::Notice(Notice::OrganizationReopened));
    Ok(())
}
