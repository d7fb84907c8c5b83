//! Begin to set up an authenticator app: a secret that does not count yet.

use domain::form::{Field, Problem};
use secrecy::{ExposeSecret, SecretString};

use super::totp;
use crate::{Actor, ServiceError, Services};

/// For an app, by its camera or by hand.
pub struct TotpSetup {
    pub uri: SecretString,
    pub secret: SecretString,
}

impl Services {
    /// # Errors
    /// [`ServiceError::ProofTooOld`]; [`ServiceError::Invalid`] when there is one that counts.
    pub async fn begin_totp(&self, actor: &Actor) -> Result<(), ServiceError> {
        self.require_recent_proof(actor)?;
        let user = actor.person().id;
        let secret = totp::new_secret(self.entropy());
        let sealed = self.sealer.seal(&totp::context(user), secret.expose_secret(), self.entropy());
        if self.store.put_unconfirmed_totp(user, &sealed, self.now()).await? {
            return Ok(());
        }
        Err(ServiceError::Invalid(vec![(Field::Code, Problem::Unchanged)]))
    }

    /// What is to be confirmed, if something is. Who can see it can make its codes.
    ///
    /// # Errors
    /// [`ServiceError::ProofTooOld`], or the database's.
    pub async fn totp_setup(&self, actor: &Actor) -> Result<Option<TotpSetup>, ServiceError> {
        self.require_recent_proof(actor)?;
        let person = actor.person();
        let Some(row) = self.store.find_totp(person.id).await?.filter(|row| !row.confirmed) else { return Ok(None) };
        let secret = self.sealer.open(&totp::context(person.id), &row.secret)?;
        Ok(Some(TotpSetup { uri: totp::uri(&secret, &person.email)?, secret }))
    }
}
