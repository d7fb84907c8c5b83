//! Invitations as those who get them answer them (checks P03, T07).
//!
//! What must hold: one is good once, by one statement, until it runs out or is taken back, for the
//! address it was sent to; and whoever sent it must still be allowed to when it is accepted.
//!
//! Locks: the person's row, then the organisation's, as everywhere (`owners.rs`).

use domain::{
    OrgId, Timestamp, UserId,
    orgs::{Organization, Role},
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{ExprTrait, SimpleExpr},
};

use crate::{
    AuditEntry, NewUser, Store, StoreError,
    entity::{
        invitations::{Column, Entity},
        organizations, users as people,
    },
    invitations::{Invitation, invitation, with},
    owners, registrations, users,
    users::ACTIVE,
};

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

fn good(token_hash: &str, now: Timestamp) -> SimpleExpr {
    Column::TokenHash.eq(token_hash).and(Column::ExpiresAt.gt(now.as_millis()))
}

impl Store {
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
        let theirs = people::Entity::find().filter(people::Column::Email.eq(invitation.email.as_str()));
        let (organization, inviter, inviter_role, theirs) = tokio::try_join!(
            async { Ok(organizations::Entity::find_by_id(invitation.org.as_uuid()).one(&self.db).await?) },
            async { Ok(people::Entity::find_by_id(invitation.invited_by.as_uuid()).one(&self.db).await?) },
            owners::role_of(&self.db, invitation.org, invitation.invited_by),
            async { Ok(theirs.one(&self.db).await?) },
        )?;
        let (Some(organization), Some(inviter)) = (organization, inviter) else { return Ok(None) };
        Ok(Some(OpenInvitation {
            organization: Organization { id: invitation.org, slug: organization.slug, name: organization.name },
            inviter: inviter.name,
            inviter_role,
            has_account: theirs.is_some(),
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
        let is_open = crate::organizations::is_open(&tx, invitation.org).await?;
        if invitation.email != email || !is_open || !may(invitation.org, inviter, invitation.role) {
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
}
