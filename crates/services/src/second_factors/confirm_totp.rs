//! Confirm an authenticator app by a code of it: from then on it counts.

use domain::{
    accounts::TotpCode,
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};
use store::Changed;

use super::{AUTHENTICATOR, SealedCodes, totp};
use crate::{Actor, ServiceError, Services, audit::Happening};

impl Services {
    /// Answers with recovery codes if they are new. `session`: the one that stays, by its key.
    ///
    /// # Errors
    /// [`ServiceError::ProofTooOld`], [`ServiceError::Invalid`], [`ServiceError::Throttled`];
    /// [`ServiceError::NotFound`] when nothing is to be confirmed.
    pub async fn confirm_totp(
        &self,
        actor: &Actor,
        typed: &str,
        session: Option<&str>,
    ) -> Result<Option<SealedCodes>, ServiceError> {
        self.require_recent_proof(actor)?;
        let person = actor.person();
        let code = parse(typed)?;
        self.count_totp(person.id).await?;
        let row = self.store.find_totp(person.id).await?.filter(|row| !row.confirmed).ok_or(ServiceError::NotFound)?;
        let secret = self.sealer.open(&totp::context(person.id), &row.secret)?;
        let Some(step) = totp::step_of(&secret, &code, self.now())? else {
            return Err(ServiceError::Invalid(vec![(Field::Code, Problem::Wrong)]));
        };
        let (codes, letter) = (self.fresh_codes(person.id), [self.factor_added(person, AUTHENTICATOR)]);
        let change = self.change(actor, session, &codes.hashes, &letter);
        let changed = self.store.confirm_totp(&change, &row.secret, step).await?;
        let Changed::Done { codes_are_new } = changed else { return Err(ServiceError::NotFound) };
        self.totp_was_right(person.id).await?;
        let happening = Happening {
            action: AuditAction::AddSecondFactor,
            outcome: AuditOutcome::Done,
            reason: Some("totp"),
            org: None,
        };
        self.record(actor, happening).await?;
        Ok(codes_are_new.then_some(codes.sealed))
    }
}

pub(super) fn parse(typed: &str) -> Result<TotpCode, ServiceError> {
    let problem = if typed.trim().is_empty() { Problem::Missing } else { Problem::Malformed };
    TotpCode::parse(typed).ok_or_else(|| ServiceError::Invalid(vec![(Field::Code, problem)]))
}
