//! Invitations into an organisation, as those who send them see them (check T07).
//!
//! An open one is a row; one that is used, taken back or declined is none. How they are answered:
//! `invitation_answers.rs`.

use domain::{OrgId, Timestamp, UserId, accounts::Email, orgs::Role};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, TryInsertResult,
    sea_query::{ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::{
    AuditEntry, NewOutboxRow, Store, StoreError, audit_entries,
    bounded::BoundedTransaction,
    entity::{
        invitations::{ActiveModel, Column, Entity, Model},
        users as people,
    },
    organizations, outbox, owners,
};

/// An invitation to be stored.
pub struct NewInvitation<'a> {
    pub id: Uuid,
    pub org: OrgId,
    pub email: &'a Email,
    pub role: Role,
    pub token_hash: &'a str,
    pub invited_by: UserId,
    pub expires_at: Timestamp,
    /// How many may be open at once.
    pub most_open: u64,
}

/// One that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    pub id: Uuid,
    pub org: OrgId,
    pub email: String,
    pub role: Role,
    pub invited_by: UserId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invited {
    Done,
    /// There is an open one to that address.
    AlreadyInvited,
    AlreadyMember,
    TooMany,
    /// The one who invites may not, at this moment.
    NotAllowed,
}

pub(crate) fn invitation(row: Model) -> Result<Invitation, StoreError> {
    Ok(Invitation {
        id: row.id,
        org: OrgId::from_uuid(row.org_id),
        email: row.email,
        role: row.role.parse().map_err(|_| StoreError::Corrupt("invitations.role"))?,
        invited_by: UserId::from_uuid(row.invited_by),
        created_at: Timestamp::from_millis(row.created_at),
        expires_at: Timestamp::from_millis(row.expires_at),
    })
}

async fn is_member<C: ConnectionTrait>(db: &C, org: OrgId, user: UserId) -> Result<bool, StoreError> {
    Ok(owners::role_of(db, org, user).await?.is_some())
}

impl Store {
    /// Stores an invitation with its mail and entry, unless one is open, there are too many, or
    /// `may` says no to the role that the inviter has at that moment.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn insert_invitation(
        &self,
        new: &NewInvitation<'_>,
        mail: NewOutboxRow,
        entry: &AuditEntry,
        may: impl FnOnce(Option<Role>) -> bool + Send,
    ) -> Result<Invited, StoreError> {
        let tx = self.db.begin().await?;
        owners::lock(&tx, &[new.org.as_uuid()]).await?;
        if !organizations::is_open(&tx, new.org).await? || !may(owners::role_of(&tx, new.org, new.invited_by).await?) {
            return Ok(Invited::NotAllowed);
        }
        let theirs = people::Entity::find().filter(people::Column::Email.eq(new.email.as_str())).one(&tx).await?;
        if let Some(user) = theirs
            && is_member(&tx, new.org, UserId::from_uuid(user.id)).await?
        {
            return Ok(Invited::AlreadyMember);
        }
        let of_org = Column::OrgId.eq(new.org.as_uuid());
        let run_out = of_org.clone().and(Column::ExpiresAt.lte(entry.at.as_millis()));
        Entity::delete_many().filter(run_out).exec(&tx).await?;
        if Entity::find().filter(of_org).count(&tx).await? >= new.most_open {
            return Ok(Invited::TooMany);
        }
        let row = ActiveModel {
            id: Set(new.id),
            org_id: Set(new.org.as_uuid()),
            email: Set(new.email.as_str().to_owned()),
            role: Set(new.role.as_str().to_owned()),
            token_hash: Set(new.token_hash.to_owned()),
            invited_by: Set(new.invited_by.as_uuid()),
            created_at: Set(entry.at.as_millis()),
            expires_at: Set(new.expires_at.as_millis()),
        };
        let mut ignore = OnConflict::columns([Column::OrgId, Column::Email]);
        ignore.do_nothing();
        let inserted = Entity::insert(row).on_conflict(ignore).try_insert().exec_without_returning(&tx).await?;
        if !matches!(inserted, TryInsertResult::Inserted(1..)) {
            return Ok(Invited::AlreadyInvited);
        }
        with(tx, &[mail], entry).await?;
        Ok(Invited::Done)
    }

    /// Gives an open invitation another token, sender and more time; the old token is dead.
    /// Answers whether it was open, and this organisation's.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn renew_invitation(
        &self,
        org: OrgId,
        id: Uuid,
        (token_hash, invited_by, expires_at): (&str, UserId, Timestamp),
        mail: NewOutboxRow,
        entry: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        let renewed = Entity::update_many()
            .col_expr(Column::TokenHash, token_hash.into())
            .col_expr(Column::InvitedBy, invited_by.as_uuid().into())
            .col_expr(Column::ExpiresAt, expires_at.as_millis().into())
            .filter(Column::OrgId.eq(org.as_uuid()))
            .filter(Column::Id.eq(id))
            .exec(&tx)
            .await?;
        if renewed.rows_affected != 1 {
            return Ok(false);
        }
        with(tx, &[mail], entry).await?;
        Ok(true)
    }

    /// Takes one back; answers whether there was one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_invitation(&self, org: OrgId, id: Uuid, entry: &AuditEntry) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        let this = Column::OrgId.eq(org.as_uuid()).and(Column::Id.eq(id));
        if Entity::delete_many().filter(this).exec(&tx).await?.rows_affected != 1 {
            return Ok(false);
        }
        with(tx, &[], entry).await?;
        Ok(true)
    }

    /// Those of an organisation that have not run out, newest first.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn list_invitations(&self, org: OrgId, now: Timestamp) -> Result<Vec<Invitation>, StoreError> {
        let rows = Entity::find()
            .filter(Column::OrgId.eq(org.as_uuid()))
            .filter(Column::ExpiresAt.gt(now.as_millis()))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .all(&self.db)
            .await?;
        rows.into_iter().map(invitation).collect()
    }

    /// An open one of this organisation.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn find_invitation(&self, org: OrgId, id: Uuid) -> Result<Option<Invitation>, StoreError> {
        let row = Entity::find_by_id(id).filter(Column::OrgId.eq(org.as_uuid())).one(&self.db).await?;
        row.map(invitation).transpose()
    }

    /// Removes those that have run out.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_dead_invitations(&self, now: Timestamp) -> Result<u64, StoreError> {
        let dead = Column::ExpiresAt.lte(now.as_millis());
        Ok(Entity::delete_many().filter(dead).exec(&self.db).await?.rows_affected)
    }
}

/// Finishes with what goes along: mail and entry are of the same moment as the change.
pub(crate) async fn with(tx: BoundedTransaction, mail: &[NewOutboxRow], entry: &AuditEntry) -> Result<(), StoreError> {
    outbox::insert(&tx, mail, entry.at).await?;
    audit_entries::insert(&tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Those to the address of an account that is deleted.
pub(crate) async fn delete_to<C: ConnectionTrait>(db: &C, email: &str) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::Email.eq(email)).exec(db).await?;
    Ok(())
}
