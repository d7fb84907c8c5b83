//! What somebody has, for their own page.

use domain::Timestamp;
use store::{PasskeyRow, SecondFactors};

use crate::{Actor, ServiceError, Services};

pub struct FactorsView {
    pub totp_since: Option<Timestamp>,
    pub passkeys: Vec<PasskeyRow>,
    pub recovery_codes_left: u64,
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
        let required_by = Vec::new();
        Ok(FactorsView { totp_since, passkeys, recovery_codes_left, required_by })
    }
}
