//! People who can sign in.

use domain::{
    Timestamp, UserId,
    accounts::{Email, Person, PersonName},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use crate::{
    Store, StoreError,
    entity::users::{ActiveModel, Column, Entity, Model},
};

/// A person to be stored.
pub struct NewUser<'a> {
    pub id: UserId,
    pub email: &'a Email,
    pub name: &'a str,
    /// A PHC string (argon2id); none for somebody who only signs in elsewhere.
    pub password_hash: Option<&'a str>,
}

/// What signing in needs to know.
pub struct SignInRow {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub password_hash: Option<String>,
    pub active: bool,
}

/// What an account is, for the person whose it is.
pub struct ProfileRow {
    pub created_at: Timestamp,
    pub has_password: bool,
}

pub(crate) const ACTIVE: &str = "active";

/// Stores a person unless the address is taken; answers whether it did.
pub(crate) async fn insert<C: ConnectionTrait>(db: &C, user: &NewUser<'_>, now: Timestamp) -> Result<bool, StoreError> {
    let row = ActiveModel {
        id: Set(user.id.as_uuid()),
        email: Set(user.email.as_str().to_owned()),
        name: Set(user.name.to_owned()),
        password_hash: Set(user.password_hash.map(str::to_owned)),
        status: Set(ACTIVE.to_owned()),
        created_at: Set(now.as_millis()),
        deletion_due_at: Set(None),
    };
    let mut ignore = OnConflict::column(Column::Email);
    ignore.do_nothing();
    let inserted = Entity::insert(row).on_conflict(ignore).try_insert().exec_without_returning(db).await?;
    Ok(matches!(inserted, sea_orm::TryInsertResult::Inserted(1..)))
}

impl Store {
    /// Stores a person unless the address is taken; answers whether it did.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_user(&self, user: &NewUser<'_>, now: Timestamp) -> Result<bool, StoreError> {
        insert(&self.db, user, now).await
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_user(&self, user: UserId) -> Result<Option<SignInRow>, StoreError> {
        Ok(Entity::find_by_id(user.as_uuid()).one(&self.db).await?.map(sign_in_row))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_user_by_email(&self, email: &Email) -> Result<Option<SignInRow>, StoreError> {
        let row = Entity::find().filter(Column::Email.eq(email.as_str())).one(&self.db).await?;
        Ok(row.map(sign_in_row))
    }

    /// Somebody who may sign in: not disabled. One who is leaving as well: that is how they stay.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_active_person(&self, user: UserId) -> Result<Option<Person>, StoreError> {
        let row = Entity::find_by_id(user.as_uuid()).filter(Column::Status.eq(ACTIVE)).one(&self.db).await?;
        Ok(row.map(|row| Person { id: user, email: row.email, name: row.name }))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_profile(&self, user: UserId) -> Result<Option<ProfileRow>, StoreError> {
        let row = Entity::find_by_id(user.as_uuid()).one(&self.db).await?;
        Ok(row.map(|row| ProfileRow {
            created_at: Timestamp::from_millis(row.created_at),
            has_password: row.password_hash.is_some(),
        }))
    }

    /// Disables or enables a person. Their sessions stop counting with the next request.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn set_user_active(&self, user: UserId, active: bool) -> Result<(), StoreError> {
        let status = if active { ACTIVE } else { "disabled" };
        Entity::update_many()
            .col_expr(Column::Status, status.into())
            .filter(Column::Id.eq(user.as_uuid()))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn set_user_name(&self, user: UserId, name: &PersonName) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::Name, name.as_str().into())
            .filter(Column::Id.eq(user.as_uuid()))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn set_password_hash(&self, user: UserId, hash: &str) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::PasswordHash, hash.into())
            .filter(Column::Id.eq(user.as_uuid()))
            .exec(&self.db)
            .await?;
        Ok(())
    }
}

fn sign_in_row(row: Model) -> SignInRow {
    SignInRow {
        id: UserId::from_uuid(row.id),
        active: row.status == ACTIVE,
        email: row.email,
        name: row.name,
        password_hash: row.password_hash,
    }
}
