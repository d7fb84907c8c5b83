//! `/api/auth/sign-in` and `/api/auth/sign-out`.

use domain::{accounts::ReturnPath, form::Field};
use leptos::prelude::*;
use secrecy::SecretString;
use services::accounts::SignIn as Typed;

use crate::{
    accounts::session,
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, origin, refuse_form, see_other, services},
};

#[server(name = SignIn, prefix = "/api", endpoint = "auth/sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let typed = Typed { email: email.clone(), password: SecretString::from(password) };
    let next = ReturnPath::parse(&next);
    match answer(services())?.sign_in(typed, &answer(origin())?).await {
        Ok(entry) => {
            see_other(answer(session::begin(entry, next).await)?);
            Ok(())
        }
        Err(error) => {
            let page = next.map_or_else(|| "/sign-in".to_owned(), |next| next.sign_in_address());
            refuse_form(Form::SignIn, page, &[(Field::Email, &email)], error)
        }
    }
}

#[server(name = SignOut, prefix = "/api", endpoint = "auth/sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    answer(end_session().await)?;
    back_to("/sign-in", Flash::Notice(Notice::SignedOut));
    Ok(())
}

/// The session first: whatever fails after it, the person is signed out.
async fn end_session() -> Result<(), AppError> {
    let (actor, impersonating) = (actor(), session::impersonating().await?);
    session::end(&crate::request::session()?).await?;
    if let Some(impersonating) = impersonating {
        // Nobody else is signed out but the operator, of both.
        services()?.end_impersonation(impersonating.id, &origin()?).await?;
    } else if let Ok(actor) = actor {
        services()?.record_sign_out(&actor).await?;
    }
    Ok(())
}
