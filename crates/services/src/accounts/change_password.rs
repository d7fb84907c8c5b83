//! Change one's password, or set the first one.

use domain::{
    accounts::Proof,
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};
use secrecy::{ExposeSecret, SecretString};
use store::{PasswordChange, PersonWithMemberships};

use super::reset_password::personal_words;
use crate::{Actor, ServiceError, Services, audit::Happening};

/// What was typed.
pub struct ChangePassword {
    /// Empty for somebody who has none yet.
    pub current: SecretString,
    pub new: SecretString,
}

impl Services {
    /// Every other session of theirs ends, and every open link; `this_session` is the stored
    /// key of the one that stays. Gives their proof, which now has the password in it.
    ///
    /// # Errors
    /// [`ServiceError::Invalid`], [`ServiceError::ProofTooOld`], [`ServiceError::Throttled`],
    /// [`ServiceError::Flooded`], [`ServiceError::Busy`], or the database's.
    pub async fn change_password(
        &self,
        actor: &Actor,
        typed: ChangePassword,
        this_session: Option<&str>,
    ) -> Result<Proof, ServiceError> {
        let person = actor.person().clone();
        let new = typed.new.expose_secret();
        let same = !new.is_empty() && typed.current.expose_secret() == new;
        let proof = self.own_password_or_record(actor, typed.current, AuditAction::ChangePassword).await?;
        if same {
            return Err(ServiceError::Invalid(vec![(Field::NewPassword, Problem::Unchanged)]));
        }
        let known = PersonWithMemberships { person: person.clone(), memberships: actor.memberships().to_vec() };
        self.check_new_password(&typed.new, personal_words(&known)).await?;
        let hash = self.passwords.hash(typed.new, self.entropy().bytes()).await?;
        let mail = self.letter_row(
            &person.email,
            self.password_changed(&person.name, actor.origin()),
            &format!("password-changed:{}", self.entropy().uuid()),
        );
        let change = PasswordChange { user: person.id, email: &person.email, password_hash: &hash, outbox: &[mail] };
        if !self.store.change_password(&change, this_session, self.now()).await? {
            // Disabled, deleted or moved since this request began.
            return Err(ServiceError::NotFound);
        }
        let done =
            Happening { action: AuditAction::ChangePassword, outcome: AuditOutcome::Done, reason: None, org: None };
        self.record(actor, done).await?;
        Ok(proof)
    }

    /// [`Services::require_own_password`], with a no written down.
    pub(super) async fn own_password_or_record(
        &self,
        actor: &Actor,
        password: SecretString,
        action: AuditAction,
    ) -> Result<Proof, ServiceError> {
        let proved = self.require_own_password(actor, password, actor.origin()).await;
        let reason = match &proved {
            Err(ServiceError::Invalid(problems)) if problems.contains(&(Field::Password, Problem::Wrong)) => {
                "wrong_password"
            }
            Err(ServiceError::ProofTooOld) => "proof_too_old",
            _ => return proved,
        };
        let refused = Happening { action, outcome: AuditOutcome::Refused, reason: Some(reason), org: None };
        self.record(actor, refused).await?;
        proved
    }
}
