//! People: how they come in, and what they may change about themselves.

pub mod confirm;
pub mod data;
pub mod email;
pub mod password;
pub mod profile;
pub mod second_factor;
pub mod session;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod social;
