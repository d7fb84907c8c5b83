//! What an organisation pays for: its customer, subscription and invoices, what the payment
//! provider tells of them, and the plans there are.

mod catalogue;
pub mod customer_creation;
pub mod event;
mod invoice;
mod money;
mod portal_session;
pub mod push;
mod reduce;
mod subscription;
pub mod webhook_signature;

pub use catalogue::{Catalogue, CatalogueError, Entitlement, Interval, Plan, Prices, Trial};
pub use invoice::{Invoice, InvoiceStatus, Notice, Told, UnknownInvoiceStatus, notice};
pub use money::Money;
pub use portal_session::{PortalAnswer, PortalMismatch, PortalOrigins, check_portal_answer};
pub use reduce::{Reduced, SubscriptionSeen, reduce};
pub use subscription::{Subscription, SubscriptionStatus, UnknownStatus};
