//! Change what one is called.

use domain::{
    accounts::PersonName,
    audit::{AuditAction, AuditOutcome},
    form::Field,
};

use crate::{Actor, ServiceError, Services, audit::Happening};

impl Services {
    /// # Errors
    /// [`ServiceError::Invalid`], or the database's.
    pub async fn change_profile(&self, actor: &Actor, name: &str) -> Result<(), ServiceError> {
        let name = PersonName::parse(name).map_err(|problem| ServiceError::Invalid(vec![(Field::Name, problem)]))?;
        self.store.set_user_name(actor.person().id, &name).await?;
        let happening =
            Happening { action: AuditAction::ChangeProfile, outcome: AuditOutcome::Done, reason: None, org: None };
        self.record(actor, happening).await
    }
}
