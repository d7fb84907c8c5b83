//! People: how they come in, and what they may change about themselves.

pub mod data;
pub mod profile;
pub mod session;
pub mod sessions;
pub mod sign_in;
pub mod words;
