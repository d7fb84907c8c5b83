//! `/api/account/export`, `/api/account/delete` and `/api/account/keep`.

use domain::form::Field;
use leptos::prelude::*;
use services::accounts::Entry;

use crate::{
    accounts::session,
    error::AppError,
    flash::{Flash, Form, Notice},
    layouts::account::AccountTab,
    request::{actor, answer, back_to, download, origin, refuse_form, services},
};

#[server(name = ExportData, prefix = "/api", endpoint = "account/export")]
pub async fn export_data() -> Result<(), AppError> {
    let actor = answer(actor())?;
    let export = answer(services())?.export_data(&actor).await;
    download("portico-account.json", "application/json", answer(export.map_err(AppError::from))?);
    Ok(())
}

#[server(name = DeleteAccount, prefix = "/api", endpoint = "account/delete")]
pub async fn delete_account(#[server(default)] confirmation: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    match answer(services())?.schedule_deletion(&actor, &confirmation).await {
        Ok(()) => {
            answer(session::end(&answer(crate::request::session())?).await)?;
            back_to("/sign-in", Flash::Notice(Notice::DeletionScheduled));
            Ok(())
        }
        Err(error) => {
            let typed = [(Field::Confirmation, confirmation.as_str())];
            refuse_form(Form::DeleteAccount, AccountTab::Data.path(), &typed, error)
        }
    }
}

#[server(name = KeepAccount, prefix = "/api", endpoint = "account/keep")]
pub async fn keep_account() -> Result<(), AppError> {
    let leaving = answer(session::leaving().await)?;
    let session::Leaving { user, proof } = answer(leaving.ok_or(AppError::SignInRequired))?;
    let kept = answer(services())?.keep_account(user, &answer(origin())?).await;
    let person = answer(kept.map_err(AppError::from))?;
    answer(session::begin(Entry::Full { person, proof }, None).await)?;
    back_to(AccountTab::Profile.path(), Flash::Notice(Notice::DeletionCancelled));
    Ok(())
}
