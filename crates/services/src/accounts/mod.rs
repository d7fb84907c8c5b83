//! Who is asking, and how they proved it.

mod actor;
mod enter;
pub mod passwords;
pub mod providers;
mod sign_in;
mod sign_out;
pub mod social;

pub use actor::{Actor, Origin};
pub use enter::Entry;
pub use sign_in::SignIn;
