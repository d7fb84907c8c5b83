//! What the organisation pays for, and the ways to pay for it.

pub mod api;
pub mod change_page;
mod confirming;
pub mod invoices_page;
pub mod page;
mod plan_card;
pub mod plan_grid;
pub mod plans_page;
mod portal_card;
