//! Links that change an account: a new password, another address (check P01).
//!
//! What must hold: one link is good once, by one statement, for one purpose, for the person
//! and the address that it was made for, and not for long. What changes how somebody signs in
//! kills every link of theirs that is still open (check R04).

use domain::{Timestamp, UserId};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{ExprTrait, SimpleExpr},
};

use crate::{
    NewOutboxRow, Store, StoreError,
    bounded::BoundedTransaction,
    entity::{
        account_links::{ActiveModel, Column, Entity, Model},
        login_flows, users,
    },
    outbox, sessions,
    users::ACTIVE,
};

/// What a link is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    ResetPassword,
    ChangeEmail,
}

impl LinkPurpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::ResetPassword => "reset_password",
            Self::ChangeEmail => "change_email",
        }
    }
}

/// A link to be stored. Without a user it opens nothing.
#[derive(Clone)]
pub struct NewLink {
    pub token_hash: String,
    pub purpose: LinkPurpose,
    pub user: Option<UserId>,
    /// The address of the account now.
    pub email: String,
    pub new_email: Option<String>,
    pub expires_at: Timestamp,
}

/// A link that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLink {
    pub user: UserId,
    pub email: String,
    pub new_email: Option<String>,
}

/// How somebody's password becomes another one.
pub struct PasswordChange<'a> {
    pub user: UserId,
    /// Their address now: with another one nothing happens.
    pub email: &'a str,
    pub password_hash: &'a str,
    pub outbox: &'a [NewOutboxRow],
}

/// How somebody's address becomes another one.
pub struct EmailChange<'a> {
    pub user: UserId,
    /// Their address now: with another one nothing happens.
    pub email: &'a str,
    pub new_email: &'a str,
    pub outbox: &'a [NewOutboxRow],
}

impl Store {
    /// Stores a link and the mail about it. A new one for a change of address replaces the one before.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_link(&self, link: &NewLink, mail: NewOutboxRow, now: Timestamp) -> Result<(), StoreError> {
        let tx = self.db.begin().await?;
        let row = ActiveModel {
            token_hash: Set(link.token_hash.clone()),
            purpose: Set(link.purpose.as_str().to_owned()),
            user_id: Set(link.user.map(UserId::as_uuid)),
            email: Set(link.email.clone()),
            new_email: Set(link.new_email.clone()),
            created_at: Set(now.as_millis()),
            expires_at: Set(link.expires_at.as_millis()),
        };
        Entity::insert(row).exec_without_returning(&tx).await?;
        if let (LinkPurpose::ChangeEmail, Some(user)) = (link.purpose, link.user) {
            let others = of(user)
                .and(Column::Purpose.eq(link.purpose.as_str()))
                .and(Column::TokenHash.ne(link.token_hash.as_str()));
            Entity::delete_many().filter(others).exec(&tx).await?;
        }
        outbox::insert(&tx, &[mail], now).await?;
        Ok(tx.commit().await?)
    }

    /// The open link of a token; looking at it uses nothing up.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_link(
        &self,
        token_hash: &str,
        purpose: LinkPurpose,
        now: Timestamp,
    ) -> Result<Option<OpenLink>, StoreError> {
        let row = Entity::find().filter(good(token_hash, purpose, now)).one(&self.db).await?;
        Ok(row.and_then(open))
    }

    /// Uses up a reset link and sets the password: every session of the person ends, and every
    /// open link of theirs. Answers whether it did.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn redeem_reset(
        &self,
        token_hash: &str,
        change: &PasswordChange<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        let link = good(token_hash, LinkPurpose::ResetPassword, now).and(of(change.user));
        if !set_password(&tx, change).await? || !use_up(&tx, link).await? {
            return Ok(false);
        }
        close_everything(tx, change.user, None, change.outbox, now).await
    }

    /// Sets the password of somebody who is signed in: every session of theirs but this one
    /// ends, and every open link. Answers whether it did.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn change_password(
        &self,
        change: &PasswordChange<'_>,
        this_session: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        if !set_password(&tx, change).await? {
            return Ok(false);
        }
        close_everything(tx, change.user, this_session, change.outbox, now).await
    }

    /// Uses up a link and gives the person the new address: every other session of theirs ends,
    /// and every open link. Answers whether it did: not when the link is no longer good, or
    /// somebody else has the address by now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn redeem_email_change(
        &self,
        token_hash: &str,
        change: &EmailChange<'_>,
        this_session: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        let link = good(token_hash, LinkPurpose::ChangeEmail, now).and(of(change.user));
        let moved = match move_address(&tx, change).await {
            Err(StoreError::Conflict) => false,
            moved => moved?,
        };
        if !moved || !use_up(&tx, link).await? {
            return Ok(false);
        }
        close_everything(tx, change.user, this_session, change.outbox, now).await
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn delete_dead_links(&self, now: Timestamp) -> Result<u64, StoreError> {
        let dead = Column::ExpiresAt.lte(now.as_millis());
        Ok(Entity::delete_many().filter(dead).exec(&self.db).await?.rows_affected)
    }
}

// In each of these transactions the person's row comes first: two of them on one person wait
// for each other there, holding nothing that the other one needs.

async fn set_password<C: ConnectionTrait>(db: &C, change: &PasswordChange<'_>) -> Result<bool, StoreError> {
    let set = users::Entity::update_many()
        .col_expr(users::Column::PasswordHash, change.password_hash.into())
        .filter(still(change.user, change.email));
    Ok(set.exec(db).await?.rows_affected == 1)
}

async fn move_address<C: ConnectionTrait>(db: &C, change: &EmailChange<'_>) -> Result<bool, StoreError> {
    let moved = users::Entity::update_many()
        .col_expr(users::Column::Email, change.new_email.into())
        .filter(still(change.user, change.email));
    Ok(moved.exec(db).await?.rows_affected == 1)
}

async fn use_up<C: ConnectionTrait>(db: &C, link: SimpleExpr) -> Result<bool, StoreError> {
    Ok(Entity::delete_many().filter(link).exec(db).await?.rows_affected == 1)
}

/// Ends with everything that somebody who was in this account before may still hold.
async fn close_everything(
    tx: BoundedTransaction,
    user: UserId,
    this_session: Option<&str>,
    rows: &[NewOutboxRow],
    now: Timestamp,
) -> Result<bool, StoreError> {
    sessions::delete_of(&tx, user, this_session).await?;
    Entity::delete_many().filter(of(user)).exec(&tx).await?;
    // On their way to a provider, to link it.
    login_flows::Entity::delete_many().filter(login_flows::Column::UserId.eq(user.as_uuid())).exec(&tx).await?;
    outbox::insert(&tx, rows, now).await?;
    tx.commit().await?;
    Ok(true)
}

/// Active, and with the address that it was about.
fn still(user: UserId, email: &str) -> SimpleExpr {
    users::Column::Id.eq(user.as_uuid()).and(users::Column::Email.eq(email)).and(users::Column::Status.eq(ACTIVE))
}

fn of(user: UserId) -> SimpleExpr {
    Column::UserId.eq(user.as_uuid())
}

fn good(token_hash: &str, purpose: LinkPurpose, now: Timestamp) -> SimpleExpr {
    Column::TokenHash
        .eq(token_hash)
        .and(Column::Purpose.eq(purpose.as_str()))
        .and(Column::ExpiresAt.gt(now.as_millis()))
}

fn open(row: Model) -> Option<OpenLink> {
    Some(OpenLink { user: UserId::from_uuid(row.user_id?), email: row.email, new_email: row.new_email })
}
