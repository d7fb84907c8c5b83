//! Feature flags through the OpenFeature API (P-06).

mod provider;
mod set;

use std::collections::BTreeMap;

use domain::{OrgId, flags::Flag};
use open_feature::{Client, EvaluationContext, OpenFeature};
use store::Store;
use thiserror::Error;

pub use provider::STALE_AFTER;

/// Evaluates flags, with a cache of at most [`STALE_AFTER`].
pub struct Flags {
    client: Client,
    table: provider::TableProvider,
}

#[derive(Debug, Error)]
#[error("the flag can't be read: {0}")]
pub struct FlagUnreadable(String);

impl Flags {
    pub(crate) async fn new(store: Store, overrides: BTreeMap<&'static str, bool>) -> Self {
        let table = provider::TableProvider::new(store, overrides);
        let mut api = OpenFeature::default();
        api.set_provider(table.clone()).await;
        Self { client: api.create_client(), table }
    }

    /// After a change made here: this node sees it with the next question.
    pub(crate) fn forget(&self) {
        self.table.forget();
    }

    /// # Errors
    /// When the stored flags can't be read and the environment says nothing.
    pub async fn is_on(&self, flag: Flag, org: OrgId) -> Result<bool, FlagUnreadable> {
        let context = EvaluationContext::default().with_targeting_key(org.to_string());
        self.client
            .get_bool_value(flag.name, Some(&context), None)
            .await
            .map_err(|error| FlagUnreadable(error.message.unwrap_or_else(|| error.code.to_string())))
    }
}

/// Off when unreadable, with a line in the log.
pub(crate) trait Off {
    fn or_off(self) -> bool;
}

impl Off for Result<bool, FlagUnreadable> {
    fn or_off(self) -> bool {
        self.unwrap_or_else(|error| {
            tracing::warn!(%error, "taken as off");
            false
        })
    }
}
