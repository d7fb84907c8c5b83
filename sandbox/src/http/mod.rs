//! The manners of the API, apart from what its objects are.

pub mod auth;
pub mod errors;
pub mod faults;
pub mod form;
pub mod idempotency;
pub mod own_site;
pub mod proofs;
pub mod rate_limit;
pub mod request_log;
pub mod rights;
pub mod secrets;
