//! `/api/auth/…`.

use domain::accounts::ReturnPath;
use leptos::prelude::*;
use secrecy::SecretString;
use services::accounts::SignIn as Typed;

use crate::{
    error::AppError,
    flash::Flash,
    request::{actor, answer, back_to, origin, see_other, services, session},
};

/// The session's one value: who it is.
pub const SESSION_USER: &str = "user";

#[server(name = SignIn, prefix = "/api", endpoint = "auth/sign-in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] next: String,
) -> Result<(), AppError> {
    let typed = Typed { email: email.clone(), password: SecretString::from(password) };
    let next = ReturnPath::parse(&next);
    match answer(services())?.sign_in(typed, &answer(origin())?).await {
        Ok(person) => {
            let session = answer(session())?;
            // A new id at every sign-in (check S01).
            answer(session.cycle_id().await.map_err(|_| AppError::Unavailable))?;
            answer(session.insert(SESSION_USER, person.id).await.map_err(|_| AppError::Unavailable))?;
            see_other(next.as_ref().map_or("/", ReturnPath::as_str));
            Ok(())
        }
        Err(error) => {
            let error = AppError::from(error);
            let comes_back =
                matches!(error, AppError::Invalid(_) | AppError::WrongCredentials | AppError::Throttled { .. });
            if comes_back {
                let page = next.map_or_else(|| "/sign-in".to_owned(), |next| next.sign_in_address());
                back_to(page, Flash::SignIn { email: email.chars().take(254).collect(), error: error.clone() });
                return Err(error);
            }
            answer(Err(error))
        }
    }
}

#[server(name = SignOut, prefix = "/api", endpoint = "auth/sign-out")]
pub async fn sign_out() -> Result<(), AppError> {
    answer(end_session().await)?;
    back_to("/sign-in", Flash::SignedOut);
    Ok(())
}

/// The session first: whatever fails after it, the person is signed out.
async fn end_session() -> Result<(), AppError> {
    let actor = actor();
    session()?.flush().await.map_err(|_| AppError::Unavailable)?;
    if let Ok(actor) = actor {
        services()?.record_sign_out(&actor).await?;
    }
    Ok(())
}
