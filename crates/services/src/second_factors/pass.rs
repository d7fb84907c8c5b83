//! The second step of signing in: a code of the authenticator, or a recovery code.
//!
//! What must hold: tries are counted before anything is looked at, apart from those of the
//! password; a code is used up by the statement that finds it unused, so of any number at
//! once one gets in.

use domain::{
    UserId,
    accounts::{Method, Person, Proof, RecoveryCode},
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};

use super::{PAGE, codes, confirm_totp, totp};
use crate::{Origin, ServiceError, Services, accounts::Entry, audit::Happening, mail::Letter};

/// What was typed, and into which field.
#[derive(Clone, Copy)]
pub enum TypedFactor<'a> {
    Totp(&'a str),
    Recovery(&'a str),
}

impl TypedFactor<'_> {
    const fn method(self) -> Method {
        match self {
            Self::Totp(_) => Method::Totp,
            Self::Recovery(_) => Method::RecoveryCode,
        }
    }
}

impl Services {
    /// For somebody whose first factor was right, as `proof` says.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`], [`ServiceError::Throttled`]; [`ServiceError::NotFound`] when
    /// they are gone or disabled.
    pub async fn pass_second_factor(
        &self,
        user: UserId,
        proof: Proof,
        typed: TypedFactor<'_>,
        origin: &Origin,
    ) -> Result<Entry, ServiceError> {
        let person = self.store.find_active_person(user).await?.ok_or(ServiceError::NotFound)?;
        let used = match typed {
            TypedFactor::Totp(code) => self.use_totp(&person, code).await,
            TypedFactor::Recovery(code) => self.use_recovery_code(&person, code).await,
        };
        let (outcome, reason) = match &used {
            Ok(()) => (AuditOutcome::Done, reason_of(typed.method())),
            Err(ServiceError::Invalid(_)) => (AuditOutcome::Refused, "wrong_code"),
            Err(ServiceError::Throttled { .. }) => (AuditOutcome::Refused, "throttled"),
            Err(_) => (AuditOutcome::Failed, "unavailable"),
        };
        let happening = Happening { action: AuditAction::SecondFactor, outcome, reason: Some(reason), org: None };
        self.record_as(Some(person.id), &person.email, origin, happening).await?;
        used?;
        let proof = proof.and(typed.method(), self.now());
        Ok(Entry::Full { person, proof })
    }

    async fn use_totp(&self, person: &Person, typed: &str) -> Result<(), ServiceError> {
        let code = confirm_totp::parse(typed)?;
        self.count_totp(person.id).await?;
        let wrong = || ServiceError::Invalid(vec![(Field::Code, Problem::Wrong)]);
        let row = self.store.find_totp(person.id).await?.filter(|row| row.confirmed).ok_or_else(wrong)?;
        let secret = self.sealer.open(&totp::context(person.id), &row.secret)?;
        let step = totp::step_of(&secret, &code, self.now())?.ok_or_else(wrong)?;
        if !self.store.use_totp_step(person.id, step).await? {
            return Err(ServiceError::Invalid(vec![(Field::Code, Problem::Used)]));
        }
        self.totp_was_right(person.id).await
    }

    async fn use_recovery_code(&self, person: &Person, typed: &str) -> Result<(), ServiceError> {
        let problem = if typed.trim().is_empty() { Problem::Missing } else { Problem::Wrong };
        let code =
            RecoveryCode::parse(typed).ok_or_else(|| ServiceError::Invalid(vec![(Field::RecoveryCode, problem)]))?;
        self.count_recovery(person.id).await?;
        let hash = codes::hash(person.id, &code);
        let letter = |left: u64| {
            let left = u32::try_from(left).unwrap_or(u32::MAX);
            let (name, review) = (person.name.clone(), self.link(PAGE, None));
            let letter = Letter::RecoveryCodeUsed { name, left, at: self.now(), review };
            self.letter_row(&person.email, letter, &format!("recovery:{hash}"))
        };
        match self.store.use_recovery_code(person.id, &hash, letter, self.now()).await? {
            Some(_) => Ok(()),
            None => Err(ServiceError::Invalid(vec![(Field::RecoveryCode, Problem::Wrong)])),
        }
    }
}

const fn reason_of(method: Method) -> &'static str {
    match method {
        Method::Totp => "totp",
        Method::RecoveryCode => "recovery_code",
        _ => "passkey",
    }
}
