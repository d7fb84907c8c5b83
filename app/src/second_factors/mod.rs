//! What one proves oneself by beside the password: `/account/two-factor`.

pub mod api;
pub mod authenticator;
pub mod page;
pub mod recovery_codes;
