//! How the hosted pages look at the books and change them.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use super::frame::notice;
use crate::background::catch_up;
use crate::books::Books;
use crate::http::errors::ApiError;
use crate::memory::{Memory, Sandbox, Violation};
use crate::objects::test_clock::check_ready;
use crate::saving::save;
use crate::transaction::{Stop, transact};

/// Why an act came to nothing.
#[derive(Debug)]
pub enum Failed {
    /// The API's own refusal, such as a declined card. Nothing was changed.
    Refused(ApiError),
    /// A defect of the sandbox, or a disk that is full: a whole page says so.
    Broken(String),
}

impl Failed {
    /// The page for a failure that the page it happened on can't show itself.
    pub fn page(&self) -> Response {
        match self {
            Self::Refused(error) if error.status == 501 => {
                notice(StatusCode::NOT_IMPLEMENTED, "Not modelled", &error.message, None)
            }
            Self::Refused(error) => notice(StatusCode::CONFLICT, "That did not work", &error.message, None),
            Self::Broken(problem) => {
                notice(StatusCode::INTERNAL_SERVER_ERROR, "The sandbox has a defect", problem, None)
            }
        }
    }
}

/// The books as they are now, to look at. A copy: what is done to it is lost.
pub fn look(sandbox: &Sandbox) -> Books {
    let mut memory = sandbox.memory();
    catch_up(sandbox, &mut memory);
    memory.books.clone()
}

/// Does `work` as one transaction, and saves it before anything is answered.
///
/// # Errors
/// What `work` refused, or that the change could not be kept.
pub async fn act<T>(sandbox: &Arc<Sandbox>, work: impl FnOnce(&mut Books) -> Result<T, ApiError>) -> Result<T, Failed> {
    let (done, number) = {
        let mut memory = sandbox.memory();
        let done = transact(sandbox, &mut memory, None, |books| {
            // What a page refuses leaves no trace, also where the API would keep a card's refusal.
            work(books).map_err(|error| Stop::Refused(ApiError { is_done: false, ..error }))
        });
        let done = done.map_err(|stop| failed(&mut memory, stop))?;
        (done, memory.changed())
    };
    sandbox.clock_moved.notify_one();
    save(sandbox, number).await.map_err(|error| Failed::Broken(error.message))?;
    Ok(done)
}

/// That an object's test clock, if it has one, is not on its way.
///
/// # Errors
/// 429 while it is.
pub fn ready(books: &Books, object: &Value) -> Result<(), ApiError> {
    books.clock_of(object).map_or(Ok(()), |clock| check_ready(books, clock))
}

fn failed(memory: &mut Memory, stop: Stop) -> Failed {
    let problem = match stop {
        Stop::Refused(error) if error.code.as_deref() != Some("sandbox_contract_violation") => {
            return Failed::Refused(error);
        }
        Stop::Refused(error) => error.message,
        Stop::Broken(problem) => problem,
    };
    tracing::error!(problem, "A HOSTED PAGE BREAKS THE CONTRACT");
    let at = memory.books.moment.time;
    let endpoint = "hosted page".to_owned();
    memory.violations.push(Violation { at, request: String::new(), endpoint, problem: problem.clone() });
    Failed::Broken(problem)
}
