//! What one's account is, at a glance.

use domain::accounts::{Person, Provider};
use store::Membership;

use crate::{Actor, ServiceError, Services};

pub struct AccountView {
    pub person: Person,
    pub memberships: Vec<Membership>,
    pub has_password: bool,
    /// Where else they may sign in, each once.
    pub providers: Vec<Provider>,
    pub has_authenticator: bool,
    pub passkeys: usize,
    /// In how many browsers they are signed in.
    pub sessions: usize,
}

impl Services {
    /// # Errors
    /// When the database does not answer.
    pub async fn show_account(&self, actor: &Actor) -> Result<AccountView, ServiceError> {
        let methods = self.list_sign_in_methods(actor).await?;
        let factors = self.store.find_second_factors(actor.person().id).await?;
        let mut providers: Vec<Provider> = methods.identities.iter().map(|identity| identity.provider).collect();
        providers.sort_by_key(|provider| provider.label());
        providers.dedup();
        Ok(AccountView {
            person: actor.person().clone(),
            memberships: actor.memberships().to_vec(),
            has_password: methods.ways.password,
            providers,
            has_authenticator: factors.totp_since.is_some(),
            passkeys: factors.passkeys.len(),
            sessions: self.list_sessions(actor).await?.len(),
        })
    }
}
