//! All or nothing: how anything changes the books.
//!
//! What must hold: a request, or an act on a hosted page, that is refused leaves no trace, unless
//! it was a card that refused (`ApiError::is_done`): then the try stays. One whose answer or
//! events would break the contract is refused.

use crate::background::catch_up;
use crate::books::Books;
use crate::events::Cause;
use crate::http::errors::ApiError;
use crate::memory::{Memory, Sandbox};
use crate::objects::feature;

/// Why a transaction was not carried out.
#[derive(Debug)]
pub enum Stop {
    Refused(ApiError),
    /// It would have broken the contract: where and what.
    Broken(String),
}

impl From<ApiError> for Stop {
    fn from(error: ApiError) -> Self {
        Self::Refused(error)
    }
}

/// Lets time pass up to now, then does `work` on a copy that becomes the books when it went well.
pub fn transact<T>(
    sandbox: &Sandbox,
    memory: &mut Memory,
    cause: Option<Cause>,
    work: impl FnOnce(&mut Books) -> Result<T, Stop>,
) -> Result<T, Stop> {
    catch_up(sandbox, memory);
    let before = memory.books.events.made();
    let mut books = memory.books.clone();
    books.moment.cause = cause;
    let done = work(&mut books);
    if let Err(stop) = &done
        && !matches!(stop, Stop::Refused(error) if error.is_done)
    {
        return done;
    }
    feature::note_changes(&mut books, before);
    if let Some(broken) = books.moment.broken.first() {
        return Err(Stop::Broken(format!("the event {}, {}", broken.kind, broken.problem)));
    }
    books.moment.cause = None;
    memory.books = books;
    sandbox.fan_out(memory);
    done
}
