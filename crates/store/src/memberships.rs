//! Who belongs where. [`with_memberships`] is the one door from a person to
//! organisations: role, customer and subscription of each come from one statement,
//! so they are of one moment (P-04).

use domain::{
    CustomerId, OrgId, Timestamp, UserId,
    accounts::Person,
    billing::Subscription,
    orgs::{AccessRules, Organization, Role},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::{
    AuditEntry, NewOutboxRow, Store, StoreError, audit_entries,
    entity::{
        billing_customers, memberships,
        memberships::{ActiveModel, Column, Entity},
        organizations, subscriptions as subscription_rows, users,
    },
    outbox,
    subscriptions::{self, SubscriptionColumns},
    users::ACTIVE,
};

/// One organisation of a person, and what it has at the payment provider.
#[derive(Clone, Debug)]
pub struct Membership {
    pub organization: Organization,
    pub role: Role,
    /// The organisation is open to sessions that showed a second factor only.
    pub requires_second_factor: bool,
    /// When and from where it may be used.
    pub access_rules: Option<AccessRules>,
    /// Until when this person gets in regardless.
    pub glass_broken_until: Option<Timestamp>,
    /// It is closed, and deleted then.
    pub closing: Option<Timestamp>,
    pub billing: MembershipBilling,
}

#[derive(Clone, Debug, Default)]
pub struct MembershipBilling {
    pub customer: Option<CustomerId>,
    pub livemode: bool,
    pub subscription: Option<Subscription>,
}

/// One person of an organisation.
#[derive(Clone, Debug)]
pub struct Member {
    pub person: Person,
    pub role: Role,
    pub since: Timestamp,
}

/// A person and everything they belong to, of one moment.
#[derive(Clone, Debug)]
pub struct PersonWithMemberships {
    pub person: Person,
    pub memberships: Vec<Membership>,
}

#[derive(FromQueryResult)]
pub(crate) struct PersonRow {
    user_id: Option<Uuid>,
    email: Option<String>,
    user_name: Option<String>,
    org_id: Option<Uuid>,
    slug: Option<String>,
    org_name: Option<String>,
    role: Option<String>,
    requires_second_factor: Option<bool>,
    access_rules: Option<String>,
    glass_broken_until: Option<i64>,
    org_deletion_due_at: Option<i64>,
    customer: Option<String>,
    livemode: Option<bool>,
    subscription_id: Option<String>,
    plan: Option<String>,
    status: Option<String>,
    current_period_end: Option<i64>,
    interval: Option<String>,
    seats: Option<i32>,
    trial_end: Option<i64>,
    cancel_at: Option<i64>,
    upcoming: Option<String>,
}

impl PersonRow {
    fn membership(self) -> Result<Option<Membership>, StoreError> {
        let (Some(org_id), Some(slug), Some(name), Some(role)) = (self.org_id, self.slug, self.org_name, self.role)
        else {
            return Ok(None);
        };
        let subscription = match (self.subscription_id, self.plan, self.status) {
            (Some(id), Some(plan), Some(status)) => Some(subscriptions::from_row(SubscriptionColumns {
                id,
                plan,
                status,
                interval: self.interval,
                seats: self.seats.unwrap_or(1),
                current_period_end: self.current_period_end,
                trial_end: self.trial_end,
                cancel_at: self.cancel_at,
                upcoming: self.upcoming,
            })?),
            _ => None,
        };
        Ok(Some(Membership {
            organization: Organization { id: OrgId::from_uuid(org_id), slug, name },
            role: role.parse().map_err(|_| StoreError::Corrupt("memberships.role"))?,
            requires_second_factor: self.requires_second_factor.unwrap_or_default(),
            access_rules: self
                .access_rules
                .map(|text| serde_json::from_str(&text).unwrap_or_else(|_| AccessRules::unreadable())),
            glass_broken_until: self.glass_broken_until.map(Timestamp::from_millis),
            closing: self.org_deletion_due_at.map(Timestamp::from_millis),
            billing: MembershipBilling {
                customer: self.customer.map(CustomerId::from_trusted),
                livemode: self.livemode.unwrap_or_default(),
                subscription,
            },
        }))
    }
}

/// The columns of a [`PersonRow`], and the tables behind those of the person.
pub(crate) fn with_memberships<E: EntityTrait>(select: Select<E>) -> Select<E> {
    select
        .column_as(users::Column::Id, "user_id")
        .column_as(users::Column::Email, "email")
        .column_as(users::Column::Name, "user_name")
        .column_as(organizations::Column::Id, "org_id")
        .column_as(organizations::Column::Slug, "slug")
        .column_as(organizations::Column::Name, "org_name")
        .column_as(Column::Role, "role")
        .column_as(organizations::Column::RequiresSecondFactor, "requires_second_factor")
        .column_as(organizations::Column::AccessRules, "access_rules")
        .column_as(Column::GlassBrokenUntil, "glass_broken_until")
        .column_as(organizations::Column::DeletionDueAt, "org_deletion_due_at")
        .column_as(billing_customers::Column::StripeCustomerId, "customer")
        .column_as(billing_customers::Column::Livemode, "livemode")
        .column_as(subscription_rows::Column::StripeSubscriptionId, "subscription_id")
        .column_as(subscription_rows::Column::Plan, "plan")
        .column_as(subscription_rows::Column::Status, "status")
        .column_as(subscription_rows::Column::CurrentPeriodEnd, "current_period_end")
        .column_as(subscription_rows::Column::Interval, "interval")
        .column_as(subscription_rows::Column::Seats, "seats")
        .column_as(subscription_rows::Column::TrialEnd, "trial_end")
        .column_as(subscription_rows::Column::CancelAt, "cancel_at")
        .column_as(subscription_rows::Column::Upcoming, "upcoming")
        .join_custom(Entity, Expr::col((users::Entity, users::Column::Id)).equals((Entity, Column::UserId)))
        .join_custom(
            organizations::Entity,
            Expr::col((organizations::Entity, organizations::Column::Id)).equals((Entity, Column::OrgId)),
        )
        .join_custom(
            billing_customers::Entity,
            Expr::col((billing_customers::Entity, billing_customers::Column::OrgId)).equals((Entity, Column::OrgId)),
        )
        .join_custom(
            subscription_rows::Entity,
            Expr::col((subscription_rows::Entity, subscription_rows::Column::OrgId)).equals((Entity, Column::OrgId)),
        )
        .order_by_asc(organizations::Column::Name)
        .order_by_asc(organizations::Column::Slug)
}

/// The person that all these rows are of; none when they are gone or disabled.
pub(crate) fn person_of(rows: Vec<PersonRow>) -> Result<Option<PersonWithMemberships>, StoreError> {
    let person = rows.first().and_then(|row| {
        let id = UserId::from_uuid(row.user_id?);
        Some(Person { id, email: row.email.clone()?, name: row.user_name.clone()? })
    });
    let Some(person) = person else { return Ok(None) };
    let memberships = rows.into_iter().filter_map(|row| row.membership().transpose()).collect::<Result<_, _>>()?;
    Ok(Some(PersonWithMemberships { person, memberships }))
}

impl Store {
    /// An active person with all their memberships, by name of the organisation;
    /// none when there is no such person, they are disabled, or they are leaving.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn find_memberships(&self, user: UserId) -> Result<Option<PersonWithMemberships>, StoreError> {
        let rows = with_memberships(users::Entity::find().select_only())
            .filter(users::Column::Id.eq(user.as_uuid()))
            .filter(users::Column::Status.eq(ACTIVE))
            .filter(users::Column::DeletionDueAt.is_null())
            .into_model()
            .all(&self.db)
            .await?;
        person_of(rows)
    }

    /// Everybody in an organisation, owners first, then by name.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn list_members(&self, org: OrgId) -> Result<Vec<Member>, StoreError> {
        self.list_members_where(org, None).await
    }

    pub(crate) async fn list_members_where(&self, org: OrgId, user: Option<UserId>) -> Result<Vec<Member>, StoreError> {
        let rows: Vec<(Uuid, String, String, String, i64)> = users::Entity::find()
            .select_only()
            .column(users::Column::Id)
            .column(users::Column::Email)
            .column(users::Column::Name)
            .column_as(Column::Role, "role")
            .column_as(Column::CreatedAt, "since")
            .join_custom_inner(
                memberships::Entity,
                Expr::col((users::Entity, users::Column::Id)).equals((Entity, Column::UserId)),
            )
            .filter(Column::OrgId.eq(org.as_uuid()))
            .filter(Condition::all().add_option(user.map(|user| Column::UserId.eq(user.as_uuid()))))
            .order_by_asc(users::Column::Name)
            .into_tuple()
            .all(&self.db)
            .await?;
        let mut members = rows
            .into_iter()
            .map(|(id, email, name, role, since)| {
                Ok(Member {
                    person: Person { id: UserId::from_uuid(id), email, name },
                    role: role.parse().map_err(|_| StoreError::Corrupt("memberships.role"))?,
                    since: Timestamp::from_millis(since),
                })
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        members.sort_by_key(|member| std::cmp::Reverse(member.role));
        Ok(members)
    }

    /// Gives somebody a role in an organisation, whether or not they had one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn put_membership(&self, org: OrgId, user: UserId, role: Role, now: Timestamp) -> Result<(), StoreError> {
        let row = ActiveModel {
            org_id: Set(org.as_uuid()),
            user_id: Set(user.as_uuid()),
            role: Set(role.as_str().to_owned()),
            created_at: Set(now.as_millis()),
            glass_broken_until: Set(None),
        };
        let mut replace = OnConflict::columns([Column::OrgId, Column::UserId]);
        replace.update_column(Column::Role);
        Entity::insert(row).on_conflict(replace).exec_without_returning(&self.db).await?;
        Ok(())
    }

    /// Lets an owner in until then, whatever the hour and the address, with the letters and the
    /// entry about it; answers whether there was such an owner.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn break_glass(
        &self,
        org: OrgId,
        user: UserId,
        until: Timestamp,
        letters: &[NewOutboxRow],
        entry: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let tx = self.db.begin().await?;
        let broken = Entity::update_many()
            .col_expr(Column::GlassBrokenUntil, until.as_millis().into())
            .filter(Column::OrgId.eq(org.as_uuid()))
            .filter(Column::UserId.eq(user.as_uuid()))
            .filter(Column::Role.eq(Role::Owner.as_str()))
            .exec(&tx)
            .await?;
        if broken.rows_affected != 1 {
            return Ok(false);
        }
        outbox::insert(&tx, letters, entry.at).await?;
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn delete_membership(&self, org: OrgId, user: UserId) -> Result<(), StoreError> {
        Entity::delete_by_id((org.as_uuid(), user.as_uuid())).exec(&self.db).await?;
        Ok(())
    }
}

/// SeaORM joins by declared relations; these tables are joined by what they share.
pub(crate) trait JoinBySharedColumn: Sized {
    fn join_with<E: EntityTrait>(self, kind: JoinType, table: E, on: sea_orm::sea_query::SimpleExpr) -> Self;
    fn join_custom<E: EntityTrait>(self, table: E, on: sea_orm::sea_query::SimpleExpr) -> Self {
        self.join_with(JoinType::LeftJoin, table, on)
    }
    fn join_custom_inner<E: EntityTrait>(self, table: E, on: sea_orm::sea_query::SimpleExpr) -> Self {
        self.join_with(JoinType::InnerJoin, table, on)
    }
}

impl<E: EntityTrait> JoinBySharedColumn for Select<E> {
    fn join_with<T: EntityTrait>(mut self, kind: JoinType, table: T, on: sea_orm::sea_query::SimpleExpr) -> Self {
        sea_orm::QueryTrait::query(&mut self).join(kind, table.table_ref(), on);
        self
    }
}
