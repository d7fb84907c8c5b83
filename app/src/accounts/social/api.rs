//! `/auth/{provider}/start`, and what is posted after coming back.

use domain::{
    accounts::{Provider, ReturnPath, linking::Unfinished},
    form::Field,
};
use leptos::prelude::*;
use secrecy::SecretString;
use services::{
    ServiceError,
    accounts::social::{Completion, Departing, LinkedBy, Step},
};

use super::{flow_cookie, methods::PAGE as METHODS};
use crate::{
    accounts::session,
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, origin, refuse_form, see_other, services},
};

#[server(name = StartGoogle, prefix = "/auth", endpoint = "google/start")]
pub async fn start_google(#[server(default)] next: String, #[server(default)] link: String) -> Result<(), AppError> {
    start(Provider::Google, &next, !link.is_empty()).await
}

#[server(name = StartGithub, prefix = "/auth", endpoint = "github/start")]
pub async fn start_github(#[server(default)] next: String, #[server(default)] link: String) -> Result<(), AppError> {
    start(Provider::Github, &next, !link.is_empty()).await
}

#[server(name = StartMicrosoft, prefix = "/auth", endpoint = "microsoft/start")]
pub async fn start_microsoft(#[server(default)] next: String, #[server(default)] link: String) -> Result<(), AppError> {
    start(Provider::Microsoft, &next, !link.is_empty()).await
}

async fn start(provider: Provider, next: &str, link: bool) -> Result<(), AppError> {
    match depart(provider, ReturnPath::parse(next), link).await {
        Ok(departing) => {
            flow_cookie::set(&departing.browser);
            see_other(departing.address);
            Ok(())
        }
        Err(error) if link => refuse_form(Form::SignInMethods, METHODS, &[], error),
        Err(error) => refuse_form(Form::SignIn, "/sign-in", &[], error),
    }
}

async fn depart(provider: Provider, next: Option<ReturnPath>, link: bool) -> Result<Departing, AppError> {
    let services = services()?;
    if !services.providers().contains_key(&provider) {
        return Err(AppError::NotFound);
    }
    if !link {
        return Ok(services.begin_flow(provider, None, next, &origin()?).await?);
    }
    let actor = actor()?;
    let linked_by = LinkedBy { actor: &actor, session: session::session_hash()? };
    Ok(services.begin_flow(provider, Some(linked_by), next, &origin()?).await?)
}

#[server(name = CompleteSignUp, prefix = "/api", endpoint = "auth/complete-sign-up")]
pub async fn complete_sign_up(
    #[server(default)] name: String,
    #[server(default)] organization: String,
    #[server(default)] email: String,
) -> Result<(), AppError> {
    let typed = Completion { name: name.clone(), organization: organization.clone(), email: email.clone() };
    match complete(&typed).await {
        Ok(address) => {
            see_other(address);
            Ok(())
        }
        Err(error @ AppError::Unfinished(_)) => refuse_form(Form::SignIn, "/sign-in", &[], error),
        Err(error) => {
            let typed = [(Field::Name, &*name), (Field::Organization, &*organization), (Field::Email, &*email)];
            refuse_form(Form::CompleteSignUp, "/sign-up/complete", &typed, error)
        }
    }
}

async fn complete(typed: &Completion) -> Result<String, AppError> {
    let arrival = session::arrival().await?.ok_or(AppError::Unfinished(ENDED))?;
    if *arrival.step() != Step::Create {
        let arrival = services()?.confirm_address(arrival, typed, &origin()?).await?;
        session::keep_arrival(&arrival).await?;
        return Ok("/sign-up/complete".to_owned());
    }
    let (entry, slug) = services()?.complete_sign_up(&arrival, typed, &origin()?).await?;
    let next = arrival.next().and_then(ReturnPath::parse);
    session::begin(entry, next.or_else(|| ReturnPath::parse(&format!("/o/{}", slug.as_str())))).await
}

const ENDED: Unfinished = Unfinished::FlowEnded;

#[server(name = AcceptLink, prefix = "/api", endpoint = "auth/accept-link")]
pub async fn accept_link(#[server(default)] password: String) -> Result<(), AppError> {
    match accept(password.into()).await {
        Ok(address) => {
            see_other(address);
            Ok(())
        }
        Err(error @ AppError::Unfinished(_)) => refuse_form(Form::SignIn, "/sign-in", &[], error),
        Err(error) => refuse_form(Form::AcceptLink, "/sign-in/link", &[], error),
    }
}

async fn accept(password: SecretString) -> Result<String, AppError> {
    let arrival = session::arrival().await?.ok_or(AppError::Unfinished(ENDED))?;
    let next = arrival.next().and_then(ReturnPath::parse);
    let entry = services()?.sign_in_to_link(&arrival, password, &origin()?).await?;
    session::keep_arrival(&arrival.agreed()).await?;
    session::begin(entry, next).await
}

#[server(name = UnlinkIdentity, prefix = "/api", endpoint = "account/unlink")]
pub async fn unlink_identity(#[server(default)] identity: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let session = answer(session::session_hash())?;
    match answer(services())?.unlink_identity(&actor, &identity, &session).await {
        Ok(()) => {
            back_to(METHODS, Flash::Notice(Notice::SignInMethodRemoved));
            Ok(())
        }
        Err(error @ ServiceError::Unfinished(_)) => refuse_form(Form::SignInMethods, METHODS, &[], error),
        Err(error) => answer(Err(error.into())),
    }
}
