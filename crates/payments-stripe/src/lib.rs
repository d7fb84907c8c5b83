//! The adapter to Stripe: the only room with async-stripe (P-08). Stripe's JSON
//! ends here; what leaves is ours.
//!
//! async-stripe has no default time-out and sends no idempotency key by itself:
//! both are set on every call here.

mod billing_state;
mod checkout;
mod client;
mod customer;
mod demo;
mod errors;
mod event;
mod keep;
mod plan_change;
mod plans;
mod portal_session;
mod requests;
mod scheduled_change;

pub use client::{Stripe, StripeConfigError};

/// Where customers, subscriptions and checkout sessions carry their organisation's id. Written for
/// people in Stripe's dashboard, for finding a customer after a lost answer, and to be compared; it
/// never selects whose billing something is (P-04, check W07).
pub(crate) const ORG_METADATA: &str = "portico_organization";

/// Where products and prices carry the slug of their plan.
pub(crate) const PLAN_METADATA: &str = "portico_plan";

/// Where checkout sessions and schedules carry how the plan is paid.
pub(crate) const INTERVAL_METADATA: &str = "portico_interval";

/// Where checkout sessions carry what they were made for, to be compared with what is wanted later.
pub(crate) const TERMS_METADATA: &str = "portico_terms";

/// What async-stripe speaks, and the webhook endpoint should send.
pub const API_VERSION: &str = "2026-09-30.endive";
