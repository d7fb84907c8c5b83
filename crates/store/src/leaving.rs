//! People who delete their accounts: asked for, taken back, carried out.
//!
//! What must hold: from the moment it is asked for, nothing of theirs opens ([`crate::Store::find_session`]
//! and [`crate::Store::find_memberships`] leave them out); it is carried out once, by whichever worker
//! comes first, or taken back, never both; and no organisation is left without an owner (`owners.rs`).
//! Each of the three is one transaction that locks the person's row before it looks at anything.

use domain::{
    Timestamp, UserId,
    accounts::{Fate, Obstacle, Person, Stake},
    orgs::Organization,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Query},
};

use crate::{
    AuditEntry, NewOutboxRow, Store, StoreError, audit_entries, billing_events,
    entity::{
        billing_customers, customer_creations, feature_flags, organizations, registrations, throttle_counters,
        users::{Column, Entity, Model},
    },
    invitations, outbox, owners, sessions,
};

/// What came of asking.
#[derive(Clone, Debug)]
pub enum Scheduling {
    Done,
    InTheWay(Vec<(Organization, Obstacle)>),
    /// There is no such person any more, or they are leaving already.
    Gone,
}

/// What came of carrying it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Departure {
    Left,
    /// Not now: something came into the way since it was asked for.
    PutOff,
    /// Another worker did it, or it was taken back.
    Gone,
}

fn of(user: UserId) -> Select<Entity> {
    Entity::find().filter(Column::Id.eq(user.as_uuid()))
}

fn person(row: Model) -> Person {
    Person { id: UserId::from_uuid(row.id), email: row.email, name: row.name }
}

fn obstacles(stakes: &[Stake]) -> Vec<(Organization, Obstacle)> {
    stakes.iter().filter_map(|stake| Some((stake.organization.clone(), stake.fate().err()?))).collect()
}

impl Store {
    /// What would become of a person's organisations, as it is now.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn find_stakes(&self, user: UserId) -> Result<Vec<Stake>, StoreError> {
        owners::find_stakes(&self.db, user).await
    }

    /// Somebody whose account is to be deleted, and when.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_leaving(&self, user: UserId) -> Result<Option<(Person, Timestamp)>, StoreError> {
        let row = of(user).one(&self.db).await?;
        Ok(row.and_then(|row| row.deletion_due_at.map(|due| (person(row), Timestamp::from_millis(due)))))
    }

    /// Closes an account until it is deleted at `due`, unless something is in the way: signs it out
    /// everywhere, and writes the letter and the entry along.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn schedule_deletion(
        &self,
        user: UserId,
        due: Timestamp,
        letter: NewOutboxRow,
        entry: &AuditEntry,
    ) -> Result<Scheduling, StoreError> {
        let tx = self.db.begin().await?;
        if of(user).filter(Column::DeletionDueAt.is_null()).lock_exclusive().one(&tx).await?.is_none() {
            return Ok(Scheduling::Gone);
        }
        let in_the_way = obstacles(&owners::lock_stakes(&tx, user).await?);
        if !in_the_way.is_empty() {
            return Ok(Scheduling::InTheWay(in_the_way));
        }
        set_due(&tx, user, Some(due)).await?;
        sessions::delete_of(&tx, user, None).await?;
        outbox::insert(&tx, &[letter], entry.at).await?;
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(Scheduling::Done)
    }

    /// Opens the account again; answers whether there was one to open. Sessions that began while
    /// it was closed end: nobody knows whose they are.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn cancel_deletion(
        &self,
        user: UserId,
        letter: NewOutboxRow,
        entry: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        if of(user).filter(Column::DeletionDueAt.is_not_null()).lock_exclusive().one(&tx).await?.is_none() {
            return Ok(false);
        }
        set_due(&tx, user, None).await?;
        sessions::delete_of(&tx, user, None).await?;
        outbox::insert(&tx, &[letter], entry.at).await?;
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Up to `limit` people whose time has come, the longest waiting first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_due_deletions(&self, now: Timestamp, limit: u64) -> Result<Vec<Person>, StoreError> {
        let rows = Entity::find()
            .filter(Column::DeletionDueAt.lte(now.as_millis()))
            .order_by_asc(Column::DeletionDueAt)
            .limit(limit)
            .all(&self.db)
            .await?;
        Ok(rows.into_iter().map(person).collect())
    }

    /// Deletes an account whose time has come, with everything that is theirs alone. When something is
    /// in the way after all, it is tried again at `again`.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn carry_out_deletion(
        &self,
        person: &Person,
        letter: NewOutboxRow,
        entry: &AuditEntry,
        again: Timestamp,
    ) -> Result<Departure, StoreError> {
        let (user, now) = (person.id, entry.at);
        let tx = self.db.begin().await?;
        let due = of(user).filter(Column::DeletionDueAt.lte(now.as_millis()));
        if due.lock_exclusive().one(&tx).await?.is_none() {
            return Ok(Departure::Gone);
        }
        let stakes = owners::lock_stakes(&tx, user).await?;
        if !obstacles(&stakes).is_empty() {
            set_due(&tx, user, Some(again)).await?;
            tx.commit().await?;
            return Ok(Departure::PutOff);
        }
        for stake in stakes.iter().filter(|stake| stake.fate() == Ok(Fate::GoesAlong)) {
            delete_organization(&tx, &stake.organization).await?;
        }
        forget(&tx, person).await?;
        outbox::insert(&tx, &[letter], now).await?;
        audit_entries::insert(&tx, entry).await?;
        Entity::delete_by_id(user.as_uuid()).exec(&tx).await?;
        tx.commit().await?;
        Ok(Departure::Left)
    }
}

async fn set_due<C: ConnectionTrait>(db: &C, user: UserId, due: Option<Timestamp>) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::DeletionDueAt, due.map(Timestamp::as_millis).into())
        .filter(Column::Id.eq(user.as_uuid()))
        .exec(db)
        .await?;
    Ok(())
}

pub(crate) async fn delete_organization<C: ConnectionTrait>(
    db: &C,
    organization: &Organization,
) -> Result<(), StoreError> {
    let org = organization.id.as_uuid();
    // What the payment provider told of it: bodies with names and addresses.
    if let Some(customer) = billing_customers::Entity::find_by_id(org).one(db).await? {
        billing_events::delete_of(db, &customer.stripe_customer_id).await?;
    }
    // The one table of organisations' that points to none: it has rows for everybody as well.
    feature_flags::Entity::delete_many().filter(feature_flags::Column::OrgId.eq(org)).exec(db).await?;
    organizations::Entity::delete_by_id(org).exec(db).await?;
    Ok(())
}

/// What names a person by their address, in rows that don't go with theirs.
async fn forget<C: ConnectionTrait>(db: &C, person: &Person) -> Result<(), StoreError> {
    audit_entries::forget_actor(db, person.id, &person.email).await?;
    invitations::delete_to(db, &person.email).await?;
    throttle_counters::Entity::delete_by_id(format!("account:{}", person.email)).exec(db).await?;
    registrations::Entity::delete_many()
        .filter(registrations::Column::Email.eq(person.email.as_str()))
        .exec(db)
        .await?;
    // Where the customer is not made yet, the same address must be sent again: the provider compares.
    let made = Query::select().column(billing_customers::Column::OrgId).from(billing_customers::Entity).take();
    customer_creations::Entity::update_many()
        .col_expr(customer_creations::Column::Email, Expr::val(""))
        .filter(customer_creations::Column::Email.eq(person.email.as_str()))
        .filter(Expr::col(customer_creations::Column::OrgId).in_subquery(made))
        .exec(db)
        .await?;
    Ok(())
}
