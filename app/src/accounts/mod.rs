//! People: how they come in, and what they may change about themselves.

pub mod confirm;
pub mod second_factor;
pub mod session;
pub mod sign_in;
pub mod words;
