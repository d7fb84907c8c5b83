//! Posts in projects.

use domain::{
    OrgId, PostId, ProjectId, Timestamp, UserId,
    projects::{PostBody, PostTitle, folded},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JoinType, QueryFilter, QueryOrder,
    QuerySelect, Select,
    sea_query::{Expr, ExprTrait, LikeExpr},
};
use uuid::Uuid;

use crate::{
    AuditEntry, Paged, Store, StoreError, audit_entries,
    entity::{
        posts::{ActiveModel, Column, Entity},
        projects, users,
    },
    memberships::JoinBySharedColumn,
    search::escaped,
};

/// A post to be stored.
pub struct NewPost<'a> {
    pub id: PostId,
    pub org: OrgId,
    pub project: ProjectId,
    pub author: UserId,
    pub title: &'a PostTitle,
    pub body: &'a PostBody,
}

/// One, whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Post {
    pub id: PostId,
    pub project: ProjectId,
    /// None once their account is deleted.
    pub author: Option<UserId>,
    pub author_name: Option<String>,
    pub title: String,
    /// Markdown.
    pub body: String,
    /// Grows by one with every change.
    pub version: i32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// One in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostSummary {
    pub id: PostId,
    pub title: String,
    pub author_name: Option<String>,
    pub created_at: Timestamp,
}

/// What a post is to say.
pub struct Edit<'a> {
    pub title: &'a PostTitle,
    pub body: &'a PostBody,
    /// Of the post that was edited.
    pub version: i32,
}

/// What came of changing one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edited {
    Done,
    /// Somebody changed it since: it is of another version.
    Meanwhile,
    Gone,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    project_id: Uuid,
    author_id: Option<Uuid>,
    author_name: Option<String>,
    title: String,
    body: String,
    version: i32,
    created_at: i64,
    updated_at: i64,
}

#[derive(FromQueryResult)]
struct SummaryRow {
    id: Uuid,
    title: String,
    author_name: Option<String>,
    created_at: i64,
}

impl From<Row> for Post {
    fn from(row: Row) -> Self {
        Self {
            id: PostId::from_uuid(row.id),
            project: ProjectId::from_uuid(row.project_id),
            author: row.author_id.map(UserId::from_uuid),
            author_name: row.author_name,
            title: row.title,
            body: row.body,
            version: row.version,
            created_at: Timestamp::from_millis(row.created_at),
            updated_at: Timestamp::from_millis(row.updated_at),
        }
    }
}

impl From<SummaryRow> for PostSummary {
    fn from(row: SummaryRow) -> Self {
        Self {
            id: PostId::from_uuid(row.id),
            title: row.title,
            author_name: row.author_name,
            created_at: Timestamp::from_millis(row.created_at),
        }
    }
}

/// The post of that project of that organisation: all three must fit.
fn of((org, project, id): (OrgId, ProjectId, PostId)) -> Condition {
    Condition::all()
        .add(Column::OrgId.eq(org.as_uuid()))
        .add(Column::ProjectId.eq(project.as_uuid()))
        .add(Column::Id.eq(id.as_uuid()))
}

fn with_author() -> Select<Entity> {
    let theirs = Expr::col((users::Entity, users::Column::Id)).equals((Entity, Column::AuthorId));
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::Title, Column::CreatedAt])
        .column_as(users::Column::Name, "author_name")
        .join_with(JoinType::LeftJoin, users::Entity, theirs)
}

fn whole() -> Select<Entity> {
    with_author().columns([Column::ProjectId, Column::AuthorId, Column::Body, Column::Version, Column::UpdatedAt])
}

fn as_looked_for(title: &PostTitle, body: &PostBody) -> String {
    folded(&format!("{}\n{}", title.as_str(), body.as_str()))
}

async fn project_is_there<C: ConnectionTrait>(db: &C, org: OrgId, project: ProjectId) -> Result<bool, StoreError> {
    // Kept there until the post is in it.
    let row = projects::Entity::find_by_id(project.as_uuid())
        .filter(projects::Column::OrgId.eq(org.as_uuid()))
        .lock_shared()
        .one(db)
        .await?;
    Ok(row.is_some())
}

impl Store {
    /// Answers whether there is such a project.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn insert_post(&self, new: &NewPost<'_>, entry: &AuditEntry) -> Result<bool, StoreError> {
        let tx = self.write_in(new.org).await?;
        if !project_is_there(&tx, new.org, new.project).await? {
            return Ok(false);
        }
        let row = ActiveModel {
            id: Set(new.id.as_uuid()),
            org_id: Set(new.org.as_uuid()),
            project_id: Set(new.project.as_uuid()),
            author_id: Set(Some(new.author.as_uuid())),
            title: Set(new.title.as_str().to_owned()),
            body: Set(new.body.as_str().to_owned()),
            folded: Set(as_looked_for(new.title, new.body)),
            version: Set(1),
            created_at: Set(entry.at.as_millis()),
            updated_at: Set(entry.at.as_millis()),
        };
        Entity::insert(row).exec_without_returning(&tx).await?;
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Those with this in them, newest first; `page` counts from 0.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_posts(
        &self,
        (org, project): (OrgId, ProjectId),
        looked_for: &str,
        (page, size): (u64, u64),
    ) -> Result<Paged<PostSummary>, StoreError> {
        let like = LikeExpr::new(format!("%{}%", escaped(&folded(looked_for)))).escape('\\');
        let rows = with_author()
            .filter(Column::OrgId.eq(org.as_uuid()))
            .filter(Column::ProjectId.eq(project.as_uuid()))
            .filter(Expr::col((Entity, Column::Folded)).like(like))
            .order_by_desc(Column::CreatedAt)
            .order_by_desc(Column::Id)
            .offset(page * size)
            .limit(size + 1)
            .into_model::<SummaryRow>()
            .all(&self.read_in(org).await?)
            .await?;
        Ok(Paged::of(rows.into_iter().map(PostSummary::from).collect(), size))
    }

    /// Every post of an organisation, the newest first, up to `limit`: for its own copy.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_posts_of_organization(&self, org: OrgId, limit: u64) -> Result<Vec<Post>, StoreError> {
        let all = whole().filter(Column::OrgId.eq(org.as_uuid())).order_by_desc(Column::CreatedAt).limit(limit);
        let rows = all.into_model::<Row>().all(&self.read_in(org).await?).await?;
        Ok(rows.into_iter().map(Post::from).collect())
    }

    /// What somebody wrote in an organisation, the newest first, up to `limit`: for their own copy.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_posts_by(&self, (org, author): (OrgId, UserId), limit: u64) -> Result<Vec<Post>, StoreError> {
        let theirs = Column::OrgId.eq(org.as_uuid()).and(Column::AuthorId.eq(author.as_uuid()));
        let newest = whole().filter(theirs).order_by_desc(Column::CreatedAt).limit(limit);
        let rows = newest.into_model::<Row>().all(&self.read_in(org).await?).await?;
        Ok(rows.into_iter().map(Post::from).collect())
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_post(&self, id: (OrgId, ProjectId, PostId)) -> Result<Option<Post>, StoreError> {
        let row = whole().filter(of(id)).into_model::<Row>().one(&self.read_in(id.0).await?).await?;
        Ok(row.map(Post::from))
    }

    /// Changes a post that is still of the version that was edited: nobody's words are lost.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_post(
        &self,
        id: (OrgId, ProjectId, PostId),
        edit: &Edit<'_>,
        entry: &AuditEntry,
    ) -> Result<Edited, StoreError> {
        let tx = self.write_in(id.0).await?;
        let changed = Entity::update_many()
            .col_expr(Column::Title, edit.title.as_str().into())
            .col_expr(Column::Body, edit.body.as_str().into())
            .col_expr(Column::Folded, as_looked_for(edit.title, edit.body).into())
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, entry.at.as_millis().into())
            .filter(of(id).add(Column::Version.eq(edit.version)))
            .exec(&tx)
            .await?;
        if changed.rows_affected != 1 {
            let is_there = whole().filter(of(id)).into_model::<Row>().one(&tx).await?.is_some();
            return Ok(if is_there { Edited::Meanwhile } else { Edited::Gone });
        }
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(Edited::Done)
    }

    /// Answers whether there was such a post.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn delete_post(&self, id: (OrgId, ProjectId, PostId), entry: &AuditEntry) -> Result<bool, StoreError> {
        let tx = self.write_in(id.0).await?;
        if Entity::delete_many().filter(of(id)).exec(&tx).await?.rows_affected != 1 {
            return Ok(false);
        }
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(true)
    }
}
