//! What one's account is, at a glance.

use domain::accounts::Person;
use store::Membership;

use crate::{Actor, ServiceError, Services};

pub struct AccountView {
    pub person: Person,
    pub memberships: Vec<Membership>,
    /// In how many browsers they are signed in.
    pub sessions: usize,
}

impl Services {
    /// # Errors
    /// When the database does not answer.
    pub async fn show_account(&self, actor: &Actor) -> Result<AccountView, ServiceError> {
        Ok(AccountView {
            person: actor.person().clone(),
            memberships: actor.memberships().to_vec(),
            sessions: self.list_sessions(actor).await?.len(),
        })
    }
}
