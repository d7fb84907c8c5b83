//! Billing: the one module that speaks to the payment provider, through [`Payments`] (P-08).

mod catalogue;
mod create_customer;
mod demo;
mod measure_events;
mod open_portal;
mod payments;
mod push_plans;
mod receive_event;
mod reconcile;
mod register_customer;
mod show;
mod show_invoices;
mod show_plans;
mod start_checkout;
mod sync_customer;

pub use catalogue::{CatalogueFileError, read_catalogue};
pub use demo::{DemoPayments, PASSWORD as DEMO_PASSWORD};
pub use open_portal::PortalLink;
pub use payments::{
    BillingSeen, CALL_TIMEOUT, CheckoutSession, Customer, NewCheckout, NewCustomer, Payments, PaymentsError,
    PortalSession,
};
pub use push_plans::{PlanShop, missing_plans, push_plans};
pub use receive_event::NotReceived;
pub use reconcile::{Concern, Reconciled};
pub(crate) use register_customer::KIND as CREATE_CUSTOMER;
pub use show::{BillingView, PortalEntry};
pub use show_invoices::InvoicesView;
pub use show_plans::PlansView;
pub use start_checkout::CheckoutLink;
