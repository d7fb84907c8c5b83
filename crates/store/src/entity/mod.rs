//! The tables as SeaORM sees them. Nothing outside this crate names them.

pub mod account_links;
pub mod audit_entries;
pub mod billing_customers;
pub mod customer_creations;
pub mod feature_flags;
pub mod flashes;
pub mod identities;
pub mod invitations;
pub mod kept_mail;
pub mod known_browsers;
pub mod login_flows;
pub mod memberships;
pub mod organization_addresses;
pub mod organizations;
pub mod outbox;
pub mod passkey_challenges;
pub mod passkeys;
pub mod posts;
pub mod projects;
pub mod recovery_codes;
pub mod registrations;
pub mod sessions;
pub mod subscriptions;
pub mod throttle_counters;
pub mod totp_authenticators;
pub mod users;
