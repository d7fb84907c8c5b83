//! Registrations that wait for their mailbox to say yes (ADR 0015).
//!
//! What must hold: until one is confirmed there is no user, no organisation and no
//! membership; the one that is confirmed makes all of them in one transaction, once, and
//! every other one of the address is gone with it (checks R03, R04).

use domain::{
    OrgId, Timestamp, UserId,
    accounts::Email,
    orgs::{OrgName, Role, Slug},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::ExprTrait};
use uuid::Uuid;

use crate::{
    NewOutboxRow, NewUser, Store, StoreError,
    entity::{
        memberships,
        registrations::{ActiveModel, Column, Entity, Model},
    },
    organizations, outbox, users,
};

/// A registration to be stored, and one that was.
#[derive(Clone)]
pub struct Registration {
    pub id: Uuid,
    pub token_hash: String,
    pub email: String,
    pub name: String,
    pub organization: String,
    /// A PHC string (argon2id).
    pub password_hash: String,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// What a confirmed registration becomes.
pub struct Founding<'a> {
    pub user: NewUser<'a>,
    pub org: OrgId,
    pub org_name: &'a OrgName,
    /// Tried in this order; the last one must be free.
    pub slugs: &'a [Slug],
    pub outbox: &'a [NewOutboxRow],
}

impl Store {
    /// Stores a registration and the mail about it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_registration(
        &self,
        registration: &Registration,
        mail: NewOutboxRow,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let tx = self.db.begin().await?;
        Entity::insert(row(registration)).exec_without_returning(&tx).await?;
        outbox::insert(&tx, &[mail], now).await?;
        Ok(tx.commit().await?)
    }

    /// The registration that a token belongs to, while it is good.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_registration_by_token(
        &self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<Registration>, StoreError> {
        self.find_one_registration(Column::TokenHash.eq(token_hash), now).await
    }

    /// The registration of a browser that asks for the mail once more.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_registration(&self, id: Uuid, now: Timestamp) -> Result<Option<Registration>, StoreError> {
        self.find_one_registration(Column::Id.eq(id), now).await
    }

    async fn find_one_registration(
        &self,
        which: sea_orm::sea_query::SimpleExpr,
        now: Timestamp,
    ) -> Result<Option<Registration>, StoreError> {
        let row = Entity::find().filter(which).filter(Column::ExpiresAt.gt(now.as_millis())).one(&self.db).await?;
        Ok(row.map(registration))
    }

    /// Makes person, organisation, membership and what has to happen outside, all or nothing.
    /// Gives the slug; None when the token was used meanwhile or the address has a user.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn confirm_registration(
        &self,
        token_hash: &str,
        founding: &Founding<'_>,
        now: Timestamp,
    ) -> Result<Option<Slug>, StoreError> {
        let tx = self.db.begin().await?;
        // The address first: whoever confirms another registration of it waits here, holding
        // nothing that we need, and then finds it taken.
        if !users::insert(&tx, &founding.user, now).await? {
            return Ok(None);
        }
        let mine = Column::TokenHash.eq(token_hash).and(Column::ExpiresAt.gt(now.as_millis()));
        if Entity::delete_many().filter(mine).exec(&tx).await?.rows_affected != 1 {
            return Ok(None);
        }
        delete_of(&tx, founding.user.email).await?;
        let slug = found(&tx, founding, now).await?;
        outbox::insert(&tx, founding.outbox, now).await?;
        tx.commit().await?;
        Ok(Some(slug))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn delete_dead_registrations(&self, now: Timestamp) -> Result<u64, StoreError> {
        let dead = Column::ExpiresAt.lte(now.as_millis());
        Ok(Entity::delete_many().filter(dead).exec(&self.db).await?.rows_affected)
    }
}

/// Every registration of an address.
pub(crate) async fn delete_of<C: ConnectionTrait>(db: &C, email: &Email) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::Email.eq(email.as_str())).exec(db).await?;
    Ok(())
}

/// The organisation under the first slug that is free, and its owner.
pub(crate) async fn found<C: ConnectionTrait>(
    db: &C,
    founding: &Founding<'_>,
    now: Timestamp,
) -> Result<Slug, StoreError> {
    for slug in founding.slugs {
        if organizations::insert(db, founding.org, slug, founding.org_name, now).await? {
            own(db, founding.org, founding.user.id, now).await?;
            return Ok(slug.clone());
        }
    }
    Err(StoreError::Conflict)
}

async fn own<C: ConnectionTrait>(db: &C, org: OrgId, user: UserId, now: Timestamp) -> Result<(), StoreError> {
    let row = memberships::ActiveModel {
        org_id: Set(org.as_uuid()),
        user_id: Set(user.as_uuid()),
        role: Set(Role::Owner.as_str().to_owned()),
        created_at: Set(now.as_millis()),
        glass_broken_until: Set(None),
    };
    memberships::Entity::insert(row).exec_without_returning(db).await?;
    Ok(())
}

fn row(registration: &Registration) -> ActiveModel {
    ActiveModel {
        id: Set(registration.id),
        token_hash: Set(registration.token_hash.clone()),
        email: Set(registration.email.clone()),
        name: Set(registration.name.clone()),
        organization: Set(registration.organization.clone()),
        password_hash: Set(registration.password_hash.clone()),
        created_at: Set(registration.created_at.as_millis()),
        expires_at: Set(registration.expires_at.as_millis()),
    }
}

fn registration(row: Model) -> Registration {
    Registration {
        id: row.id,
        token_hash: row.token_hash,
        email: row.email,
        name: row.name,
        organization: row.organization,
        password_hash: row.password_hash,
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    }
}
