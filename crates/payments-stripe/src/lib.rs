//! The adapter to Stripe: the only room with async-stripe (P-08). Stripe's JSON
//! ends here; what leaves is ours.
//!
//! async-stripe has no default time-out and sends no idempotency key by itself:
//! both are set on every call here.

mod client;
mod customer;
mod demo;
mod errors;
mod portal_session;

pub use client::{Stripe, StripeConfigError};
