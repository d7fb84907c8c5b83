//! Projects of organisations, and posts in them; and the second wall between tenants (check T09).
//!
//! A post is of the organisation of its project, by a foreign key over both columns. On `PostgreSQL` a
//! row is there only for who says whose rows they are after (`portico.org_id`, set for one transaction
//! by `crates/store/src/tenant.rs`): a statement without a filter finds one organisation's, and without
//! that word nothing. See docs/adr/0022.

use sea_orm_migration::{
    prelude::*,
    schema::{integer, string, text, uuid, uuid_null},
    sea_orm::DbBackend,
};

use crate::{at, owned_by};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Holds for the owner of the tables too, which is who connects; nobody but a superuser is above it.
fn wall(table: &str) -> String {
    format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
         ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
         CREATE POLICY tenant ON {table}
           USING (org_id = NULLIF(current_setting('portico.org_id', true), '')::uuid);"
    )
}

fn projects() -> TableCreateStatement {
    Table::create()
        .table("projects")
        .col(uuid("id").primary_key())
        .col(uuid("org_id"))
        .col(string("name"))
        // As it is looked for.
        .col(string("folded"))
        .col(at("created_at"))
        .foreign_key(&mut owned_by("org_id", "organizations", "id"))
        .take()
}

fn posts() -> TableCreateStatement {
    let mut of_project = ForeignKey::create();
    of_project
        .from("posts", ("org_id", "project_id"))
        .to("projects", ("org_id", "id"))
        .on_delete(ForeignKeyAction::Cascade);
    let mut by_author = ForeignKey::create();
    by_author.from("posts", "author_id").to("users", "id").on_delete(ForeignKeyAction::SetNull);
    Table::create()
        .table("posts")
        .col(uuid("id").primary_key())
        .col(uuid("org_id"))
        .col(uuid("project_id"))
        // Null once their account is deleted.
        .col(uuid_null("author_id"))
        .col(string("title"))
        .col(text("body"))
        .col(text("folded"))
        .col(integer("version"))
        .col(at("created_at"))
        .col(at("updated_at"))
        .foreign_key(&mut of_project)
        .foreign_key(&mut by_author)
        .take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(projects()).await?;
        // What the posts' key points to.
        let mut of_org = Index::create();
        of_org.name("projects_org_id").table("projects").col("org_id").col("id").unique();
        manager.create_index(of_org).await?;
        manager.create_table(posts()).await?;
        let mut newest = Index::create();
        newest.name("posts_project").table("posts").col("org_id").col("project_id").col("created_at").col("id");
        manager.create_index(newest).await?;
        let mut of_author = Index::create();
        of_author.name("posts_author_id").table("posts").col("author_id");
        manager.create_index(of_author).await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            for table in ["projects", "posts"] {
                manager.get_connection().execute_unprepared(&wall(table)).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["posts", "projects"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}
