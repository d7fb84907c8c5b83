//! Organisations, who belongs to them and with which role.

mod name;
mod role;
mod slug;

pub use name::{OrgName, OrgNameProblem};
pub use role::Role;
pub use slug::Slug;

use serde::{Deserialize, Serialize};

use crate::OrgId;

/// An organisation as members see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    pub id: OrgId,
    pub slug: String,
    pub name: String,
}
