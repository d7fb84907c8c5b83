//! Mail: written as a row beside its cause, sent by a worker.

mod letter;
mod mailer;
mod operators;
pub(crate) mod post;

pub use letter::Letter;
pub use mailer::{Envelope, MailError, Mailer, SEND_TIMEOUT};
pub use operators::{MailedAlerts, Raised};
