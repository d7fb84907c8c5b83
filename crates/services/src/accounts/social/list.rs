//! One's own ways to sign in.

use domain::accounts::WaysIn;
use store::Identity;

use crate::{Actor, ServiceError, Services};

pub struct SignInMethods {
    pub ways: WaysIn,
    pub identities: Vec<Identity>,
}

impl Services {
    /// # Errors
    /// The database's.
    pub async fn list_sign_in_methods(&self, actor: &Actor) -> Result<SignInMethods, ServiceError> {
        let user = actor.person().id;
        let (ways, identities) = tokio::try_join!(self.store.ways_in(user), self.store.list_identities(user))?;
        Ok(SignInMethods { ways, identities })
    }
}
