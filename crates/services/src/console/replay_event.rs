//! Have an event applied again (W-06).
//!
//! What must hold: an event is judged again and never forced, and what was applied already has no
//! second effect: what counts is fetched, and mails and entries are of what changed (ADR 0028).

use domain::{
    audit::{AuditAction, AuditOutcome},
    billing::event::{ProviderEvent, Verdict, judge},
};
use policy::console::Errand;
use store::Replay;

use crate::{Actor, ServiceError, Services, audit::Happening, billing::receive_event::UNREADABLE};

/// What it was judged to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// It waits, and is applied in a moment.
    Waits,
    /// It concerns nobody, or can't be read.
    Ignored,
    /// It is as suspicious as before.
    Quarantined,
}

impl Services {
    /// # Errors
    /// As [`Services::operate`]; [`ServiceError::NotFound`] when there is no such event; the database's.
    pub async fn replay_event(&self, actor: &Actor, id: &str) -> Result<Replayed, ServiceError> {
        self.operate(actor, Errand::Act).await?;
        let stored = self.store.show_billing_event(id).await?.ok_or(ServiceError::NotFound)?;
        let payments = &self.ports.payments;
        // What could not be read before may be readable to this version; its row keeps the name that it
        // was given then. Otherwise it stays the same event.
        let is_same = |event: &ProviderEvent| event.id == id || stored.summary.kind == UNREADABLE;
        let read = payments.read_event(&stored.body).filter(is_same);
        let org = stored.summary.org.map(|org| org.id);
        let person = actor.person();
        let entry = |outcome, reason| {
            let happening = Happening { action: AuditAction::ReplayEvent, outcome, reason, org };
            self.entry(Some(person.id), &person.email, actor.origin(), happening).about(id)
        };
        let Some(event) = read else {
            self.store.insert_audit_entry(&entry(AuditOutcome::Failed, Some("unreadable"))).await?;
            return Ok(Replayed::Ignored);
        };
        let verdict = judge(&event, payments.livemode());
        let (replayed, reason) = match &verdict {
            Verdict::Apply(_) => (Replayed::Waits, None),
            Verdict::Ignore => (Replayed::Ignored, Some("ignored")),
            Verdict::Quarantine(why) => (Replayed::Quarantined, Some(why.as_str())),
        };
        let entry = entry(AuditOutcome::Done, reason);
        let replay = Replay { id, event: &event, verdict: &verdict, entry: &entry };
        if self.store.replay_billing_event(&replay, self.now()).await? {
            Ok(replayed)
        } else {
            Err(ServiceError::NotFound)
        }
    }
}
