//! Billing: the one module that speaks to the payment provider, through [`Payments`] (P-08).

mod create_customer;
mod demo;
mod open_portal;
mod payments;
mod register_customer;
mod show;

pub use demo::{DemoPayments, PASSWORD as DEMO_PASSWORD};
pub use open_portal::PortalLink;
pub use payments::{CALL_TIMEOUT, Customer, NewCustomer, Payments, PaymentsError, PortalSession};
pub(crate) use register_customer::KIND as CREATE_CUSTOMER;
pub use show::{BillingView, PortalEntry};
