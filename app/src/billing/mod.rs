//! What the organisation pays for, and the way to the portal.

pub mod api;
pub mod page;
mod plan_card;
mod portal_card;
