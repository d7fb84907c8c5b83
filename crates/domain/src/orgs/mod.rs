//! Organisations, who belongs to them and with which role.

mod access_hours;
mod access_rules;
mod address_ranges;
mod audit_retention;
mod closing;
mod invitation;
mod name;
mod role;
mod slug;

pub use access_hours::AccessHours;
pub use access_rules::{AccessRules, Admission, GLASS_STAYS_BROKEN, TypedAccessRules};
pub use address_ranges::AddressRanges;
pub use audit_retention::AuditRetention;
pub use closing::CLOSING_GRACE;
pub use invitation::{INVITATION_LIFE, INVITATIONS_PER_ORGANIZATION, MOST_OPEN_INVITATIONS};
pub use name::OrgName;
pub use role::Role;
pub use slug::{Slug, SlugProblem};

use serde::{Deserialize, Serialize};

use crate::OrgId;

/// An organisation as members see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    pub id: OrgId,
    pub slug: String,
    pub name: String,
}
