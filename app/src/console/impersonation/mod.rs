//! Acting as a member, for support: beginning it, saying so on every page, ending it.

pub mod api;
pub mod banner;
pub mod form;
pub mod over;
