//! Who is asking, and how they proved it.

mod actor;
mod change_profile;
mod delete_due_accounts;
mod end_sessions;
mod enter;
mod export_data;
mod keep_account;
mod list_sessions;
mod note_browser;
pub mod passwords;
mod schedule_deletion;
mod show_account;
mod sign_in;
mod sign_out;
mod sweep;

pub use actor::{Actor, Origin};
pub use enter::Entry;
pub use show_account::AccountView;
pub use sign_in::SignIn;
