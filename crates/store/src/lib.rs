//! Storage: the only room with SeaORM. One file per noun; what concerns a tenant
//! takes an [`domain::OrgId`] or the person whose memberships are read.
//!
//! Writes are single statements wherever they can be, so that what must happen
//! once happens once on SQLite and PostgreSQL alike; a transaction begins with
//! its write (SQLite takes the lock then, and waits for it instead of failing).

mod audit_entries;
mod billing_customers;
mod bounded;
mod connection;
mod customer_creations;
mod entity;
mod error;
mod feature_flags;
mod flashes;
mod lane;
mod memberships;
mod organizations;
mod outbox;
mod sessions;
mod subscriptions;
mod throttle_counters;
mod users;

pub use audit_entries::{AuditEntry, AuditPage};
pub use billing_customers::BillingCustomer;
pub use connection::Store;
pub use customer_creations::Lease;
pub use error::StoreError;
pub use feature_flags::StoredFlag;
pub use memberships::{Member, Membership, MembershipBilling, PersonWithMemberships};
pub use outbox::{LeasedRow, NewOutboxRow};
pub use sessions::StoredSession;
pub use users::{NewUser, SignInRow};
