//! `/api/auth/second-factor`.

use domain::accounts::ReturnPath;
use leptos::prelude::*;
use services::{ServiceError, second_factors::TypedFactor};

use crate::{
    accounts::session,
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{answer, back_to, origin, refuse_form, see_other, services},
};

pub const PAGE: &str = "/sign-in/second-factor";

#[server(name = PassSecondFactor, prefix = "/api", endpoint = "auth/second-factor")]
pub async fn pass_second_factor(
    #[server(default)] code: String,
    #[server(default)] recovery_code: String,
    #[server(default)] recovering: bool,
) -> Result<(), AppError> {
    let Some(half) = answer(session::half_signed_in().await)? else { return too_late() };
    let (form, typed) = if recovering {
        (Form::RecoveryCode, TypedFactor::Recovery(&recovery_code))
    } else {
        (Form::SecondFactor, TypedFactor::Totp(&code))
    };
    match answer(services())?.pass_second_factor(half.user, half.proof, typed, &answer(origin())?).await {
        Ok(entry) => {
            let next = half.next.and_then(|next| ReturnPath::parse(&next));
            see_other(answer(session::begin(entry, next).await)?);
            Ok(())
        }
        Err(ServiceError::NotFound) => too_late(),
        Err(error) => refuse_form(form, PAGE, &[], error),
    }
}

/// The first step is no longer good for anything: it begins again.
///
/// # Errors
/// Always.
pub fn too_late() -> Result<(), AppError> {
    back_to("/sign-in", Flash::Notice(Notice::SignInExpired));
    Err(AppError::SignInRequired)
}
