//! Billing: the one module that speaks to the payment provider, through [`Payments`] (P-08).

mod catalogue;
mod change_plan;
mod counter;
mod create_customer;
mod demo;
mod expire_checkouts;
mod guarded;
mod keep_plan;
mod measure_events;
mod open_portal;
mod payments;
mod push_plans;
pub(crate) mod receive_event;
mod reconcile;
mod register_customer;
mod running;
mod show;
mod show_change;
mod show_invoices;
mod show_plans;
mod start_checkout;
mod sweep_events;
mod sync_customer;

pub use catalogue::{CatalogueFileError, read_catalogue};
pub use change_plan::{Changed, Shown};
pub use demo::{DemoPayments, PASSWORD as DEMO_PASSWORD};
pub(crate) use expire_checkouts::KIND as EXPIRE_CHECKOUTS;
pub use guarded::{Guarded, Patience};
pub use open_portal::PortalLink;
pub use payments::{
    BillingSeen, CALL_TIMEOUT, ChangePreview, CheckoutSession, Customer, NewCheckout, NewCustomer, Payments,
    PaymentsError, PlanChange, PortalSession, PreviewLine, PriceWanted,
};
pub use push_plans::{PlanShop, missing_plans, push_plans};
pub use receive_event::NotReceived;
pub use reconcile::{Concern, Reconciled};
pub(crate) use register_customer::KIND as CREATE_CUSTOMER;
pub use running::Wish;
pub use show::{BillingView, PortalEntry};
pub use show_change::{ChangeView, Side, what_is_wrong};
pub use show_invoices::InvoicesView;
pub use show_plans::{Offer, PlansView};
pub use start_checkout::CheckoutLink;
