//! `/api/auth/forgot-password`, `/api/auth/reset-password` and `/api/account/change-password`.

use domain::form::Field;
use leptos::prelude::*;
use secrecy::SecretString;
use services::accounts::{ChangePassword as TypedChange, ResetPassword as TypedReset};

use crate::{
    accounts::session,
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, origin, refuse_form, services},
};

#[server(name = ForgotPassword, prefix = "/api", endpoint = "auth/forgot-password")]
pub async fn forgot_password(#[server(default)] email: String) -> Result<(), AppError> {
    match answer(services())?.ask_password_reset(&email, &answer(origin())?).await {
        Ok(()) => {
            back_to("/forgot-password", Flash::Notice(Notice::ResetMailSent));
            Ok(())
        }
        Err(error) => refuse_form(Form::ForgotPassword, "/forgot-password", &[(Field::Email, &email)], error),
    }
}

/// Nobody is signed in by it (check P02).
#[server(name = ResetPassword, prefix = "/api", endpoint = "auth/reset-password")]
pub async fn reset_password(
    #[server(default)] token: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    let typed = TypedReset { token, password: SecretString::from(password) };
    match answer(services())?.reset_password(typed, &answer(origin())?).await {
        Ok(()) => {
            back_to("/sign-in", Flash::Notice(Notice::PasswordReset));
            Ok(())
        }
        Err(error) => refuse_form(Form::ResetPassword, "/reset-password", &[], error),
    }
}

#[server(name = ChangePassword, prefix = "/api", endpoint = "account/change-password")]
pub async fn change_password(
    #[server(default)] current: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    let (actor, services) = (answer(actor())?, answer(services())?);
    let typed = TypedChange { current: SecretString::from(current), new: SecretString::from(password) };
    match services.change_password(&actor, typed, answer(session::id_hash())?.as_deref()).await {
        Ok(proof) => {
            answer(session::renew_proof(proof).await)?;
            back_to("/account/password", Flash::Notice(Notice::PasswordChanged));
            Ok(())
        }
        Err(error) => refuse_form(Form::ChangePassword, "/account/password", &[], error),
    }
}
