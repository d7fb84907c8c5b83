//! The audit trail (P-10).

mod export;
mod filter;
mod list;
mod record;
mod retention;

pub use filter::TypedAuditFilter;
pub use list::AuditView;
pub use record::Happening;
