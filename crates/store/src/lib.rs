//! Storage: the only room with SeaORM. One file per noun; what concerns a tenant
//! takes an [`domain::OrgId`] or the person whose memberships are read.
//!
//! Writes are single statements wherever they can be, so that what must happen
//! once happens once on SQLite and PostgreSQL alike; a transaction begins with
//! its write (SQLite takes the lock then, and waits for it instead of failing).

mod account_links;
mod audit_entries;
mod billing_customers;
mod bounded;
mod connection;
mod customer_creations;
mod entity;
mod error;
mod feature_flags;
mod flashes;
mod kept_mail;
mod identities;
mod login_flows;
mod known_browsers;
mod leaving;
mod memberships;
mod new_accounts;
mod organizations;
mod outbox;
mod registrations;
mod passkey_challenges;
mod passkeys;
mod recovery_codes;
mod second_factors;
mod own_sessions;
mod owners;
mod sessions;
mod subscriptions;
mod throttle_counters;
mod totp_authenticators;
mod users;

pub use account_links::{EmailChange, LinkPurpose, NewLink, OpenLink, PasswordChange};
pub use audit_entries::{AuditEntry, AuditPage, DELETED_ACTOR};
pub use billing_customers::BillingCustomer;
pub use connection::Store;
pub use customer_creations::Lease;
pub use error::StoreError;
pub use feature_flags::StoredFlag;
pub use kept_mail::KeptMail;
pub use identities::{Identity, IdentityOwner, NewIdentity, Unlinked};
pub use login_flows::LoginFlow;
pub use known_browsers::KnownBrowser;
pub use leaving::{Departure, Scheduling};
pub use memberships::{Member, Membership, MembershipBilling, PersonWithMemberships};
pub use new_accounts::{Created, NewAccount};
pub use outbox::{LeasedRow, NewOutboxRow};
pub use registrations::{Founding, Registration};
pub use passkeys::{NewPasskey, PasskeyRow};
pub use second_factors::{Changed, FactorChange, SecondFactors};
pub use own_sessions::OwnSession;
pub use sessions::{NewSession, StoredSession};
pub use totp_authenticators::TotpRow;
pub use users::{NewUser, ProfileRow, SignInRow};
