//! Organisations that are to be deleted: asked for, taken back, carried out (check T10).
//!
//! What must hold: from the moment it is asked for, nothing of it opens but the way back
//! ([`crate::Membership::closing`] makes policy say no) and no invitation to it is good; it is
//! deleted once, by whichever worker comes first, or taken back, never both; and a subscription
//! never goes on charging for what is gone. Each of the three is one transaction that locks the
//! organisation's row before it looks at anything.

use domain::{
    OrgId, Timestamp, UserId,
    orgs::{Organization, Role},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select};

use crate::{
    AuditEntry, Departure, NewOutboxRow, Store, StoreError, audit_entries,
    entity::{
        invitations,
        organizations::{Column, Entity, Model},
    },
    leaving, outbox, owners,
};

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    Done,
    /// It still pays.
    SubscriptionLives,
    /// There is no such organisation any more, it is closing already, or it is not.
    Gone,
    /// The one who asks may not, at this moment.
    NotAllowed,
}

fn of(org: OrgId) -> Select<Entity> {
    Entity::find().filter(Column::Id.eq(org.as_uuid()))
}

fn organization(row: Model) -> Organization {
    Organization { id: OrgId::from_uuid(row.id), slug: row.slug, name: row.name }
}

async fn set_due<C: ConnectionTrait>(db: &C, org: OrgId, due: Option<Timestamp>) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::DeletionDueAt, due.map(Timestamp::as_millis).into())
        .filter(Column::Id.eq(org.as_uuid()))
        .exec(db)
        .await?;
    Ok(())
}

impl Store {
    /// Closes an organisation until it is deleted at `due`, unless it still pays or `may` says no to
    /// the role that `by` has at that moment. Its open invitations are gone, and stay so.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn close_organization(
        &self,
        (org, by): (OrgId, UserId),
        due: Timestamp,
        rows: &[NewOutboxRow],
        entry: &AuditEntry,
        may: impl FnOnce(Option<Role>) -> bool + Send,
    ) -> Result<Closed, StoreError> {
        let tx = self.db.begin().await?;
        if of(org).filter(Column::DeletionDueAt.is_null()).lock_exclusive().one(&tx).await?.is_none() {
            return Ok(Closed::Gone);
        }
        if !may(owners::role_of(&tx, org, by).await?) {
            return Ok(Closed::NotAllowed);
        }
        if owners::pays(&tx, org).await? {
            return Ok(Closed::SubscriptionLives);
        }
        set_due(&tx, org, Some(due)).await?;
        let open = invitations::Column::OrgId.eq(org.as_uuid());
        invitations::Entity::delete_many().filter(open).exec(&tx).await?;
        outbox::insert(&tx, rows, entry.at).await?;
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(Closed::Done)
    }

    /// Opens it again, unless `may` says no to the role that `by` has at that moment.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn reopen_organization(
        &self,
        (org, by): (OrgId, UserId),
        letters: &[NewOutboxRow],
        entry: &AuditEntry,
        may: impl FnOnce(Option<Role>) -> bool + Send,
    ) -> Result<Closed, StoreError> {
        let tx = self.db.begin().await?;
        if of(org).filter(Column::DeletionDueAt.is_not_null()).lock_exclusive().one(&tx).await?.is_none() {
            return Ok(Closed::Gone);
        }
        if !may(owners::role_of(&tx, org, by).await?) {
            return Ok(Closed::NotAllowed);
        }
        set_due(&tx, org, None).await?;
        outbox::insert(&tx, letters, entry.at).await?;
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(Closed::Done)
    }

    /// Up to `limit` organisations whose time has come, the longest waiting first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_due_organizations(&self, now: Timestamp, limit: u64) -> Result<Vec<Organization>, StoreError> {
        let due = Entity::find().filter(Column::DeletionDueAt.lte(now.as_millis()));
        let rows = due.order_by_asc(Column::DeletionDueAt).limit(limit).all(&self.db).await?;
        Ok(rows.into_iter().map(organization).collect())
    }

    /// Deletes an organisation whose time has come, with everything in it. When it pays after all, it
    /// is tried again at `again`.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn delete_closed_organization(
        &self,
        organization: &Organization,
        letters: &[NewOutboxRow],
        entry: &AuditEntry,
        again: Timestamp,
    ) -> Result<Departure, StoreError> {
        let tx = self.db.begin().await?;
        let due = Column::DeletionDueAt.lte(entry.at.as_millis());
        if of(organization.id).filter(due).lock_exclusive().one(&tx).await?.is_none() {
            return Ok(Departure::Gone);
        }
        if owners::pays(&tx, organization.id).await? {
            set_due(&tx, organization.id, Some(again)).await?;
            tx.commit().await?;
            return Ok(Departure::PutOff);
        }
        leaving::delete_organization(&tx, organization).await?;
        outbox::insert(&tx, letters, entry.at).await?;
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(Departure::Left)
    }
}
