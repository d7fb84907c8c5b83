//! `/api/orgs/export-audit` and `/api/orgs/set-audit-retention`.

use domain::form::Field;
use leptos::prelude::*;
use services::audit::TypedAuditFilter;

use super::address::{of_page, page};
use crate::{
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, download, refuse_form, services},
};

/// The same filter as the page's.
#[server(name = ExportAudit, prefix = "/api", endpoint = "orgs/export-audit")]
pub async fn export_audit(
    #[server(default)] org: String,
    #[server(default)] action: String,
    #[server(default)] outcome: String,
    #[server(default)] about: String,
    #[server(default)] from: String,
    #[server(default)] until: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let typed = TypedAuditFilter { action, outcome, about, from, until };
    match answer(services())?.export_audit(&actor, &org, &typed).await {
        Ok(csv) => {
            download("portico-audit-log.csv", "text/csv; charset=utf-8", csv);
            Ok(())
        }
        // The page says what is wrong with its own filter.
        Err(error) => {
            let page = of_page(&org, &typed, 0);
            refuse_form(Form::ExportAudit, page, &[], error)
        }
    }
}

/// `keep`: days, or `forever`.
#[server(name = SetAuditRetention, prefix = "/api", endpoint = "orgs/set-audit-retention")]
pub async fn set_audit_retention(
    #[server(default)] org: String,
    #[server(default)] keep: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    match answer(services())?.set_audit_retention(&actor, &org, &keep).await {
        Ok(()) => {
            back_to(page(&org), Flash::Notice(Notice::AuditRetentionChanged));
            Ok(())
        }
        Err(error) => refuse_form(Form::AuditRetention, page(&org), &[(Field::Retention, &keep)], error),
    }
}
