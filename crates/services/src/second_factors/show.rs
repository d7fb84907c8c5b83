//! What somebody has, for their own page.

use domain::{Timestamp, UserId};
use store::{Membership, PasskeyRow, SecondFactors};

use crate::{Actor, ServiceError, Services};

/// What the second step of signing in can be done with.
#[derive(Clone, Copy, Debug)]
pub struct SecondStep {
    pub totp: bool,
    pub passkey: bool,
}

pub struct FactorsView {
    pub totp_since: Option<Timestamp>,
    pub passkeys: Vec<PasskeyRow>,
    pub recovery_codes_left: u64,
    /// This session has shown one.
    pub proved: bool,
    /// Organisations of theirs that ask for a second factor.
    pub required_by: Vec<String>,
}

impl FactorsView {
    pub fn has_any(&self) -> bool {
        self.totp_since.is_some() || !self.passkeys.is_empty()
    }
}

impl Services {
    /// # Errors
    /// When the database does not answer.
    pub async fn show_second_factors(&self, actor: &Actor) -> Result<FactorsView, ServiceError> {
        let SecondFactors { totp_since, passkeys, recovery_codes_left } =
            self.store.find_second_factors(actor.person().id).await?;
        let asks = |membership: &&Membership| membership.requires_second_factor;
        let required_by = actor.memberships().iter().filter(asks).map(|m| m.organization.name.clone()).collect();
        let proved = actor.proof().has_second_factor();
        Ok(FactorsView { totp_since, passkeys, recovery_codes_left, proved, required_by })
    }

    /// For somebody half-way in.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn second_step_of(&self, user: UserId) -> Result<SecondStep, ServiceError> {
        let factors = self.store.find_second_factors(user).await?;
        let passkey = self.has_passkeys() && !factors.passkeys.is_empty();
        Ok(SecondStep { totp: factors.totp_since.is_some(), passkey })
    }
}
