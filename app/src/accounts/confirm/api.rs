//! `/api/account/confirm`.

use domain::accounts::ReturnPath;
use leptos::prelude::*;
use secrecy::SecretString;

use crate::{
    accounts::session,
    error::AppError,
    flash::Form,
    request::{actor, answer, confirm_then, refuse_form, see_other, services},
};

#[server(name = Confirm, prefix = "/api", endpoint = "account/confirm")]
pub async fn confirm(#[server(default)] password: String, #[server(default)] next: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let next = next_or_account(&next);
    match answer(services())?.confirm_by_password(&actor, SecretString::from(password)).await {
        Ok(proof) => answer(session::renew_proof(proof).await)?,
        Err(error) => return refuse_form(Form::ConfirmItIsYou, confirm_then(&next), &[], error),
    }
    see_other(next);
    Ok(())
}

/// A path of ours, or the account.
pub fn next_or_account(given: &str) -> String {
    ReturnPath::parse(given).map_or_else(|| "/account".to_owned(), |next| next.as_str().to_owned())
}
