//! After one factor: in, or asked for another.
//!
//! Every way of signing in ends here: password, provider, passkey. So a second factor can't
//! be forgotten on one of them.

use domain::accounts::{Method, Person, Proof};

use crate::{ServiceError, Services};

/// How far somebody is who has proved who they are.
#[derive(Clone, Debug)]
pub enum Entry {
    /// Signed in.
    Full { person: Person, proof: Proof },
    /// One factor is right, and the account asks for a second.
    Half { person: Person, proof: Proof },
}

impl Entry {
    pub fn person(&self) -> &Person {
        let (Self::Full { person, .. } | Self::Half { person, .. }) = self;
        person
    }
}

impl Services {
    /// # Errors
    /// When the database does not answer.
    pub async fn enter(&self, person: Person, method: Method) -> Result<Entry, ServiceError> {
        let proof = Proof::new(method, self.now());
        let enough = proof.has_second_factor() || !self.store.has_second_factor(person.id).await?;
        Ok(if enough { Entry::Full { person, proof } } else { Entry::Half { person, proof } })
    }
}
