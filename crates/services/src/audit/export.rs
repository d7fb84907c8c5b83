//! One organisation's trail as CSV (RFC 4180), for spreadsheets.
//!
//! What must hold: what somebody else wrote into a name is never run by the program that opens it
//! (<https://owasp.org/www-community/attacks/CSV_Injection>).

use domain::audit::{AuditAction, AuditOutcome};
use policy::Action;
use store::AuditEntry;

use super::{Happening, TypedAuditFilter};
use crate::{Actor, ServiceError, Services, export::rfc3339};

/// The newest ones; the page says so.
const MOST_ROWS: u32 = 50_000;
const HEAD: [&str; 9] =
    ["time", "action", "outcome", "reason", "who", "about", "network_address", "request_id", "operator"];

impl Services {
    /// Those that the page shows, all pages of it, up to [`MOST_ROWS`].
    ///
    /// # Errors
    /// [`ServiceError::NotFound`], [`ServiceError::Forbidden`], [`ServiceError::Invalid`], the database's.
    pub async fn export_audit(
        &self,
        actor: &Actor,
        slug: &str,
        typed: &TypedAuditFilter,
    ) -> Result<String, ServiceError> {
        let attempted = AuditAction::ExportAudit;
        let membership = self.admit(actor, slug, Action::ReadAudit, attempted).await?;
        let (filter, problems) = typed.read();
        if !problems.is_empty() {
            return Err(ServiceError::Invalid(problems));
        }
        let (outcome, org) = (AuditOutcome::Done, membership.organization.id);
        self.record(actor, Happening { action: attempted, outcome, reason: None, org: Some(org) }).await?;
        let found = self.store.find_audit_entries(org, &filter, 0, MOST_ROWS).await?;
        table(&found.entries).ok_or(ServiceError::Unreadable("audit export"))
    }
}

fn table(entries: &[AuditEntry]) -> Option<String> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    csv.write_record(HEAD).ok()?;
    for entry in entries {
        let at = rfc3339(entry.at);
        let cells = [
            &*at,
            entry.action.as_str(),
            entry.outcome.as_str(),
            entry.reason.as_deref().unwrap_or_default(),
            &*entry.actor,
            entry.subject.as_deref().unwrap_or_default(),
            entry.address.as_deref().unwrap_or_default(),
            &*entry.request_id,
            entry.operator.as_deref().unwrap_or_default(),
        ];
        csv.write_record(cells.map(harmless)).ok()?;
    }
    String::from_utf8(csv.into_inner().ok()?).ok()
}

/// A spreadsheet takes a cell that begins with one of these for a formula; with a quote in front it is text.
fn harmless(cell: &str) -> String {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use domain::Timestamp;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn nothing_is_a_formula_and_every_cell_comes_back() {
        let hostile = [
            "=cmd|'/c calc'!A1",
            "+1",
            "-1",
            "@SUM(A1)",
            "\t=1",
            "a,b",
            "a\"b",
            "a\r\n=1",
            "{{7*7}}",
            "<script>",
            "\u{202e}x",
            "＝1",
        ];
        let entries: Vec<AuditEntry> = hostile
            .iter()
            .map(|text| AuditEntry {
                id: Uuid::nil(),
                at: Timestamp::from_millis(0),
                org: None,
                actor_id: None,
                actor: (*text).to_owned(),
                action: AuditAction::Invite,
                subject: Some((*text).to_owned()),
                outcome: AuditOutcome::Done,
                reason: None,
                address: None,
                request_id: String::new(),
                operator: None,
            })
            .collect();
        let text = table(&entries).unwrap();
        let mut read = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(read.headers().unwrap(), &HEAD[..]);
        let rows: Vec<csv::StringRecord> = read.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), hostile.len());
        for (row, typed) in rows.iter().zip(hostile) {
            assert_eq!(&row[0], "1970-01-01T00:00:00Z");
            for cell in [&row[4], &row[5]] {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝']), "{cell:?}");
                assert_eq!(cell.strip_prefix('\'').unwrap_or(cell), typed);
            }
        }
    }
}
