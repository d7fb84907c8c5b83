//! `/api/auth/…passkey…` for who is not in yet, `/api/account/…passkey…` for who is.

use domain::accounts::{Method, ReturnPath};
use leptos::prelude::*;
use secrecy::ExposeSecret;
use services::{
    ServiceError,
    passkeys::{Asked, Purpose},
};

use crate::{
    accounts::{confirm::api::next_or_account, second_factor, session},
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, confirm_then, origin, refuse_form, see_other, services},
    second_factors::api::{PAGE, added, removed},
};

/// The challenge for a script; its token stays with this browser's session.
async fn given(asked: Result<Asked, ServiceError>) -> Result<String, AppError> {
    let asked = answer(asked.map_err(AppError::from))?;
    answer(session::keep_challenge(asked.token.expose_secret()).await)?;
    Ok(asked.options)
}

/// `purpose` is `sign_in` or `second_factor`.
#[server(name = AskPasskey, prefix = "/api", endpoint = "auth/ask-passkey")]
pub async fn ask_passkey(#[server(default)] purpose: String) -> Result<String, AppError> {
    let services = answer(services())?;
    if purpose != "second_factor" {
        return given(services.ask_for_any_passkey(&answer(origin())?).await).await;
    }
    let half = answer(answer(session::half_signed_in().await)?.ok_or(AppError::SignInRequired))?;
    given(services.ask_for_passkey_of(half.user, Purpose::SecondFactor).await).await
}

#[server(name = SignInWithPasskey, prefix = "/api", endpoint = "auth/passkey")]
pub async fn sign_in_with_passkey(
    #[server(default)] credential: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let (token, next) = (answer(session::take_challenge().await)?, ReturnPath::parse(&next));
    match answer(services())?.sign_in_with_passkey(&token, &credential, &answer(origin())?).await {
        Ok(entry) => see_other(answer(session::begin(entry, next).await)?),
        Err(error) => {
            let page = next.map_or_else(|| "/sign-in".to_owned(), |next| next.sign_in_address());
            return refuse_form(Form::Passkey, page, &[], error);
        }
    }
    Ok(())
}

#[server(name = PassByPasskey, prefix = "/api", endpoint = "auth/second-factor-passkey")]
pub async fn pass_by_passkey(#[server(default)] credential: String) -> Result<(), AppError> {
    let Some(half) = answer(session::half_signed_in().await)? else { return second_factor::api::too_late() };
    let (token, origin) = (answer(session::take_challenge().await)?, answer(origin())?);
    match answer(services())?.pass_by_passkey(half.user, half.proof, &token, &credential, &origin).await {
        Ok(entry) => {
            see_other(answer(session::begin(entry, half.next.and_then(|next| ReturnPath::parse(&next))).await)?);
        }
        Err(ServiceError::NotFound) => return second_factor::api::too_late(),
        Err(error) => return refuse_form(Form::Passkey, second_factor::api::PAGE, &[], error),
    }
    Ok(())
}

/// `purpose` is `add` or `confirm`.
#[server(name = AskOwnPasskey, prefix = "/api", endpoint = "account/ask-passkey")]
pub async fn ask_own_passkey(#[server(default)] purpose: String) -> Result<String, AppError> {
    let (actor, services) = (answer(actor())?, answer(services())?);
    if purpose == "add" {
        return given(services.ask_to_add_passkey(&actor).await).await;
    }
    given(services.ask_for_passkey_of(actor.person().id, Purpose::Confirm).await).await
}

#[server(name = AddPasskey, prefix = "/api", endpoint = "account/add-passkey")]
pub async fn add_passkey(
    #[server(default)] credential: String,
    #[server(default)] name: String,
) -> Result<(), AppError> {
    let (actor, key) = (answer(actor())?, answer(session::id_hash())?);
    let token = answer(session::take_challenge().await)?;
    match answer(services())?.add_passkey(&actor, &token, &credential, &name, key.as_deref()).await {
        Ok(codes) => answer(added(&actor, Method::Passkey, codes, Notice::PasskeyAdded).await),
        Err(error) => refuse_form(Form::Passkey, PAGE, &[], error),
    }
}

#[server(name = RenamePasskey, prefix = "/api", endpoint = "account/rename-passkey")]
pub async fn rename_passkey(
    #[server(default)] passkey: String,
    #[server(default)] name: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    match answer(services())?.rename_passkey(&actor, &passkey, &name).await {
        Ok(()) => back_to(PAGE, Flash::Notice(Notice::ProfileSaved)),
        Err(error) => return refuse_form(Form::RenamePasskey, PAGE, &[], error),
    }
    Ok(())
}

#[server(name = RemovePasskey, prefix = "/api", endpoint = "account/remove-passkey")]
pub async fn remove_passkey(#[server(default)] passkey: String) -> Result<(), AppError> {
    let (actor, key) = (answer(actor())?, answer(session::id_hash())?);
    match answer(services())?.remove_passkey(&actor, &passkey, key.as_deref()).await {
        Ok(()) => answer(removed(&actor, Notice::PasskeyRemoved).await),
        Err(error) => refuse_form(Form::Passkey, PAGE, &[], error),
    }
}

#[server(name = ConfirmByPasskey, prefix = "/api", endpoint = "account/confirm-by-passkey")]
pub async fn confirm_by_passkey(
    #[server(default)] credential: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let (actor, next) = (answer(actor())?, next_or_account(&next));
    let token = answer(session::take_challenge().await)?;
    match answer(services())?.confirm_by_passkey(&actor, &token, &credential).await {
        Ok(proof) => answer(session::renew_proof(proof).await)?,
        Err(error) => return refuse_form(Form::Passkey, confirm_then(&next), &[], error),
    }
    see_other(next);
    Ok(())
}
