//! What a session remembers: who it is, and how they proved it. All of it is on the server.

use domain::{
    Timestamp, UserId,
    accounts::{Person, Proof, ReturnPath, SessionDevice},
};
use serde::{Deserialize, Serialize};
use services::{
    ServiceError,
    accounts::{Entry, SignedUp, social::Arrival},
    console::{Impersonating, WaitingSession},
    hash_token,
};
use tower_sessions::Session;

use crate::{
    error::AppError,
    request::{browser, origin, services, session},
};

/// Whose session it is; there only when they are signed in.
pub const USER: &str = "user";
/// How they signed in.
pub const PROOF: &str = "proof";
/// Where they signed in.
pub const DEVICE: &str = "device";
/// Somebody whose account is to be deleted, and who has shown that it is theirs.
pub const LEAVING: &str = "leaving";
/// Somebody between their first factor and their second.
pub const HALF: &str = "half";
/// An operator who acts as somebody.
pub const IMPERSONATING: &str = "impersonating";
/// A registration that waits for its mail.
const SIGNED_UP: &str = "signed_up";

/// Somebody who came back from a provider and isn't in yet.
const ARRIVAL: &str = "arrival";
/// The token of a passkey challenge under way.
const CHALLENGE: &str = "challenge";

/// Where somebody goes who signs in while their account waits to be deleted.
pub const KEEP_ACCOUNT: &str = "/keep-account";

/// Who has shown one factor and owes another.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HalfSignedIn {
    pub user: UserId,
    pub proof: Proof,
    /// Where they wanted to go.
    pub next: Option<String>,
}

impl HalfSignedIn {
    /// The first factor counts for as long as a proof is recent.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.proof.is_recent(now)
    }
}

/// Who may take back the deletion of their account, and do nothing else.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Leaving {
    pub user: UserId,
    pub proof: Proof,
}

/// Begins what `entry` is good for, under a new id (check S01), and says where the browser goes now.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be stored.
pub async fn begin(entry: Entry, next: Option<ReturnPath>) -> Result<String, AppError> {
    let session = session()?;
    let agreed = arrival().await?.filter(|arrival| arrival.is_agreed_by(entry.person().id, proved_at(&entry)));
    // Nothing of whoever used this browser before.
    session.clear().await;
    stored(session.cycle_id().await)?;
    match entry {
        Entry::Full { person, proof } => {
            let device = note_browser(&person).await?;
            if services()?.find_leaving(person.id).await?.is_some() {
                stored(session.insert(LEAVING, Leaving { user: person.id, proof }).await)?;
                return Ok(KEEP_ACCOUNT.to_owned());
            }
            if let Some(arrival) = agreed {
                link(person.id, &arrival).await?;
            }
            stored(session.insert(USER, person.id).await)?;
            stored(session.insert(PROOF, proof).await)?;
            stored(session.insert(DEVICE, device).await)?;
            Ok(next.as_ref().map_or("/", ReturnPath::as_str).to_owned())
        }
        Entry::Half { person, proof } => {
            if let Some(arrival) = agreed {
                keep_arrival(&arrival).await?;
            }
            let next = next.map(|next| next.as_str().to_owned());
            stored(session.insert(HALF, HalfSignedIn { user: person.id, proof, next }).await)?;
            Ok("/sign-in/second-factor".to_owned())
        }
    }
}

/// The hash that this session is stored by; none without one.
///
/// # Errors
/// [`AppError::Internal`] outside a request.
pub fn id_hash() -> Result<Option<String>, AppError> {
    Ok(session()?.id().map(|id| hash_token(&id.to_string())))
}

/// What was agreed to before they signed in. That they are in does not hang on it.
async fn link(user: UserId, arrival: &Arrival) -> Result<(), AppError> {
    match services()?.link_arrival(user, arrival, &origin()?).await {
        Err(ServiceError::Unfinished(why)) => tracing::info!(?why, "signed in without the link that was agreed to"),
        other => other?,
    }
    Ok(())
}

fn proved_at(entry: &Entry) -> Timestamp {
    let (Entry::Full { proof, .. } | Entry::Half { proof, .. }) = entry;
    proof.at
}

/// Who came back from a provider in this browser, if they are still expected.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be read.
pub async fn arrival() -> Result<Option<Arrival>, AppError> {
    let now = services()?.now();
    let arrival: Option<Arrival> = stored(session()?.get(ARRIVAL).await)?;
    Ok(arrival.filter(|arrival| arrival.is_good(now)))
}

/// # Errors
/// [`AppError::Unavailable`] when the session can't be stored.
pub async fn keep_arrival(arrival: &Arrival) -> Result<(), AppError> {
    stored(session()?.insert(ARRIVAL, arrival).await)
}

/// What a stored row says of which session asks for something: the hash of its id.
///
/// # Errors
/// [`AppError::SignInRequired`] without a session.
pub fn session_hash() -> Result<String, AppError> {
    id_hash()?.ok_or(AppError::SignInRequired)
}

/// Remembers the browser for the account, and says what the session keeps of it.
async fn note_browser(person: &Person) -> Result<SessionDevice, AppError> {
    let (services, browser, origin) = (services()?, browser()?, origin()?);
    let user_agent = browser.user_agent.clone();
    let given = services.note_browser(person, browser.token.as_ref(), user_agent.as_deref(), &origin).await?;
    if let Some(token) = given {
        browser.give(token);
    }
    let address = origin.address.map(|address| address.to_string());
    Ok(SessionDevice { handle: services.entropy().uuid(), user_agent, address })
}

/// Who may take back the deletion of their account, while their proof is good.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be read.
pub async fn leaving() -> Result<Option<Leaving>, AppError> {
    let leaving: Option<Leaving> = stored(session()?.get(LEAVING).await)?;
    let now = services()?.now();
    Ok(leaving.filter(|leaving| leaving.proof.is_recent(now)))
}

/// Writes down a proof that was given again, under a new id.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be stored.
pub async fn renew_proof(proof: Proof) -> Result<(), AppError> {
    let session = session()?;
    stored(session.cycle_id().await)?;
    stored(session.insert(PROOF, proof).await)
}

/// Remembers the token of the passkey challenge that this browser was given last.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be stored.
pub async fn keep_challenge(token: &str) -> Result<(), AppError> {
    stored(session()?.insert(CHALLENGE, token).await)
}

/// Forgets it: it is good once. Empty, which is nobody's, without one.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be read.
pub async fn take_challenge() -> Result<String, AppError> {
    Ok(stored(session()?.remove::<String>(CHALLENGE).await)?.unwrap_or_default())
}

/// Who is half-way in, while the first factor is still good.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be read.
pub async fn half_signed_in() -> Result<Option<HalfSignedIn>, AppError> {
    let half: Option<HalfSignedIn> = stored(session()?.get(HALF).await)?;
    let now = services()?.now();
    Ok(half.filter(|half| half.is_good(now)))
}

/// As whom an operator acts in this browser, whether that still goes on or not.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be read.
pub async fn impersonating() -> Result<Option<Impersonating>, AppError> {
    stored(session()?.get(IMPERSONATING).await)
}

/// Goes on as somebody else, under a new id: the operator's own session was set aside.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be stored.
pub async fn begin_impersonation(impersonating: &Impersonating) -> Result<(), AppError> {
    let session = session()?;
    session.clear().await;
    stored(session.cycle_id().await)?;
    stored(session.insert(IMPERSONATING, impersonating).await)
}

/// Goes on with an operator's own session, under a new id, or with none; answers which.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be stored.
pub async fn return_to(own: Option<&WaitingSession>) -> Result<bool, AppError> {
    let session = session()?;
    let Some(own) = own else {
        end(&session).await?;
        return Ok(false);
    };
    session.clear().await;
    stored(session.cycle_id().await)?;
    stored(session.insert(USER, own.user).await)?;
    stored(session.insert(PROOF, &own.proof).await)?;
    if let Some(device) = &own.device {
        stored(session.insert(DEVICE, device).await)?;
    }
    Ok(true)
}

/// Goes on under a new id, for whatever changed who may be in (check S01).
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be stored.
pub async fn renew_id() -> Result<(), AppError> {
    stored(session()?.cycle_id().await)
}

/// Remembers, in a browser that nobody is signed in to, what it signed up with.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be stored.
pub async fn remember_sign_up(signed_up: SignedUp) -> Result<(), AppError> {
    stored(session()?.insert(SIGNED_UP, signed_up).await)
}

/// What this browser signed up with last.
///
/// # Errors
/// [`AppError::Unavailable`] when the session can't be read.
pub async fn signed_up() -> Result<Option<SignedUp>, AppError> {
    stored(session()?.get(SIGNED_UP).await)
}

/// Ends the session, whoever's it is.
///
/// # Errors
/// [`AppError::Unavailable`] when the row can't be removed.
pub async fn end(session: &Session) -> Result<(), AppError> {
    stored(session.flush().await)
}

fn stored<T>(result: Result<T, tower_sessions::session::Error>) -> Result<T, AppError> {
    result.map_err(|error| {
        tracing::error!(%error, "the session can't be stored");
        AppError::Unavailable
    })
}
