//! Endpoints for machines.

pub mod health;
pub mod metrics;
