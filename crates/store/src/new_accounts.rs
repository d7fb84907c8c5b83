//! Accounts that a provider vouches for: person, organisation, membership and identity come
//! into being together or not at all.

use domain::{
    OrgId, Timestamp, UserId,
    accounts::Email,
    orgs::{OrgName, Role, Slug},
};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};

use crate::{
    NewIdentity, NewOutboxRow, Store, StoreError,
    entity::{memberships, organizations, users},
    identities, outbox,
    users::ACTIVE,
};

/// One to be stored.
pub struct NewAccount<'a> {
    pub user: UserId,
    pub email: &'a Email,
    pub name: &'a str,
    pub org: OrgId,
    pub org_name: &'a OrgName,
    /// Tried in turn, until one is free.
    pub slugs: &'a [Slug],
    pub identity: &'a NewIdentity,
    pub outbox: &'a [NewOutboxRow],
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    Done(Slug),
    /// Somebody has the address, or the identity: nothing was stored.
    Taken,
}

impl Store {
    /// # Errors
    /// When the database does not answer; [`StoreError::Conflict`] when no slug was free.
    pub async fn create_account(&self, account: &NewAccount<'_>, now: Timestamp) -> Result<Created, StoreError> {
        let tx = self.db.begin().await?;
        if !insert_user(&tx, account, now).await? {
            return Ok(Created::Taken);
        }
        if !identities::insert(&tx, account.user, account.identity, now).await? {
            return Ok(Created::Taken);
        }
        let slug = insert_organization(&tx, account, now).await?;
        let membership = memberships::ActiveModel {
            org_id: Set(account.org.as_uuid()),
            user_id: Set(account.user.as_uuid()),
            role: Set(Role::Owner.as_str().to_owned()),
            created_at: Set(now.as_millis()),
        };
        memberships::Entity::insert(membership).exec_without_returning(&tx).await?;
        outbox::insert(&tx, account.outbox, now).await?;
        tx.commit().await?;
        Ok(Created::Done(slug))
    }
}

async fn insert_user<C: ConnectionTrait>(db: &C, account: &NewAccount<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let row = users::ActiveModel {
        id: Set(account.user.as_uuid()),
        email: Set(account.email.as_str().to_owned()),
        name: Set(account.name.to_owned()),
        password_hash: Set(None),
        status: Set(ACTIVE.to_owned()),
        created_at: Set(now.as_millis()),
    };
    let mut ignore = OnConflict::column(users::Column::Email);
    ignore.do_nothing();
    let inserted = users::Entity::insert(row).on_conflict(ignore).try_insert().exec_without_returning(db).await?;
    Ok(matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)))
}

async fn insert_organization<C: ConnectionTrait>(
    db: &C,
    account: &NewAccount<'_>,
    now: Timestamp,
) -> Result<Slug, StoreError> {
    for slug in account.slugs {
        let row = organizations::ActiveModel {
            id: Set(account.org.as_uuid()),
            slug: Set(slug.as_str().to_owned()),
            name: Set(account.org_name.as_str().to_owned()),
            created_at: Set(now.as_millis()),
        };
        let mut ignore = OnConflict::column(organizations::Column::Slug);
        ignore.do_nothing();
        let insert = organizations::Entity::insert(row).on_conflict(ignore).try_insert();
        if matches!(insert.exec_without_returning(db).await?, sea_orm::TryInsertResult::Inserted(1..)) {
            return Ok(slug.clone());
        }
    }
    Err(StoreError::Conflict)
}
