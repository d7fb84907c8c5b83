//! What becomes of organisations when somebody deletes their account (check T05).
//!
//! What must hold: nobody leaves an organisation without an owner behind that has other
//! members, and nobody leaves a subscription behind that goes on charging.

use crate::{
    Millis,
    orgs::{Organization, Role},
};

/// How long somebody can change their mind.
pub const DELETION_GRACE: Millis = Millis::days(14);

/// What one person is in one organisation, and who else there is.
#[derive(Clone, Debug)]
pub struct Stake {
    pub organization: Organization,
    pub role: Role,
    pub other_members: u64,
    /// Owners who can act: not disabled, and not leaving themselves.
    pub other_owners: u64,
    /// A subscription is stored that has not ended.
    pub subscription_lives: bool,
}

/// What happens to the organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It goes on without them.
    Stays,
    /// Nobody else is in it: it is deleted along.
    GoesAlong,
}

/// Why they can't leave yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Others would be left without an owner.
    LastOwner,
    /// It would go with them, and it still pays.
    SubscriptionLives,
}

impl Stake {
    /// # Errors
    /// The [`Obstacle`], if there is one.
    pub const fn fate(&self) -> Result<Fate, Obstacle> {
        match (self.other_members, self.role) {
            (0, _) if self.subscription_lives => Err(Obstacle::SubscriptionLives),
            (0, _) => Ok(Fate::GoesAlong),
            (_, Role::Owner) if self.other_owners == 0 => Err(Obstacle::LastOwner),
            _ => Ok(Fate::Stays),
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::OrgId;

    #[test]
    fn t05_nobody_leaves_others_without_an_owner_or_a_subscription_without_anybody() {
        use {
            Fate::{GoesAlong, Stays},
            Obstacle::{LastOwner, SubscriptionLives},
            Role::{Admin, Editor, Owner, Viewer},
        };
        for (role, other_members, other_owners, subscription_lives, want) in [
            // Alone in it.
            (Owner, 0, 0, false, Ok(GoesAlong)),
            (Owner, 0, 0, true, Err(SubscriptionLives)),
            (Viewer, 0, 0, false, Ok(GoesAlong)),
            (Viewer, 0, 0, true, Err(SubscriptionLives)),
            // Others are in it; whether it pays is theirs to see to then.
            (Owner, 1, 0, false, Err(LastOwner)),
            (Owner, 9, 0, true, Err(LastOwner)),
            (Owner, 1, 1, false, Ok(Stays)),
            (Owner, 9, 2, true, Ok(Stays)),
            (Admin, 1, 1, true, Ok(Stays)),
            (Editor, 3, 1, false, Ok(Stays)),
            // Had none before either: they change nothing.
            (Viewer, 1, 0, false, Ok(Stays)),
        ] {
            let organization = Organization { id: OrgId::from_uuid(Uuid::nil()), slug: "a".into(), name: "A".into() };
            let stake = Stake { organization, role, other_members, other_owners, subscription_lives };
            assert_eq!(stake.fate(), want, "{stake:?}");
        }
    }
}
