//! Who is asking, and how they proved it.

mod actor;
mod change_email;
mod change_password;
mod confirm_registration;
mod confirm;
mod enter;
mod forgot_password;
mod mail_limits;
mod new_password;
mod own_password;
pub mod passwords;
mod resend_confirmation;
mod reset_password;
pub mod providers;
mod sign_in;
mod sign_out;
mod sign_up;
mod sweep;
pub mod social;

pub use actor::{Actor, Origin};
pub use change_email::ChangeEmail;
pub use change_password::ChangePassword;
pub use confirm_registration::{ConfirmRegistration, Confirmed};
pub use confirm::WaysToConfirm;
pub use enter::Entry;
pub use new_password::Strength;
pub use reset_password::ResetPassword;
pub use sign_in::SignIn;
pub use sign_up::{SignUp, SignedUp};
