//! What proves a person beside a password, all kinds together.
//!
//! What must hold: changes of one person's factors come one after another, and with each
//! one everything that goes along: recovery codes are there exactly while there is a second
//! factor, other sessions end, the letter is written.

use domain::{Timestamp, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::Expr};

use crate::{
    NewOutboxRow, PasskeyRow, Store, StoreError,
    bounded::BoundedTransaction,
    entity::{passkeys, recovery_codes, totp_authenticators, users},
    outbox, recovery_codes as codes, sessions, staff,
};

/// Of one person, for their own page.
#[derive(Clone, Debug)]
pub struct SecondFactors {
    /// Since when an authenticator app counts.
    pub totp_since: Option<Timestamp>,
    pub passkeys: Vec<PasskeyRow>,
    pub recovery_codes_left: u64,
}

/// What goes with every change of somebody's factors.
#[derive(Clone, Copy, Debug)]
pub struct FactorChange<'a> {
    pub user: UserId,
    /// The session that changes it (by the hash of its id): all others end.
    pub session: Option<&'a str>,
    /// Hashes for somebody who had no second factor before.
    pub first_codes: &'a [String],
    pub letters: &'a [NewOutboxRow],
    pub now: Timestamp,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// It was not so that it could be done; nothing happened.
    Nothing,
    /// Without it they would have no way in (check O07); nothing happened.
    LastWayIn,
    /// They are of the staff, and it is their last one: whoever knew the password alone could put one of
    /// their own in its place, and open the console (W-06). Nothing happened.
    StaffNeedsOne,
    Done {
        /// The hashes given along are their recovery codes now.
        codes_are_new: bool,
    },
}

/// Takes the person's row, so that whoever else changes their factors waits.
pub(crate) async fn one_after_another(tx: &BoundedTransaction, user: UserId) -> Result<(), StoreError> {
    users::Entity::update_many()
        .col_expr(users::Column::Name, Expr::col(users::Column::Name))
        .filter(users::Column::Id.eq(user.as_uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Whether an account asks for a second factor.
pub(crate) async fn any<C: ConnectionTrait>(db: &C, user: UserId) -> Result<bool, StoreError> {
    let totp = totp_authenticators::Entity::find_by_id(user.as_uuid())
        .filter(totp_authenticators::Column::ConfirmedAt.is_not_null())
        .count(db)
        .await?;
    Ok(totp > 0 || passkeys::Entity::find().filter(passkeys::Column::UserId.eq(user.as_uuid())).count(db).await? > 0)
}

impl FactorChange<'_> {
    /// After a factor was added.
    pub(crate) async fn settle_added(&self, tx: &BoundedTransaction, had: bool) -> Result<Changed, StoreError> {
        if !had {
            codes::replace(tx, self.user, self.first_codes, self.now).await?;
        }
        self.settle(tx).await?;
        Ok(Changed::Done { codes_are_new: !had })
    }

    /// After one was removed: that becomes true, or all of it did not happen.
    pub(crate) async fn settle_removed(&self, tx: BoundedTransaction) -> Result<Changed, StoreError> {
        if !any(&tx, self.user).await? {
            if staff::is_one(&tx, self.user).await? {
                return Ok(Changed::StaffNeedsOne);
            }
            codes::replace(&tx, self.user, &[], self.now).await?;
        }
        self.settle(&tx).await?;
        tx.commit().await?;
        Ok(Changed::Done { codes_are_new: false })
    }

    pub(crate) async fn settle(&self, tx: &BoundedTransaction) -> Result<(), StoreError> {
        sessions::delete_of(tx, self.user, self.session).await?;
        outbox::insert(tx, self.letters, self.now).await
    }
}

impl Store {
    /// # Errors
    /// When the database does not answer.
    pub async fn has_second_factor(&self, user: UserId) -> Result<bool, StoreError> {
        any(&self.db, user).await
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_second_factors(&self, user: UserId) -> Result<SecondFactors, StoreError> {
        let totp: Option<Option<i64>> = totp_authenticators::Entity::find_by_id(user.as_uuid())
            .select_only()
            .column(totp_authenticators::Column::ConfirmedAt)
            .into_tuple()
            .one(&self.db)
            .await?;
        let left = recovery_codes::Entity::find()
            .filter(recovery_codes::Column::UserId.eq(user.as_uuid()))
            .count(&self.db)
            .await?;
        Ok(SecondFactors {
            totp_since: totp.flatten().map(Timestamp::from_millis),
            passkeys: self.list_passkeys(user).await?,
            recovery_codes_left: left,
        })
    }
}
