//! `/api/auth/sign-up`, `/api/auth/resend-confirmation` and `/api/auth/confirm-registration`.

use domain::{accounts::ReturnPath, form::Field};
use leptos::prelude::*;
use secrecy::SecretString;
use services::accounts::{ConfirmRegistration as Typed, SignUp as TypedSignUp};

use crate::{
    accounts::session,
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{answer, back_to, origin, refuse_form, see_other, services},
};

#[server(name = SignUp, prefix = "/api", endpoint = "auth/sign-up")]
pub async fn sign_up(
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] organization: String,
) -> Result<(), AppError> {
    let typed = [(Field::Name, &*name), (Field::Email, &*email), (Field::Organization, &*organization)];
    let form = TypedSignUp {
        name: name.clone(),
        email: email.clone(),
        password: SecretString::from(password),
        organization: organization.clone(),
    };
    match answer(services())?.sign_up(form, &answer(origin())?).await {
        Ok(signed_up) => {
            answer(session::remember_sign_up(signed_up).await)?;
            see_other("/sign-up/check-mail");
            Ok(())
        }
        Err(error) => refuse_form(Form::SignUp, "/sign-up", &typed, error),
    }
}

#[server(name = ResendConfirmation, prefix = "/api", endpoint = "auth/resend-confirmation")]
pub async fn resend_confirmation() -> Result<(), AppError> {
    let Some(signed_up) = answer(session::signed_up().await)? else {
        see_other("/sign-up");
        return Ok(());
    };
    match answer(services())?.resend_confirmation(&signed_up, &answer(origin())?).await {
        Ok(()) => {
            back_to("/sign-up/check-mail", Flash::Notice(Notice::ConfirmationResent));
            Ok(())
        }
        Err(error) => refuse_form(Form::SignUp, "/sign-up/check-mail", &[], error),
    }
}

#[server(name = ConfirmRegistration, prefix = "/api", endpoint = "auth/confirm-registration")]
pub async fn confirm_registration(
    #[server(default)] token: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    let typed = Typed { token, password: SecretString::from(password) };
    match answer(services())?.confirm_registration(typed, &answer(origin())?).await {
        Ok(confirmed) => {
            let home = ReturnPath::parse(&format!("/o/{}", confirmed.slug.as_str()));
            see_other(answer(session::begin(confirmed.entry, home).await)?);
            Ok(())
        }
        Err(error) => refuse_form(Form::ConfirmRegistration, "/verify-email", &[], error),
    }
}
