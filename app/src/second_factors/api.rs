//! `/api/account/…-totp` and `/api/account/renew-recovery-codes`.

use domain::accounts::Method;
use leptos::prelude::*;
use services::{Actor, ServiceError, second_factors::SealedCodes};

use crate::{
    accounts::session,
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, refuse_form, see_other, services},
};

pub const PAGE: &str = "/account/two-factor";
pub const AUTHENTICATOR: &str = "/account/two-factor/authenticator";
pub const RECOVERY_CODES: &str = "/account/two-factor/recovery-codes";

#[server(name = BeginTotp, prefix = "/api", endpoint = "account/begin-totp")]
pub async fn begin_totp() -> Result<(), AppError> {
    let actor = answer(actor())?;
    answer(answer(services())?.begin_totp(&actor).await.map_err(AppError::from))?;
    see_other(AUTHENTICATOR);
    Ok(())
}

#[server(name = ConfirmTotp, prefix = "/api", endpoint = "account/confirm-totp")]
pub async fn confirm_totp(#[server(default)] code: String) -> Result<(), AppError> {
    let (actor, key) = (answer(actor())?, answer(session::id_hash())?);
    match answer(services())?.confirm_totp(&actor, &code, key.as_deref()).await {
        Ok(codes) => answer(added(&actor, Method::Totp, codes, Notice::SecondFactorOn).await),
        Err(error) => refuse_form(Form::SetUpTotp, AUTHENTICATOR, &[], error),
    }
}

#[server(name = RemoveTotp, prefix = "/api", endpoint = "account/remove-totp")]
pub async fn remove_totp() -> Result<(), AppError> {
    let (actor, key) = (answer(actor())?, answer(session::id_hash())?);
    match answer(services())?.remove_totp(&actor, key.as_deref()).await {
        Ok(()) => answer(removed(&actor, Notice::SecondFactorOff).await),
        Err(error @ ServiceError::Unfinished(_)) => refuse_form(Form::SetUpTotp, PAGE, &[], error),
        Err(error) => answer(Err(error.into())),
    }
}

#[server(name = RenewRecoveryCodes, prefix = "/api", endpoint = "account/renew-recovery-codes")]
pub async fn renew_recovery_codes() -> Result<(), AppError> {
    let (actor, key) = (answer(actor())?, answer(session::id_hash())?);
    let renewed = answer(services())?.renew_recovery_codes(&actor, key.as_deref()).await;
    back_to(RECOVERY_CODES, Flash::RecoveryCodes(answer(renewed.map_err(AppError::from))?));
    Ok(())
}

/// This session has shown it; what is recent stays as recent as it was, or whoever sits at an
/// open browser could go on adding and removing.
pub async fn added(actor: &Actor, by: Method, codes: Option<SealedCodes>, notice: Notice) -> Result<(), AppError> {
    let proof = actor.proof().clone();
    let at = proof.at;
    session::renew_proof(proof.and(by, at)).await?;
    match codes {
        Some(codes) => back_to(RECOVERY_CODES, Flash::RecoveryCodes(codes)),
        None => back_to(PAGE, Flash::Notice(notice)),
    }
    Ok(())
}

/// What nobody has any more proves nothing.
pub async fn removed(actor: &Actor, notice: Notice) -> Result<(), AppError> {
    let proof = actor.proof().clone();
    let kept = services()?.show_second_factors(actor).await?.has_any();
    session::renew_proof(if kept { proof } else { proof.without_second_factor() }).await?;
    back_to(PAGE, Flash::Notice(notice));
    Ok(())
}
