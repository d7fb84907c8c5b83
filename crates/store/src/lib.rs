//! Storage: the only room with SeaORM. One file per noun; what concerns a tenant
//! takes an [`domain::OrgId`] or the person whose memberships are read.
//!
//! Writes are single statements wherever they can be, so that what must happen
//! once happens once on SQLite and PostgreSQL alike; a transaction begins with
//! its write (SQLite takes the lock then, and waits for it instead of failing).

mod account_links;
mod audit_entries;
mod audit_retention;
mod billing_customers;
mod billing_events;
mod billing_syncs;
mod bounded;
mod checkouts;
mod closing;
mod connection;
mod console;
mod customer_creations;
mod entity;
mod error;
mod feature_flags;
mod flashes;
mod identities;
mod invitation_answers;
mod invitations;
mod invoices;
mod kept_mail;
mod known_browsers;
mod leaving;
mod login_flows;
mod memberships;
mod new_accounts;
mod organization_addresses;
mod organizations;
mod outbox;
mod own_sessions;
mod owners;
mod passkey_challenges;
mod passkeys;
mod posts;
mod projects;
mod recovery_codes;
mod registrations;
mod search;
mod second_factors;
mod sessions;
mod staff;
mod subscriptions;
mod tenant;
mod throttle_counters;
mod totp_authenticators;
mod users;

pub use account_links::{EmailChange, LinkPurpose, NewLink, OpenLink, PasswordChange};
pub use audit_entries::{AuditEntry, AuditFilter, AuditPage, DELETED_ACTOR};
pub use billing_customers::{BillingCustomer, KnownCustomer};
pub use billing_events::{Settled, StoredEvent, WaitingEvent};
pub use billing_syncs::LeasedCustomer;
pub use closing::Closed;
pub use connection::Store;
pub use console::{EventDetail, EventFilter, EventSummary, FailedRow, FlagSetting, OrganizationSummary, Replay, Tries};
pub use customer_creations::Lease;
pub use error::StoreError;
pub use feature_flags::StoredFlag;
pub use identities::{Identity, IdentityOwner, NewIdentity, Unlinked};
pub use invitation_answers::{Accepted, Accepting, OpenInvitation};
pub use invitations::{Invitation, Invited, NewInvitation};
pub use kept_mail::KeptMail;
pub use known_browsers::KnownBrowser;
pub use leaving::{Departure, Scheduling};
pub use login_flows::LoginFlow;
pub use memberships::{Member, Membership, MembershipBilling, PersonWithMemberships};
pub use organization_addresses::Renamed;
pub use outbox::{LeasedRow, NewOutboxRow};
pub use own_sessions::OwnSession;
pub use owners::{Between, MemberChange, MemberChanged};
pub use passkeys::{NewPasskey, PasskeyRow};
pub use posts::{Edit, Edited, NewPost, Post, PostSummary};
pub use projects::{NewProject, Project};
pub use registrations::{Founding, Registration};
pub use second_factors::{Changed, FactorChange, SecondFactors};
pub use sessions::{NewSession, StoredSession};
pub use staff::Staff;
pub use subscriptions::BillingState;
pub use tenant::Paged;
pub use totp_authenticators::TotpRow;
pub use users::{NewUser, ProfileRow, SignInRow};
