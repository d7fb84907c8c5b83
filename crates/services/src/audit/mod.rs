//! The audit trail (P-10).

mod list;
mod record;

pub use list::AuditView;
pub use record::Happening;
