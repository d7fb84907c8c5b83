//! People: how they come in, and what they may change about themselves.

pub mod session;
pub mod sign_in;
pub mod social;
pub mod words;
