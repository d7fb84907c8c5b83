//! What a page or a server function knows of the request it answers. The server's
//! middleware puts it there; see `server/src/middleware`.

use std::sync::{Arc, Mutex};

use domain::{accounts::ReturnPath, form::Field};
use http::{HeaderMap, HeaderValue, Method, request::Parts};
use leptos::prelude::use_context;
use secrecy::{ExposeSecret, SecretString};
use services::{Actor, Origin, Services};
use tower_sessions::Session;

use crate::{
    error::AppError,
    flash::{Flash, Form, Refused},
};

/// The signed-in person of this request, if there is one.
#[derive(Clone)]
pub struct CurrentActor(pub Option<Arc<Actor>>);

/// What this request's browser says of itself, and what it was given once to be known again by.
#[derive(Clone, Default)]
pub struct SeenBrowser {
    /// Cut to a length that can be stored.
    pub user_agent: Option<String>,
    pub token: Option<SecretString>,
    given: Arc<Mutex<Option<SecretString>>>,
}

impl SeenBrowser {
    pub fn new(user_agent: Option<String>, token: Option<SecretString>) -> Self {
        Self { user_agent, token, given: Arc::default() }
    }

    /// Has the reply give it a token.
    pub fn give(&self, token: SecretString) {
        if let Ok(mut given) = self.given.lock() {
            *given = Some(token);
        }
    }

    pub fn take_given(&self) -> Option<SecretString> {
        self.given.lock().ok()?.take()
    }
}

/// What an action answers. A server function writes it down here, and the
/// middleware behind it makes the reply: a redirect, a form that comes back, or
/// an error page with its status.
#[derive(Clone, Default)]
pub struct Reply(Arc<Mutex<(Option<Outcome>, Vec<HeaderValue>)>>);

pub enum Outcome {
    /// A file to be kept, made for this one reply.
    Download {
        name: &'static str,
        kind: &'static str,
        content: String,
    },
    /// 303 to an address. It may be a bearer secret: it is never logged.
    SeeOther(String),
    /// Back to the form, with what was typed.
    BackTo {
        page: String,
        flash: Flash,
    },
    Refused(AppError),
}

impl Reply {
    fn set(&self, outcome: Outcome) {
        if let Ok(mut slot) = self.0.lock() {
            slot.0 = Some(outcome);
        }
    }

    fn add_cookie(&self, cookie: HeaderValue) {
        if let Ok(mut slot) = self.0.lock() {
            slot.1.push(cookie);
        }
    }

    /// With the cookies that go along.
    pub fn take(&self) -> (Option<Outcome>, Vec<HeaderValue>) {
        self.0.lock().map(|mut slot| std::mem::take(&mut *slot)).unwrap_or_default()
    }
}

/// The token of the link in a mail that led to this page.
#[derive(Clone)]
pub struct LinkToken(pub SecretString);

fn extension<T: Clone + Send + Sync + 'static>() -> Option<T> {
    use_context::<Parts>()?.extensions.get::<T>().cloned()
}

/// # Errors
/// [`AppError::Internal`] outside a request.
pub fn services() -> Result<Services, AppError> {
    use_context::<Services>().ok_or(AppError::Internal)
}

/// Who acts. Every server function but those that sign people in begins with it.
///
/// # Errors
/// [`AppError::SignInRequired`].
pub fn actor() -> Result<Arc<Actor>, AppError> {
    extension::<CurrentActor>().and_then(|current| current.0).ok_or(AppError::SignInRequired)
}

/// # Errors
/// [`AppError::Internal`] outside a request.
pub fn session() -> Result<Session, AppError> {
    extension().ok_or(AppError::Internal)
}

/// # Errors
/// [`AppError::Internal`] outside a request.
pub fn origin() -> Result<Origin, AppError> {
    extension().ok_or(AppError::Internal)
}

/// The token of the link that led here, for the form of the page.
pub fn link_token() -> Option<String> {
    extension::<LinkToken>().map(|LinkToken(token)| token.expose_secret().to_owned())
}

/// # Errors
/// [`AppError::Internal`] outside a request.
pub fn browser() -> Result<SeenBrowser, AppError> {
    extension().ok_or(AppError::Internal)
}

/// What the last form left for this page.
pub fn flash() -> Option<Flash> {
    extension()
}

/// The path and query asked for.
pub fn path_and_query() -> String {
    use_context::<Parts>()
        .and_then(|parts| parts.uri.path_and_query().map(ToString::to_string))
        .unwrap_or_else(|| "/".to_owned())
}

/// The page of ours that led here, by the browser's word; its path alone is taken, so it can lead nowhere else.
pub fn came_from() -> Option<ReturnPath> {
    let parts = use_context::<Parts>()?;
    let header = |name: &str| parts.headers.get(name)?.to_str().ok();
    if header("sec-fetch-site") != Some("same-origin") {
        return None;
    }
    let page: http::Uri = header("referer")?.parse().ok()?;
    ReturnPath::parse(page.path_and_query()?.as_str()).filter(|page| page.as_str() != path_and_query())
}

/// What stands in the address where the route has `{name}`, decoded.
pub fn path_value(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let route = parts.extensions.get::<axum::extract::MatchedPath>()?;
    let wanted = format!("{{{name}}}");
    let (_, value) = route.as_str().split('/').zip(parts.uri.path().split('/')).find(|(part, _)| *part == wanted)?;
    Some(percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// One value of the query string, decoded.
pub fn query_value(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).ok()?;
    query.0.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

fn write_down(outcome: Outcome) {
    if let Some(reply) = extension::<Reply>() {
        reply.set(outcome);
    }
}

/// The method and the headers of the request.
pub fn method_and_headers() -> Option<(Method, HeaderMap)> {
    use_context::<Parts>().map(|parts| (parts.method, parts.headers))
}

/// Sets a cookie with whatever is answered.
pub fn set_cookie(cookie: HeaderValue) {
    if let Some(reply) = extension::<Reply>() {
        reply.add_cookie(cookie);
    }
}

/// Sends the browser on with 303.
pub fn see_other(address: impl Into<String>) {
    write_down(Outcome::SeeOther(address.into()));
}

/// Sends the browser back to a form with what was typed and what is wrong with it.
pub fn back_to(page: impl Into<String>, flash: Flash) {
    write_down(Outcome::BackTo { page: page.into(), flash });
}

/// Answers with a file.
pub fn download(name: &'static str, kind: &'static str, content: String) {
    write_down(Outcome::Download { name, kind, content });
}

/// Passes a result through, writing an error down for the reply.
///
/// # Errors
/// The one given.
pub fn answer<T>(result: Result<T, AppError>) -> Result<T, AppError> {
    result.inspect_err(|error| match error {
        AppError::ConfirmItIsYou => see_other(confirm_address()),
        error => write_down(Outcome::Refused(error.clone())),
    })
}

/// Where one proves again who one is, and comes back from to the page whose form was sent.
fn confirm_address() -> String {
    confirm_then(&came_from().map_or_else(|| "/account".to_owned(), |page| page.as_str().to_owned()))
}

/// Where one proves again who one is, and goes on from to `next`.
pub fn confirm_then(next: &str) -> String {
    let page = "/account/confirm?".to_owned();
    let start = page.len();
    url::form_urlencoded::Serializer::for_suffix(page, start).append_pair("next", next).finish()
}

/// Sends a refused form back to its page, or answers with the page of the error.
///
/// # Errors
/// Always, with what was wrong.
pub fn refuse_form(
    form: Form,
    page: impl Into<String>,
    typed: &[(Field, &str)],
    error: impl Into<AppError>,
) -> Result<(), AppError> {
    let error = error.into();
    if !error.comes_back() {
        return answer(Err(error));
    }
    back_to(page, Flash::Form(Refused::new(form, typed, error.clone())));
    Err(error)
}
