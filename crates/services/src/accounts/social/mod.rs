//! Signing in with an account elsewhere, and linking it.
//!
//! What becomes of somebody is decided in [`domain::accounts::linking`], here is what is
//! looked up for that and what is done about it.

mod arrival;
mod begin;
mod complete;
mod confirm;
mod finish;
mod link;
mod list;
mod unlink;

pub use arrival::{Arrival, Step};
pub use begin::{Departing, LinkedBy};
pub use complete::Completion;
pub use finish::{ComeBack, Landing};
pub use list::SignInMethods;
pub use store::Identity;
