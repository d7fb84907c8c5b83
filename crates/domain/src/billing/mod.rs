//! What an organisation pays for: its customer, subscription and invoices, what the payment
//! provider tells of them, and the plans there are.

mod catalogue;
pub mod change;
pub mod checkout;
pub mod customer_creation;
pub mod drift;
pub mod event;
mod event_state;
mod hosted_page;
mod invoice;
mod money;
pub mod push;
mod reduce;
mod subscription;
mod upcoming;
pub mod webhook_signature;

pub use catalogue::{Catalogue, CatalogueError, Entitlement, Interval, Plan, Prices, Trial};
pub use event_state::EventState;
pub use hosted_page::{HostedMismatch, HostedOrigins, HostedPage, check_hosted_page};
pub use invoice::{Invoice, InvoiceSeen, InvoiceStatus, Notice, Told, UnknownInvoiceStatus, notice};
pub use money::Money;
pub use reduce::{ItemSeen, Reduced, SubscriptionSeen, reduce};
pub use subscription::{Subscription, SubscriptionStatus, UnknownStatus};
pub use upcoming::{NextInvoice, ScheduledChange, Upcoming};
