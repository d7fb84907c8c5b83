//! Accounts that begin with an identity elsewhere: person, organisation, membership and
//! identity come into being together or not at all.

use domain::{Timestamp, orgs::Slug};

use crate::{Founding, NewIdentity, Store, StoreError, identities, outbox, registrations, users};

impl Store {
    /// As confirming a registration, with an identity in place of a password. Gives the slug;
    /// None when somebody has the address or the identity, and then nothing was stored.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn found_by_identity(
        &self,
        founding: &Founding<'_>,
        identity: &NewIdentity,
        now: Timestamp,
    ) -> Result<Option<Slug>, StoreError> {
        let tx = self.db.begin().await?;
        if !users::insert(&tx, &founding.user, now).await?
            || !identities::insert(&tx, founding.user.id, identity, now).await?
        {
            return Ok(None);
        }
        // Whoever else signed up with the address is too late (check R04).
        registrations::delete_of(&tx, founding.user.email).await?;
        let slug = registrations::found(&tx, founding, now).await?;
        outbox::insert(&tx, founding.outbox, now).await?;
        tx.commit().await?;
        Ok(Some(slug))
    }
}
