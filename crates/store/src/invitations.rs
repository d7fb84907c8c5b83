//! Invitations into an organisation (check T07).
//!
//! What must hold: one is good once, by one statement, until it runs out or is taken back, for the
//! address it was sent to; and whoever sent it must still be allowed to when it is accepted. An
//! open one is a row; one that is used, taken back or declined is none.
//!
//! Locks: the person's row, then the organisation's, as everywhere (`owners.rs`).

use domain::{
    OrgId, Timestamp, UserId,
    accounts::Email,
    orgs::{Organization, Role},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, TryInsertResult,
    sea_query::{ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::{
    AuditEntry, NewOutboxRow, NewUser, Store, StoreError, audit_entries,
    bounded::BoundedTransaction,
    entity::{
        invitations::{ActiveModel, Column, Entity, Model},
        organizations, users as people,
    },
    outbox, owners, registrations, users,
    users::ACTIVE,
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

/// One that is open, and what it is to.
#[derive(Clone, Debug)]
pub struct OpenInvitation {
    pub invitation: Invitation,
    pub organization: Organization,
    pub inviter: String,
    /// None once they have left.
    pub inviter_role: Option<Role>,
    /// Whether the address has an account.
    pub has_account: bool,
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

/// Who accepts.
pub enum Accepting<'a> {
    Member {
        user: UserId,
        /// Theirs, which they have shown to have.
        email: &'a str,
    },
    /// The address has no account yet: the link is the proof of the mailbox.
    New(NewUser<'a>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    Done(Role),
    /// They were in already, and stay what they are.
    AlreadyMember,
    /// Used, taken back, run out, for another address, or no longer the inviter's to give.
    NotGood,
    /// The address has an account by now.
    AddressTaken,
}

fn invitation(row: Model) -> Result<Invitation, StoreError> {
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
        if !may(owners::role_of(&tx, new.org, new.invited_by).await?) {
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

    /// What the token of a mail opens; looking uses nothing up (check P03).
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn find_open_invitation(
        &self,
        token_hash: &str,
        now: Timestamp,
    ) -> Result<Option<OpenInvitation>, StoreError> {
        let Some(row) = Entity::find().filter(good(token_hash, now)).one(&self.db).await? else { return Ok(None) };
        let invitation = invitation(row)?;
        let organization = organizations::Entity::find_by_id(invitation.org.as_uuid()).one(&self.db).await?;
        let inviter = people::Entity::find_by_id(invitation.invited_by.as_uuid()).one(&self.db).await?;
        let (Some(organization), Some(inviter)) = (organization, inviter) else { return Ok(None) };
        let inviter_role = owners::role_of(&self.db, invitation.org, invitation.invited_by).await?;
        let theirs = people::Entity::find().filter(people::Column::Email.eq(invitation.email.as_str()));
        let has_account = theirs.one(&self.db).await?.is_some();
        Ok(Some(OpenInvitation {
            organization: Organization { id: invitation.org, slug: organization.slug, name: organization.name },
            inviter: inviter.name,
            inviter_role,
            has_account,
            invitation,
        }))
    }

    /// Uses an invitation up and makes the membership, unless `may` says no to the role that the
    /// inviter has at that moment and the one that was promised.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn accept_invitation(
        &self,
        token_hash: &str,
        accepting: &Accepting<'_>,
        entry: impl FnOnce(OrgId, Role) -> AuditEntry + Send,
        now: Timestamp,
        may: impl FnOnce(OrgId, Option<Role>, Role) -> bool + Send,
    ) -> Result<Accepted, StoreError> {
        let tx = self.db.begin().await?;
        let (user, email) = match accepting {
            Accepting::Member { user, email } => {
                let this = people::Entity::find_by_id(user.as_uuid())
                    .filter(people::Column::Email.eq(*email))
                    .filter(people::Column::Status.eq(ACTIVE))
                    .filter(people::Column::DeletionDueAt.is_null());
                if this.lock_exclusive().one(&tx).await?.is_none() {
                    return Ok(Accepted::NotGood);
                }
                (*user, *email)
            }
            Accepting::New(new) => {
                if !users::insert(&tx, new, now).await? {
                    return Ok(Accepted::AddressTaken);
                }
                registrations::delete_of(&tx, new.email).await?;
                (new.id, new.email.as_str())
            }
        };
        // Which organisation: that never changes, so it may be read before the lock.
        let Some(row) = Entity::find().filter(good(token_hash, now)).one(&tx).await? else {
            return Ok(Accepted::NotGood);
        };
        let invitation = invitation(row)?;
        owners::lock(&tx, &[invitation.org.as_uuid()]).await?;
        let inviter = owners::role_of(&tx, invitation.org, invitation.invited_by).await?;
        if invitation.email != email || !may(invitation.org, inviter, invitation.role) {
            return Ok(Accepted::NotGood);
        }
        // The one statement by which it is used.
        if Entity::delete_many().filter(good(token_hash, now)).exec(&tx).await?.rows_affected != 1 {
            return Ok(Accepted::NotGood);
        }
        let is_new = owners::insert_member(&tx, invitation.org, user, invitation.role, now).await?;
        with(tx, &[], &entry(invitation.org, invitation.role)).await?;
        Ok(if is_new { Accepted::Done(invitation.role) } else { Accepted::AlreadyMember })
    }

    /// Says no for good; answers whether there was one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn decline_invitation(
        &self,
        token_hash: &str,
        now: Timestamp,
        entry: impl FnOnce(OrgId) -> AuditEntry + Send,
    ) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        let Some(row) = Entity::find().filter(good(token_hash, now)).one(&tx).await? else { return Ok(false) };
        if Entity::delete_many().filter(good(token_hash, now)).exec(&tx).await?.rows_affected != 1 {
            return Ok(false);
        }
        with(tx, &[], &entry(OrgId::from_uuid(row.org_id))).await?;
        Ok(true)
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

fn good(token_hash: &str, now: Timestamp) -> sea_orm::sea_query::SimpleExpr {
    Column::TokenHash.eq(token_hash).and(Column::ExpiresAt.gt(now.as_millis()))
}

/// Finishes with what goes along: mail and entry are of the same moment as the change.
async fn with(tx: BoundedTransaction, mail: &[NewOutboxRow], entry: &AuditEntry) -> Result<(), StoreError> {
    outbox::insert(&tx, mail, entry.at).await?;
    audit_entries::insert(&tx, entry).await?;
    Ok(tx.commit().await?)
}

/// Those to the address of an account that is deleted.
pub(crate) async fn delete_to<C: ConnectionTrait>(db: &C, email: &str) -> Result<(), StoreError> {
    Entity::delete_many().filter(Column::Email.eq(email)).exec(db).await?;
    Ok(())
}
