//! Add a passkey to one's account.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    accounts::PasskeyName,
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};
use store::{Changed, NewPasskey, PasskeyRow, StoreError};
use webauthn_rs::prelude::{CredentialID, Passkey, PasskeyRegistration};

use super::{
    AT_MOST, Asked, PASSKEY, Purpose,
    challenge::{read, refused},
};
use crate::{Actor, ServiceError, Services, audit::Happening, second_factors::SealedCodes};

/// The stored key.
pub(super) fn passkey(row: &PasskeyRow) -> Result<Passkey, ServiceError> {
    serde_json::from_str(&row.credential).map_err(|_| ServiceError::Unreadable("passkey"))
}

pub(super) fn text(passkey: &Passkey) -> Result<String, ServiceError> {
    serde_json::to_string(passkey).map_err(|_| ServiceError::Unreadable("passkey"))
}

impl Services {
    /// # Errors
    /// [`ServiceError::ProofTooOld`]; [`ServiceError::NotFound`] where there are no passkeys.
    pub async fn ask_to_add_passkey(&self, actor: &Actor) -> Result<Asked, ServiceError> {
        let webauthn = self.webauthn()?;
        self.require_recent_proof(actor)?;
        let person = actor.person();
        let rows = self.store.list_passkeys(person.id).await?;
        let known: Vec<CredentialID> =
            rows.iter().map(|row| Ok(passkey(row)?.cred_id().clone())).collect::<Result<_, ServiceError>>()?;
        let (options, state) = webauthn
            .start_passkey_registration(person.id.as_uuid(), &person.email, &person.name, Some(known))
            .map_err(|_| ServiceError::Unreadable("passkey options"))?;
        let mut options = serde_json::to_value(&options).map_err(|_| ServiceError::Unreadable("passkey options"))?;
        // Found by the browser without a name typed: that is what signing in without a password needs.
        options["publicKey"]["authenticatorSelection"]["residentKey"] = "required".into();
        options["publicKey"]["authenticatorSelection"]["requireResidentKey"] = true.into();
        self.ask(Purpose::Add, Some(person.id), &state, &options).await
    }

    /// Answers with recovery codes if they are new. `session`: the one that stays, by its key.
    ///
    /// # Errors
    /// [`ServiceError::ProofTooOld`], [`ServiceError::Invalid`].
    pub async fn add_passkey(
        &self,
        actor: &Actor,
        token: &str,
        answer: &str,
        name: &str,
        session: Option<&str>,
    ) -> Result<Option<SealedCodes>, ServiceError> {
        let webauthn = self.webauthn()?;
        self.require_recent_proof(actor)?;
        let person = actor.person();
        let state: PasskeyRegistration = self.take_challenge(token, Purpose::Add, Some(person.id)).await?;
        let key = webauthn.finish_passkey_registration(&read(answer)?, &state).map_err(|_| refused())?;
        let new = NewPasskey {
            id: self.entropy().uuid(),
            credential_id: URL_SAFE_NO_PAD.encode(key.cred_id()),
            name: PasskeyName::parse(name).unwrap_or_default().as_str().to_owned(),
            credential: text(&key)?,
            counter: 0,
        };
        let (codes, letter) = (self.fresh_codes(person.id), [self.factor_added(person, PASSKEY)]);
        let change = self.change(actor, session, &codes.hashes, &letter);
        let changed = match self.store.add_passkey(&change, new, AT_MOST).await {
            Ok(changed) => changed,
            // Known already, as theirs or as somebody else's.
            Err(StoreError::Conflict) => return Err(refused()),
            Err(error) => return Err(error.into()),
        };
        let Changed::Done { codes_are_new } = changed else {
            return Err(ServiceError::Invalid(vec![(Field::Passkey, Problem::TooLong)]));
        };
        let happening = Happening {
            action: AuditAction::AddSecondFactor,
            outcome: AuditOutcome::Done,
            reason: Some("passkey"),
            org: None,
        };
        self.record(actor, happening).await?;
        Ok(codes_are_new.then_some(codes.sealed))
    }
}
