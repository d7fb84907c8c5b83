//! Mail: what each letter says, and how it leaves. The only room with lettre.
//!
//! What must hold:
//! - What people typed is text in a mail and never its structure: no header, no element, no
//!   line of its own, no link (checks T08, H03). [`words`] is where it comes in.
//! - Both parts of a mail say the same: one [`words::Words`] is rendered twice.
//! - A mail is the same to the byte at every attempt.
//! - Nothing of a mail is logged: links are secrets.

mod kept;
mod letters;
mod message;
mod moment;
pub mod preview;
mod render;
mod sender;
mod smtp;
pub mod words;

pub use kept::Kept;
pub use letters::write;
pub use sender::Sender;
pub use smtp::{Limits, Smtp, SmtpServer};
