//! Invoices: what they hold, what they come to, how they are collected.

pub mod collect;
pub mod discount;
pub mod draft;
pub mod finalize;
pub mod invoice_item;
pub mod ledger;
pub mod line;
pub mod part;
pub mod settle;
