//! The sandbox from outside: every test starts one on a free port and ends by asserting that
//! no answer of its own broke the contract.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test ends by panicking")]

mod accounts;
mod billing;
mod binary;
mod browser;
mod catalogue;
mod checkout;
mod checkout_modes;
mod checkout_page;
mod client;
mod clocks;
mod contract;
mod coupons;
mod customers;
mod discounts;
mod entitlements;
mod expansion;
mod faults;
mod foreign;
mod forms;
mod front;
mod github;
mod idempotency;
mod invoice_page;
mod killed;
mod ledger;
mod life;
mod lives;
mod manners;
mod money;
mod panics;
mod pausing;
mod persistence;
mod portal;
mod portal_acts;
mod portal_update;
mod promises;
mod receiver;
mod rights;
mod robustness;
mod schedules;
mod setup_intents;
mod started;
mod subscriptions;
mod webhooks;
