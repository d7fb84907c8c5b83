//! Endpoints for machines, and for those who develop.

pub mod dev_mail;
pub mod health;
pub mod metrics;
pub mod stripe_webhook;
