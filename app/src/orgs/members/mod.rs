//! Who belongs to an organization, and who is invited.

pub mod api;
mod invitations;
pub mod page;
mod row;
