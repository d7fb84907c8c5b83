//! What the copies of a person's and of an organisation's data share.

use domain::Timestamp;
use serde::Serialize;
use store::AuditEntry;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// Of each kind; the newest ones.
pub(crate) const AT_MOST: u64 = 10_000;

#[derive(Serialize)]
pub(crate) struct Entry {
    pub(crate) at: String,
    /// Left out where it is the one who asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) who: Option<String>,
    pub(crate) what: &'static str,
    pub(crate) outcome: &'static str,
    pub(crate) reason: Option<String>,
    pub(crate) network_address: Option<String>,
    pub(crate) organization_id: Option<String>,
    /// Left out where it would be somebody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) subject: Option<String>,
    /// Who acted as them, for support.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operator: Option<String>,
}

/// What there is, up to [`AT_MOST`]; whoever asked for one more knows whether there is more.
pub(crate) fn bounded<T, U>(
    name: &'static str,
    rows: Vec<T>,
    cut_short: &mut Vec<&'static str>,
    of: fn(T) -> U,
) -> Vec<U> {
    let most = usize::try_from(AT_MOST).unwrap_or(usize::MAX);
    if rows.len() > most {
        cut_short.push(name);
    }
    rows.into_iter().take(most).map(of).collect()
}

pub(crate) fn entry(entry: AuditEntry) -> Entry {
    Entry {
        at: rfc3339(entry.at),
        who: None,
        what: entry.action.as_str(),
        outcome: entry.outcome.as_str(),
        reason: entry.reason,
        // An operator's is not theirs.
        network_address: entry.address.filter(|_| entry.operator.is_none()),
        organization_id: entry.org.map(|org| org.to_string()),
        subject: None,
        operator: entry.operator,
    }
}

pub(crate) fn rfc3339(at: Timestamp) -> String {
    OffsetDateTime::from_unix_timestamp(at.as_seconds())
        .ok()
        .and_then(|at| at.format(&Rfc3339).ok())
        .unwrap_or_default()
}
