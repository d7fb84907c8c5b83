//! Is it them? Their password, asked for before something sensitive (check L06).

use domain::{
    accounts::{Method, Proof},
    form::{Field, Problem},
};
use secrecy::{ExposeSecret, SecretString};

use crate::{Actor, Origin, ServiceError, Services};

impl Services {
    /// Whether the person signs in with a password at all.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn has_password(&self, actor: &Actor) -> Result<bool, ServiceError> {
        let user = self.store.find_user(actor.person().id).await?;
        Ok(user.is_some_and(|user| user.password_hash.is_some()))
    }

    /// Passes somebody whose password it is, with their proof as it is now. Attempts count as those of signing in do; somebody
    /// without a password needs a recent proof instead.
    pub(crate) async fn require_own_password(
        &self,
        actor: &Actor,
        password: SecretString,
        origin: &Origin,
    ) -> Result<Proof, ServiceError> {
        let user = self.store.find_user(actor.person().id).await?.ok_or(ServiceError::NotFound)?;
        let Some(hash) = user.password_hash else {
            self.require_recent_proof(actor)?;
            return Ok(actor.proof().clone());
        };
        let refused = |problem| Err(ServiceError::Invalid(vec![(Field::Password, problem)]));
        if password.expose_secret().is_empty() {
            return refused(Problem::Missing);
        }
        self.count_address(origin).await?;
        let account = format!("account:{}", user.email);
        self.count_account(&account).await?;
        if !self.passwords.verify(password, Some(hash)).await?.right {
            return refused(Problem::Wrong);
        }
        self.store.clear_attempts(&account).await?;
        self.give_back(origin).await?;
        Ok(actor.proof().clone().and(Method::Password, self.now()))
    }
}
