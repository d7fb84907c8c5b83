//! Organisations, as operators look for them.

use domain::{CustomerId, OrgId, Timestamp, UserId, accounts::Person, orgs::Organization};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};
use uuid::Uuid;

use crate::{
    BillingCustomer, Member, Paged, Store, StoreError,
    entity::{
        billing_customers, memberships,
        organizations::{Column, Entity},
        subscriptions, users,
    },
    memberships::JoinBySharedColumn,
    search::escaped,
};

/// One line of the list.
#[derive(Clone, Debug)]
pub struct OrganizationSummary {
    pub organization: Organization,
    pub created_at: Timestamp,
    /// It is deleted then.
    pub closing: Option<Timestamp>,
    pub customer: Option<BillingCustomer>,
    /// As stored: what it means is looked up where one is looked at.
    pub plan: Option<String>,
    pub status: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    slug: String,
    name: String,
    created_at: i64,
    deletion_due_at: Option<i64>,
    customer: Option<String>,
    livemode: Option<bool>,
    plan: Option<String>,
    status: Option<String>,
}

impl From<Row> for OrganizationSummary {
    fn from(row: Row) -> Self {
        Self {
            organization: Organization { id: OrgId::from_uuid(row.id), slug: row.slug, name: row.name },
            created_at: Timestamp::from_millis(row.created_at),
            closing: row.deletion_due_at.map(Timestamp::from_millis),
            customer: row.customer.map(|id| BillingCustomer {
                id: CustomerId::from_trusted(id),
                livemode: row.livemode.unwrap_or_default(),
            }),
            plan: row.plan,
            status: row.status,
        }
    }
}

/// The columns of a [`Row`].
fn with_billing() -> Select<Entity> {
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::Slug, Column::Name, Column::CreatedAt, Column::DeletionDueAt])
        .column_as(billing_customers::Column::StripeCustomerId, "customer")
        .column_as(billing_customers::Column::Livemode, "livemode")
        .column_as(subscriptions::Column::Plan, "plan")
        .column_as(subscriptions::Column::Status, "status")
        .join_custom(
            billing_customers::Entity,
            Expr::col((billing_customers::Entity, billing_customers::Column::OrgId)).equals((Entity, Column::Id)),
        )
        .join_custom(
            subscriptions::Entity,
            Expr::col((subscriptions::Entity, subscriptions::Column::OrgId)).equals((Entity, Column::Id)),
        )
}

/// A part of the name or the address, or the whole of the customer's id.
fn holds(text: &str) -> Condition {
    let like = LikeExpr::new(format!("%{}%", escaped(&text.to_lowercase()))).escape('\\');
    let of = |column| Expr::from(Func::lower(Expr::col((Entity, column)))).like(like.clone());
    Condition::any()
        .add(of(Column::Name))
        .add(of(Column::Slug))
        .add(billing_customers::Column::StripeCustomerId.eq(text))
}

impl Store {
    /// Organisations by address, behind one of them.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn search_organizations(
        &self,
        text: &str,
        after: Option<&str>,
        size: u64,
    ) -> Result<Paged<OrganizationSummary>, StoreError> {
        let mut select = with_billing();
        if !text.is_empty() {
            select = select.filter(holds(text));
        }
        if let Some(after) = after {
            select = select.filter(Column::Slug.gt(after));
        }
        let rows: Vec<Row> = select.order_by_asc(Column::Slug).limit(size + 1).into_model().all(&self.db).await?;
        Ok(Paged::of(rows.into_iter().map(Into::into).collect(), size))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn show_organization(&self, org: OrgId) -> Result<Option<OrganizationSummary>, StoreError> {
        let row: Option<Row> = with_billing().filter(Column::Id.eq(org.as_uuid())).into_model().one(&self.db).await?;
        Ok(row.map(Into::into))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn count_members(&self, org: OrgId) -> Result<u64, StoreError> {
        let members = memberships::Entity::find().filter(memberships::Column::OrgId.eq(org.as_uuid()));
        Ok(members.count(&self.db).await?)
    }

    /// Members by address, behind one of them. Also those who can't sign in: an operator sees who they are.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn page_members(&self, org: OrgId, after: Option<&str>, size: u64) -> Result<Paged<Member>, StoreError> {
        let theirs =
            Expr::col((users::Entity, users::Column::Id)).equals((memberships::Entity, memberships::Column::UserId));
        let mut select = users::Entity::find()
            .select_only()
            .columns([users::Column::Id, users::Column::Email, users::Column::Name])
            .column_as(memberships::Column::Role, "role")
            .column_as(memberships::Column::CreatedAt, "since")
            .join_custom_inner(memberships::Entity, theirs)
            .filter(memberships::Column::OrgId.eq(org.as_uuid()));
        if let Some(after) = after {
            select = select.filter(users::Column::Email.gt(after));
        }
        let rows: Vec<(Uuid, String, String, String, i64)> =
            select.order_by_asc(users::Column::Email).limit(size + 1).into_tuple().all(&self.db).await?;
        let member = |(id, email, name, role, since): (Uuid, String, String, String, i64)| {
            Ok(Member {
                person: Person { id: UserId::from_uuid(id), email, name },
                role: role.parse().map_err(|_| StoreError::Corrupt("memberships.role"))?,
                since: Timestamp::from_millis(since),
            })
        };
        Ok(Paged::of(rows.into_iter().map(member).collect::<Result<_, StoreError>>()?, size))
    }
}
