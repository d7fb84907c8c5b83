//! Signing in with Google, GitHub or Microsoft, and linking them to one's account.

pub mod api;
pub mod buttons;
pub mod callback;
pub mod complete;
pub mod confirm;
mod flow_cookie;
pub mod methods;
pub mod proposal;
