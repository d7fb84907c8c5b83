//! Who is asking, and how they proved it.

mod actor;
mod confirm;
mod enter;
pub mod passwords;
mod sign_in;
mod sign_out;

pub use actor::{Actor, Origin};
pub use confirm::WaysToConfirm;
pub use enter::Entry;
pub use sign_in::SignIn;
