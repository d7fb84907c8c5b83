//! Projects.

use domain::{
    OrgId, ProjectId, Timestamp,
    projects::{ProjectName, folded},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, LikeExpr},
};
use uuid::Uuid;

use crate::{
    AuditEntry, Paged, Store, StoreError, audit_entries,
    entity::{
        posts,
        projects::{ActiveModel, Column, Entity},
    },
    memberships::JoinBySharedColumn,
    search::escaped,
};

/// A project to be stored.
pub struct NewProject<'a> {
    pub id: ProjectId,
    pub org: OrgId,
    pub name: &'a ProjectName,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Project {
    pub id: ProjectId,
    pub name: String,
    pub posts: u64,
    pub created_at: Timestamp,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    created_at: i64,
    posts: i64,
}

impl From<Row> for Project {
    fn from(row: Row) -> Self {
        Self {
            id: ProjectId::from_uuid(row.id),
            name: row.name,
            posts: u64::try_from(row.posts).unwrap_or(0),
            created_at: Timestamp::from_millis(row.created_at),
        }
    }
}

fn of(org: OrgId, id: ProjectId) -> Condition {
    Condition::all().add(Column::OrgId.eq(org.as_uuid())).add(Column::Id.eq(id.as_uuid()))
}

/// With how many posts each has.
fn with_posts(org: OrgId) -> Select<Entity> {
    let theirs = Expr::col((posts::Entity, posts::Column::OrgId))
        .equals((Entity, Column::OrgId))
        .and(Expr::col((posts::Entity, posts::Column::ProjectId)).equals((Entity, Column::Id)));
    Entity::find()
        .select_only()
        .column(Column::Id)
        .column(Column::Name)
        .column(Column::CreatedAt)
        .column_as(posts::Column::Id.count(), "posts")
        .join_with(JoinType::LeftJoin, posts::Entity, theirs)
        .filter(Column::OrgId.eq(org.as_uuid()))
        .group_by(Column::Id)
        .group_by(Column::Name)
        .group_by(Column::CreatedAt)
}

impl Store {
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_project(&self, new: &NewProject<'_>, entry: &AuditEntry) -> Result<(), StoreError> {
        let tx = self.write_in(new.org).await?;
        let row = ActiveModel {
            id: Set(new.id.as_uuid()),
            org_id: Set(new.org.as_uuid()),
            name: Set(new.name.as_str().to_owned()),
            folded: Set(folded(new.name.as_str())),
            created_at: Set(entry.at.as_millis()),
        };
        Entity::insert(row).exec_without_returning(&tx).await?;
        audit_entries::insert(&tx, entry).await?;
        Ok(tx.commit().await?)
    }

    /// Those with this in their name, by name; `page` counts from 0.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_projects(
        &self,
        org: OrgId,
        looked_for: &str,
        (page, size): (u64, u64),
    ) -> Result<Paged<Project>, StoreError> {
        let like = LikeExpr::new(format!("%{}%", escaped(&folded(looked_for)))).escape('\\');
        let rows = with_posts(org)
            .filter(Expr::col((Entity, Column::Folded)).like(like))
            .group_by(Column::Folded)
            .order_by_asc(Column::Folded)
            .order_by_asc(Column::Id)
            .offset(page * size)
            .limit(size + 1)
            .into_model::<Row>()
            .all(&self.read_in(org).await?)
            .await?;
        Ok(Paged::of(rows.into_iter().map(Project::from).collect(), size))
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_project(&self, org: OrgId, id: ProjectId) -> Result<Option<Project>, StoreError> {
        let this = with_posts(org).filter(Column::Id.eq(id.as_uuid())).into_model::<Row>();
        Ok(this.one(&self.read_in(org).await?).await?.map(Project::from))
    }

    /// Answers whether there is such a project.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn rename_project(
        &self,
        (org, id): (OrgId, ProjectId),
        name: &ProjectName,
        entry: &AuditEntry,
    ) -> Result<bool, StoreError> {
        let tx = self.write_in(org).await?;
        let renamed = Entity::update_many()
            .col_expr(Column::Name, name.as_str().into())
            .col_expr(Column::Folded, folded(name.as_str()).into())
            .filter(of(org, id))
            .exec(&tx)
            .await?;
        if renamed.rows_affected != 1 {
            return Ok(false);
        }
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// With its posts; answers whether there was such a project.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_project(&self, org: OrgId, id: ProjectId, entry: &AuditEntry) -> Result<bool, StoreError> {
        let tx = self.write_in(org).await?;
        if Entity::delete_many().filter(of(org, id)).exec(&tx).await?.rows_affected != 1 {
            return Ok(false);
        }
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(true)
    }
}
