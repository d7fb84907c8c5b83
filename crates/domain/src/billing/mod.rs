//! What an organisation pays for, and what a portal session must look like.

pub mod customer_creation;
mod portal_session;
mod subscription;

pub use portal_session::{PortalAnswer, PortalMismatch, PortalOrigins, check_portal_answer};
pub use subscription::{Subscription, SubscriptionStatus, UnknownStatus};
