//! People: how they come in, and what they may change about themselves.

pub mod email;
pub mod password;
pub mod confirm;
pub mod second_factor;
pub mod data;
pub mod profile;
pub mod session;
pub mod sessions;
pub mod sign_in;
pub mod sign_up;
pub mod social;
pub mod words;
