//! An organisation with members has an owner who can act (check T05).
//!
//! What must hold: whoever takes the last such owner away is refused, also when two are taken
//! away at once. So everybody who takes one away locks the organisation's row first, counts then,
//! and writes before it lets go. SQLite has one writer, which is the same.

use std::collections::HashMap;

use domain::{
    OrgId, Timestamp, UserId,
    accounts::Stake,
    billing::SubscriptionStatus,
    orgs::{Organization, Role},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    TryInsertResult,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::{
    AuditEntry, Member, NewOutboxRow, Store, StoreError, audit_entries,
    entity::{memberships as rows, memberships::Column, organizations, subscriptions, users},
    memberships::JoinBySharedColumn,
    outbox,
    users::ACTIVE,
};

#[derive(FromQueryResult)]
struct Count {
    org_id: Uuid,
    others: i64,
}

/// What a person is in each of their organisations, with these locked until the transaction ends.
/// Their own row must be locked already, so that no membership is added meanwhile.
pub(crate) async fn lock_stakes<C: ConnectionTrait>(db: &C, user: UserId) -> Result<Vec<Stake>, StoreError> {
    let orgs = organizations_of(db, user).await?;
    lock(db, &orgs).await?;
    find_stakes(db, user).await
}

async fn organizations_of<C: ConnectionTrait>(db: &C, user: UserId) -> Result<Vec<Uuid>, StoreError> {
    let mine = rows::Entity::find().filter(Column::UserId.eq(user.as_uuid())).all(db).await?;
    Ok(mine.into_iter().map(|row| row.org_id).collect())
}

/// What a person is in each of their organisations, by name.
pub(crate) async fn find_stakes<C: ConnectionTrait>(db: &C, user: UserId) -> Result<Vec<Stake>, StoreError> {
    let mine = rows::Entity::find().filter(Column::UserId.eq(user.as_uuid())).all(db).await?;
    let roles: HashMap<Uuid, String> = mine.into_iter().map(|row| (row.org_id, row.role)).collect();
    let orgs: Vec<Uuid> = roles.keys().copied().collect();
    let organizations = organizations::Entity::find()
        .filter(organizations::Column::Id.is_in(orgs.iter().copied()))
        .order_by_asc(organizations::Column::Name)
        .order_by_asc(organizations::Column::Slug)
        .all(db)
        .await?;
    let members = others(db, &orgs, user, false).await?;
    let owners = others(db, &orgs, user, true).await?;
    let living = living_subscriptions(db, &orgs).await?;
    organizations
        .into_iter()
        .filter_map(|org| roles.get(&org.id).map(|role| (org, role)))
        .map(|(org, role)| {
            Ok(Stake {
                role: role.parse().map_err(|_| StoreError::Corrupt("memberships.role"))?,
                other_members: members.get(&org.id).copied().unwrap_or(0),
                other_owners: owners.get(&org.id).copied().unwrap_or(0),
                subscription_lives: living.contains(&org.id),
                organization: Organization { id: OrgId::from_uuid(org.id), slug: org.slug, name: org.name },
            })
        })
        .collect()
}

/// In the order of their ids, so that two who lock some of the same never wait for each other.
pub(crate) async fn lock<C: ConnectionTrait>(db: &C, orgs: &[Uuid]) -> Result<(), StoreError> {
    organizations::Entity::find()
        .filter(organizations::Column::Id.is_in(orgs.iter().copied()))
        .order_by_asc(organizations::Column::Id)
        .lock_exclusive()
        .all(db)
        .await?;
    Ok(())
}

/// How many others there are in each of these: members, or owners who can act.
async fn others<C: ConnectionTrait>(
    db: &C,
    orgs: &[Uuid],
    user: UserId,
    owners_only: bool,
) -> Result<HashMap<Uuid, u64>, StoreError> {
    let mut select = rows::Entity::find()
        .select_only()
        .column(Column::OrgId)
        .column_as(Column::UserId.count(), "others")
        .filter(Column::OrgId.is_in(orgs.iter().copied()))
        .filter(Column::UserId.ne(user.as_uuid()))
        .group_by(Column::OrgId);
    if owners_only {
        let theirs = Expr::col((users::Entity, users::Column::Id)).equals((rows::Entity, Column::UserId));
        select = select
            .join_with(JoinType::InnerJoin, users::Entity, theirs)
            .filter(Column::Role.eq(Role::Owner.as_str()))
            .filter(users::Column::Status.eq(ACTIVE))
            .filter(users::Column::DeletionDueAt.is_null());
    }
    let counts = select.into_model::<Count>().all(db).await?;
    Ok(counts.into_iter().map(|count| (count.org_id, u64::try_from(count.others).unwrap_or(0))).collect())
}

async fn living_subscriptions<C: ConnectionTrait>(db: &C, orgs: &[Uuid]) -> Result<Vec<Uuid>, StoreError> {
    let stored =
        subscriptions::Entity::find().filter(subscriptions::Column::OrgId.is_in(orgs.iter().copied())).all(db).await?;
    // One whose state this version does not know may well go on charging.
    let lives = |status: &str| !status.parse().is_ok_and(SubscriptionStatus::has_ended);
    Ok(stored.into_iter().filter(|row| lives(&row.status)).map(|row| row.org_id).collect())
}

/// Whether a subscription of it is stored that has not ended.
pub(crate) async fn pays<C: ConnectionTrait>(db: &C, org: OrgId) -> Result<bool, StoreError> {
    Ok(!living_subscriptions(db, &[org.as_uuid()]).await?.is_empty())
}

/// What somebody is in an organisation: none also for somebody disabled, or leaving.
pub(crate) async fn role_of<C: ConnectionTrait>(db: &C, org: OrgId, user: UserId) -> Result<Option<Role>, StoreError> {
    let theirs = Expr::col((users::Entity, users::Column::Id)).equals((rows::Entity, Column::UserId));
    let row = rows::Entity::find_by_id((org.as_uuid(), user.as_uuid()))
        .join_with(JoinType::InnerJoin, users::Entity, theirs)
        .filter(users::Column::Status.eq(ACTIVE))
        .filter(users::Column::DeletionDueAt.is_null())
        .one(db)
        .await?;
    row.map(|row| row.role.parse().map_err(|_| StoreError::Corrupt("memberships.role"))).transpose()
}

/// Makes somebody a member, unless they are; answers whether it did.
pub(crate) async fn insert_member<C: ConnectionTrait>(
    db: &C,
    org: OrgId,
    user: UserId,
    role: Role,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = rows::ActiveModel {
        org_id: Set(org.as_uuid()),
        user_id: Set(user.as_uuid()),
        role: Set(role.as_str().to_owned()),
        created_at: Set(now.as_millis()),
        glass_broken_until: Set(None),
    };
    let mut ignore = OnConflict::columns([Column::OrgId, Column::UserId]);
    ignore.do_nothing();
    let inserted = rows::Entity::insert(row).on_conflict(ignore).try_insert().exec_without_returning(db).await?;
    Ok(matches!(inserted, TryInsertResult::Inserted(1..)))
}

/// What becomes of somebody's membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberChange {
    SetRole(Role),
    Remove,
    /// They become the owner, and whoever asks an Admin.
    TakeOver,
}

/// Whose membership, by whom.
#[derive(Clone, Copy, Debug)]
pub struct Between {
    pub org: OrgId,
    pub by: UserId,
    pub user: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemberChanged<E> {
    Done,
    /// They are no member.
    Gone,
    /// Nobody who can act would be left to own it.
    LastOwner,
    /// `may` said no.
    Refused(E),
}

async fn set_role<C: ConnectionTrait>(db: &C, org: OrgId, user: UserId, role: Role) -> Result<(), StoreError> {
    rows::Entity::update_many()
        .col_expr(Column::Role, role.as_str().into())
        .filter(Column::OrgId.eq(org.as_uuid()))
        .filter(Column::UserId.eq(user.as_uuid()))
        .exec(db)
        .await?;
    Ok(())
}

impl Store {
    /// Changes what somebody is in an organisation, with its letter and its entry, unless that
    /// leaves it without an owner who can act. `may` is asked with the roles of this very moment:
    /// of the one who asks (none when they are out) and of the one it is about.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn change_member<E: Send>(
        &self,
        Between { org, by, user }: Between,
        change: MemberChange,
        letters: &[NewOutboxRow],
        entry: &AuditEntry,
        may: impl FnOnce(Option<Role>, Role) -> Result<(), E> + Send,
    ) -> Result<MemberChanged<E>, StoreError> {
        let tx = self.db.begin().await?;
        lock(&tx, &[org.as_uuid()]).await?;
        // As it is stored: somebody who is disabled or leaving can be changed and removed.
        let Some(row) = rows::Entity::find_by_id((org.as_uuid(), user.as_uuid())).one(&tx).await? else {
            return Ok(MemberChanged::Gone);
        };
        let theirs = row.role.parse().map_err(|_| StoreError::Corrupt("memberships.role"))?;
        if let Err(no) = may(role_of(&tx, org, by).await?, theirs) {
            return Ok(MemberChanged::Refused(no));
        }
        let stays_owner = matches!(change, MemberChange::SetRole(Role::Owner) | MemberChange::TakeOver);
        if theirs == Role::Owner && !stays_owner && others(&tx, &[org.as_uuid()], user, true).await?.is_empty() {
            return Ok(MemberChanged::LastOwner);
        }
        match change {
            MemberChange::SetRole(role) => set_role(&tx, org, user, role).await?,
            MemberChange::Remove => {
                rows::Entity::delete_by_id((org.as_uuid(), user.as_uuid())).exec(&tx).await?;
            }
            MemberChange::TakeOver => {
                // Somebody who can't act is no owner to leave it to.
                if role_of(&tx, org, user).await?.is_none() {
                    return Ok(MemberChanged::Gone);
                }
                set_role(&tx, org, user, Role::Owner).await?;
                set_role(&tx, org, by, Role::Admin).await?;
            }
        }
        outbox::insert(&tx, letters, entry.at).await?;
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(MemberChanged::Done)
    }

    /// Somebody of an organisation, whatever they are there.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn find_member(&self, org: OrgId, user: UserId) -> Result<Option<Member>, StoreError> {
        Ok(self.list_members_where(org, Some(user)).await?.pop())
    }
}
