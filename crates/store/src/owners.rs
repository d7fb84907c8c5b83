//! An organisation with members has an owner who can act (check T05).
//!
//! What must hold: whoever takes the last such owner away is refused, also when two are taken
//! away at once. So everybody who takes one away locks the organisation's row first, counts then,
//! and writes before it lets go. SQLite has one writer, which is the same.

use std::collections::HashMap;

use domain::{
    OrgId, UserId,
    accounts::Stake,
    billing::SubscriptionStatus,
    orgs::{Organization, Role},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    entity::{memberships as rows, memberships::Column, organizations, subscriptions, users},
    memberships::JoinBySharedColumn,
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
async fn lock<C: ConnectionTrait>(db: &C, orgs: &[Uuid]) -> Result<(), StoreError> {
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

impl Store {
    /// Gives a member another role, unless that leaves the organisation without an owner who can
    /// act; answers whether it did.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn change_role(&self, org: OrgId, user: UserId, role: Role) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        lock(&tx, &[org.as_uuid()]).await?;
        let owners = others(&tx, &[org.as_uuid()], user, true).await?;
        if role != Role::Owner && owners.is_empty() {
            return Ok(false);
        }
        let changed = rows::Entity::update_many()
            .col_expr(Column::Role, role.as_str().into())
            .filter(Column::OrgId.eq(org.as_uuid()))
            .filter(Column::UserId.eq(user.as_uuid()))
            .exec(&tx)
            .await?;
        tx.commit().await?;
        Ok(changed.rows_affected == 1)
    }
}
