//! An OpenFeature provider over our own table, with the environment as last word.
//!
//! What must hold: a change is seen by every node within a second (P-06). So what
//! was read is used for [`STALE_AFTER`] at most, and a failed read is not papered
//! over with an older answer.

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use domain::{
    OrgId,
    flags::{self, Rollout, Settings},
};
use open_feature::{
    EvaluationContext, EvaluationError, EvaluationErrorCode, EvaluationResult, StructValue,
    provider::{FeatureProvider, ProviderMetadata, ResolutionDetails},
};
use store::{Store, StoredFlag};
use tokio::{sync::Mutex, time::timeout};

/// With the time a read takes on top, well under the second that P-06 allows.
pub const STALE_AFTER: Duration = Duration::from_millis(400);

/// How long a read may take before the flags count as unreadable. Together with
/// [`STALE_AFTER`] still under the second.
const PATIENCE: Duration = Duration::from_millis(300);

/// Cheap to clone; clones share what was read.
#[derive(Clone)]
pub(super) struct TableProvider(Arc<Inner>);

struct Inner {
    metadata: ProviderMetadata,
    store: Store,
    overrides: BTreeMap<&'static str, bool>,
    seen: RwLock<Option<Seen>>,
    reading: Mutex<()>,
}

/// What a read brought, good or bad: a table that can't be read is not asked by
/// every request anew.
#[derive(Clone)]
struct Seen {
    rows: Result<Arc<[StoredFlag]>, String>,
    at: Instant,
}

impl TableProvider {
    pub(super) fn new(store: Store, overrides: BTreeMap<&'static str, bool>) -> Self {
        Self(Arc::new(Inner {
            metadata: ProviderMetadata::new("portico feature_flags table"),
            store,
            overrides,
            seen: RwLock::new(None),
            reading: Mutex::new(()),
        }))
    }

    pub(super) fn forget(&self) {
        if let Ok(mut seen) = self.0.seen.write() {
            *seen = None;
        }
    }

    fn fresh(&self) -> Option<Result<Arc<[StoredFlag]>, String>> {
        let seen = self.0.seen.read().ok()?;
        seen.as_ref().filter(|seen| seen.at.elapsed() < STALE_AFTER).map(|seen| seen.rows.clone())
    }

    async fn rows(&self) -> Result<Arc<[StoredFlag]>, String> {
        if let Some(rows) = self.fresh() {
            return rows;
        }
        // One reads, the others wait for it, and nobody waits long.
        let Ok(_reading) = timeout(PATIENCE, self.0.reading.lock()).await else {
            return Err("somebody else is still reading".to_owned());
        };
        if let Some(rows) = self.fresh() {
            return rows;
        }
        // Taken before the read: what changes while it runs counts as not seen.
        let at = Instant::now();
        let rows = match timeout(PATIENCE, self.0.store.list_flags()).await {
            Ok(Ok(rows)) => Ok(rows.into()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err("no answer in time".to_owned()),
        };
        if let Ok(mut seen) = self.0.seen.write() {
            // A failure counts from its end.
            let at = if rows.is_ok() { at } else { Instant::now() };
            *seen = Some(Seen { rows: rows.clone(), at });
        }
        rows
    }
}

fn error(code: EvaluationErrorCode, message: String) -> EvaluationError {
    EvaluationError { code, message: Some(message) }
}

#[async_trait]
impl FeatureProvider for TableProvider {
    fn metadata(&self) -> &ProviderMetadata {
        &self.0.metadata
    }

    async fn resolve_bool_value(
        &self,
        flag_key: &str,
        context: &EvaluationContext,
    ) -> EvaluationResult<ResolutionDetails<bool>> {
        let flag = flags::find(flag_key)
            .ok_or_else(|| error(EvaluationErrorCode::FlagNotFound, format!("no flag {flag_key:?}")))?;
        let org =
            context.targeting_key.as_deref().and_then(|key| key.parse().ok()).map(OrgId::from_uuid).ok_or_else(
                || error(EvaluationErrorCode::TargetingKeyMissing, "want an organisation's id".to_owned()),
            )?;
        if let Some(word) = self.0.overrides.get(flag.name) {
            return Ok(ResolutionDetails::new(*word));
        }
        let rows = self.rows().await.map_err(|why| error(EvaluationErrorCode::General("store".into()), why))?;
        let find = |of| rows.iter().find(|row| row.name == flag.name && row.org == of).map(|row| row.rollout);
        let settings = Settings {
            environment: None,
            everybody: find(None),
            organization: find(Some(org)).map(|rollout| rollout == Rollout::On),
        };
        Ok(ResolutionDetails::new(flags::evaluate(flag, org, settings)))
    }

    async fn resolve_int_value(&self, flag: &str, _: &EvaluationContext) -> EvaluationResult<ResolutionDetails<i64>> {
        Err(only_booleans(flag))
    }

    async fn resolve_float_value(&self, flag: &str, _: &EvaluationContext) -> EvaluationResult<ResolutionDetails<f64>> {
        Err(only_booleans(flag))
    }

    async fn resolve_string_value(
        &self,
        flag: &str,
        _: &EvaluationContext,
    ) -> EvaluationResult<ResolutionDetails<String>> {
        Err(only_booleans(flag))
    }

    async fn resolve_struct_value(
        &self,
        flag: &str,
        _: &EvaluationContext,
    ) -> EvaluationResult<ResolutionDetails<StructValue>> {
        Err(only_booleans(flag))
    }
}

fn only_booleans(flag: &str) -> EvaluationError {
    error(EvaluationErrorCode::TypeMismatch, format!("{flag:?} is on or off"))
}
