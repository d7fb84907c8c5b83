//! What something is asked of.

use domain::{OrgId, UserId, orgs::Role};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Resource {
    Organization(OrgId),
    /// Somebody's membership with this role: the one they have, or the one they are to get.
    Membership {
        org: OrgId,
        role: Role,
    },
    Post {
        org: OrgId,
        author: UserId,
    },
}

impl From<OrgId> for Resource {
    fn from(org: OrgId) -> Self {
        Self::Organization(org)
    }
}

impl Resource {
    /// The tenant.
    pub const fn org(self) -> OrgId {
        match self {
            Self::Organization(org) | Self::Membership { org, .. } | Self::Post { org, .. } => org,
        }
    }

    /// The same kind of thing, as near to `user` as it can be: what only a role can forbid.
    pub(crate) const fn nearest(self, org: OrgId, user: UserId) -> Self {
        match self {
            Self::Organization(_) => Self::Organization(org),
            Self::Membership { .. } => Self::Membership { org, role: Role::Viewer },
            Self::Post { .. } => Self::Post { org, author: user },
        }
    }
}
