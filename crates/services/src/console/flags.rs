//! Feature flags: what holds, for whom, and who said so.

use domain::flags::{self, Flag, Rollout};
use policy::console::Errand;
use store::{AuditEntry, FlagSetting};

use crate::{Actor, ServiceError, Services};

/// More than are set one by one.
const SETTINGS: u64 = 200;
const CHANGES: u64 = 50;

pub struct FlagView {
    pub flag: Flag,
    /// The environment's last word, on this node.
    pub environment: Option<bool>,
    pub settings: Vec<FlagSetting>,
}

pub struct FlagsView {
    pub flags: Vec<FlagView>,
    /// Newest first.
    pub changes: Vec<AuditEntry>,
}

impl Services {
    /// # Errors
    /// As [`Services::operate`], or the database's.
    pub async fn show_flags(&self, actor: &Actor) -> Result<FlagsView, ServiceError> {
        self.operate(actor, Errand::Look).await?;
        let (settings, changes) =
            tokio::try_join!(self.store.list_flag_settings(None, SETTINGS), self.store.list_flag_changes(CHANGES))?;
        let view = |flag: Flag| FlagView {
            flag,
            environment: self.settings.flag_overrides.get(flag.name).copied(),
            settings: settings.iter().filter(|setting| setting.name == flag.name).cloned().collect(),
        };
        Ok(FlagsView { flags: flags::ALL.into_iter().map(view).collect(), changes })
    }

    /// Turns a flag on or off for everybody. Shares and single organisations are the command's.
    ///
    /// # Errors
    /// As [`Services::operate`]; [`ServiceError::NotFound`] when there is no such flag; the database's.
    pub async fn switch_flag(&self, actor: &Actor, name: &str, on: bool) -> Result<(), ServiceError> {
        self.operate(actor, Errand::Act).await?;
        let flag = flags::find(name).ok_or(ServiceError::NotFound)?;
        let rollout = if on { Rollout::On } else { Rollout::Off };
        let person = actor.person();
        self.write_flag((flag, None), rollout, (Some(person.id), &person.email, actor.origin())).await
    }
}
