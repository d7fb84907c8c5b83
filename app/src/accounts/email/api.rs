//! `/api/account/change-email` and `/api/account/confirm-email`.

use domain::form::Field;
use leptos::prelude::*;
use secrecy::SecretString;
use services::accounts::ChangeEmail as Typed;

use crate::{
    accounts::session,
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, refuse_form, services},
};

const PAGE: &str = "/account/email";

#[server(name = ChangeEmail, prefix = "/api", endpoint = "account/change-email")]
pub async fn change_email(
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let typed = Typed { email: email.clone(), password: SecretString::from(password) };
    match answer(services())?.ask_email_change(&actor, typed).await {
        Ok(()) => {
            back_to(PAGE, Flash::Notice(Notice::EmailChangeMailSent));
            Ok(())
        }
        Err(error) => refuse_form(Form::ChangeEmail, PAGE, &[(Field::Email, &email)], error),
    }
}

#[server(name = ConfirmEmail, prefix = "/api", endpoint = "account/confirm-email")]
pub async fn confirm_email(#[server(default)] token: String) -> Result<(), AppError> {
    let (actor, key) = (answer(actor())?, answer(session::id_hash())?);
    let confirmed = answer(services())?.confirm_email_change(&actor, &token, key.as_deref()).await;
    answer(confirmed.map_err(AppError::from))?;
    answer(session::renew_id().await)?;
    back_to(PAGE, Flash::Notice(Notice::EmailChanged));
    Ok(())
}
