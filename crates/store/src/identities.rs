//! Accounts at other providers that open one here.
//!
//! What must hold: issuer and subject belong to one person (a unique index has the last
//! word), and the last way into an account is never removed (check O07).

use domain::{
    Timestamp, UserId,
    accounts::{Provider, WaysIn},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::{ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::{
    NewOutboxRow, Store, StoreError,
    entity::{
        identities::{ActiveModel, Column, Entity, Model},
        passkeys, users,
    },
    outbox, second_factors, sessions,
    users::ACTIVE,
};

/// One to be stored.
#[derive(Clone, Debug)]
pub struct NewIdentity {
    pub id: Uuid,
    pub provider: Provider,
    pub issuer: String,
    pub subject: String,
    pub email: Option<String>,
    /// What the provider handed out, sealed.
    pub tokens: String,
}

/// One of a person's, for their own page.
#[derive(Clone, Debug)]
pub struct Identity {
    pub id: Uuid,
    pub provider: Provider,
    /// As the provider last said.
    pub email: Option<String>,
    pub since: Timestamp,
    pub last_used: Timestamp,
}

/// Whose identity it is.
#[derive(Clone, Debug)]
pub struct IdentityOwner {
    pub id: Uuid,
    pub user: UserId,
    pub email: String,
    pub name: String,
    pub active: bool,
}

/// What came of removing one.
#[derive(Clone, Debug)]
pub enum Unlinked {
    Done(Identity),
    /// It is the last way in.
    LastOne,
    /// They have none of that id.
    NotTheirs,
}

/// Stores one, unless somebody has it already; answers whether it did.
pub(crate) async fn insert<C: ConnectionTrait>(
    db: &C,
    user: UserId,
    identity: &NewIdentity,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = ActiveModel {
        id: Set(identity.id),
        user_id: Set(user.as_uuid()),
        provider: Set(identity.provider.as_str().to_owned()),
        issuer: Set(identity.issuer.clone()),
        subject: Set(identity.subject.clone()),
        email: Set(identity.email.clone()),
        tokens: Set(identity.tokens.clone()),
        created_at: Set(now.as_millis()),
        last_used_at: Set(now.as_millis()),
    };
    let mut taken = OnConflict::columns([Column::Issuer, Column::Subject]);
    taken.do_nothing();
    let inserted = Entity::insert(row).on_conflict(taken).try_insert().exec_without_returning(db).await?;
    Ok(matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)))
}

impl Store {
    /// # Errors
    /// When the database does not answer.
    pub async fn find_identity(&self, issuer: &str, subject: &str) -> Result<Option<IdentityOwner>, StoreError> {
        let Some(row) =
            Entity::find().filter(Column::Issuer.eq(issuer)).filter(Column::Subject.eq(subject)).one(&self.db).await?
        else {
            return Ok(None);
        };
        let user = users::Entity::find_by_id(row.user_id).one(&self.db).await?;
        Ok(user.map(|user| IdentityOwner {
            id: row.id,
            user: UserId::from_uuid(user.id),
            email: user.email,
            name: user.name,
            active: user.status == ACTIVE,
        }))
    }

    /// Somebody came in by it: what the provider said this time.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn touch_identity(
        &self,
        id: Uuid,
        email: Option<&str>,
        tokens: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::Email, email.map(str::to_owned).into())
            .col_expr(Column::Tokens, tokens.into())
            .col_expr(Column::LastUsedAt, now.as_millis().into())
            .filter(Column::Id.eq(id))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// Adds one to an account, with the letter about it; answers whether it did: somebody may
    /// have it already.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn link_identity(
        &self,
        user: UserId,
        identity: &NewIdentity,
        letters: &[NewOutboxRow],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        if !insert(&tx, user, identity, now).await? {
            return Ok(false);
        }
        outbox::insert(&tx, letters, now).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Removes one, unless it is the last way in; ends every session but `session`, writes the
    /// letters. Of two at once on one account, the second waits for the first and counts anew.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn unlink_identity(
        &self,
        user: UserId,
        id: Uuid,
        session: Option<&str>,
        letters: &[NewOutboxRow],
        now: Timestamp,
    ) -> Result<Unlinked, StoreError> {
        let tx = self.db.begin().await?;
        second_factors::one_after_another(&tx, user).await?;
        let theirs = Column::Id.eq(id).and(Column::UserId.eq(user.as_uuid()));
        let Some(row) = Entity::find().filter(theirs.clone()).one(&tx).await? else { return Ok(Unlinked::NotTheirs) };
        if !ways_in(&tx, user).await?.can_lose_one() {
            return Ok(Unlinked::LastOne);
        }
        Entity::delete_many().filter(theirs).exec(&tx).await?;
        sessions::delete_of(&tx, user, session).await?;
        outbox::insert(&tx, letters, now).await?;
        tx.commit().await?;
        Ok(Unlinked::Done(identity(row)?))
    }

    /// Oldest first.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn list_identities(&self, user: UserId) -> Result<Vec<Identity>, StoreError> {
        let rows = Entity::find()
            .filter(Column::UserId.eq(user.as_uuid()))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .all(&self.db)
            .await?;
        rows.into_iter().map(identity).collect()
    }

    /// How many ways into an account there are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn ways_in(&self, user: UserId) -> Result<WaysIn, StoreError> {
        ways_in(&self.db, user).await
    }
}

pub(crate) async fn ways_in<C: ConnectionTrait>(db: &C, user: UserId) -> Result<WaysIn, StoreError> {
    let identities = Entity::find().filter(Column::UserId.eq(user.as_uuid())).count(db).await?;
    let password =
        users::Entity::find_by_id(user.as_uuid()).filter(users::Column::PasswordHash.is_not_null()).count(db).await?;
    let passkeys = passkeys::Entity::find().filter(passkeys::Column::UserId.eq(user.as_uuid())).count(db).await?;
    Ok(WaysIn { password: password > 0, identities, passkeys })
}

fn identity(row: Model) -> Result<Identity, StoreError> {
    Ok(Identity {
        id: row.id,
        provider: Provider::parse(&row.provider).ok_or(StoreError::Corrupt("identities.provider"))?,
        email: row.email,
        since: Timestamp::from_millis(row.created_at),
        last_used: Timestamp::from_millis(row.last_used_at),
    })
}
