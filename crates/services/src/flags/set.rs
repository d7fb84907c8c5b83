//! `portico flags set`: an operator's command, written down like everything else.

use domain::{
    OrgId, UserId,
    audit::{AuditAction, AuditOutcome},
    flags::{Flag, Rollout},
    orgs::Slug,
};
use store::StoredFlag;

use crate::{Origin, ServiceError, Services, audit::Happening};

impl Services {
    /// Sets a flag for everybody or for one organisation. Every node follows within a second.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when there is no such organisation.
    pub async fn set_flag(&self, flag: Flag, org: Option<&Slug>, rollout: Rollout) -> Result<(), ServiceError> {
        let org = match org {
            Some(slug) => Some(self.store.find_organization_by_slug(slug).await?.ok_or(ServiceError::NotFound)?.id),
            None => None,
        };
        let origin = Origin { request_id: "portico flags set".to_owned(), ..Origin::default() };
        self.write_flag((flag, org), rollout, (None, "operator", &origin)).await
    }

    /// With the entry that says who did, which is the flag's history.
    pub(crate) async fn write_flag(
        &self,
        (flag, org): (Flag, Option<OrgId>),
        rollout: Rollout,
        (id, who, origin): (Option<UserId>, &str, &Origin),
    ) -> Result<(), ServiceError> {
        let stored = StoredFlag { name: flag.name.to_owned(), org, rollout };
        let reason = match rollout {
            Rollout::On => "on",
            Rollout::Off => "off",
            Rollout::Percent(_) => "share",
        };
        let happening =
            Happening { action: AuditAction::SetFlag, outcome: AuditOutcome::Done, reason: Some(reason), org };
        let entry = self.entry(id, who, origin, happening).about(&format!("{}: {rollout}", flag.name));
        self.store.put_flag(&stored, &entry).await?;
        self.flags.forget();
        Ok(())
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn list_flags(&self) -> Result<Vec<StoredFlag>, ServiceError> {
        Ok(self.store.list_flags().await?)
    }
}
