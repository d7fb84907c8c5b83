//! The addresses of organisations: the one each has, and those it had, which lead there still.
//!
//! What must hold: an address is one organisation's, from the first time it has it until it is
//! deleted or has had [`MOST_FORMER`] others since; so a link of last year leads to the same place
//! or nowhere. The primary key decides between two who want the same at once.

use domain::{
    OrgId, Timestamp,
    orgs::{OrgName, Slug},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{ExprTrait, OnConflict},
};

use crate::{
    AuditEntry, Store, StoreError, audit_entries,
    entity::{
        organization_addresses::{ActiveModel, Column, Entity},
        organizations,
    },
};

/// Former addresses that are kept of one organisation: nobody collects the good ones.
const MOST_FORMER: u64 = 10;

/// What came of changing an organisation's name and address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renamed {
    Done,
    /// Another organisation has that address, or had it.
    Taken,
    /// There is no such organisation any more.
    Gone,
}

/// Makes an address an organisation's; answers whether it is.
pub(crate) async fn take<C: ConnectionTrait>(
    db: &C,
    org: OrgId,
    slug: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = ActiveModel { slug: Set(slug.to_owned()), org_id: Set(org.as_uuid()), since: Set(now.as_millis()) };
    let mut ignore = OnConflict::column(Column::Slug);
    ignore.do_nothing();
    Entity::insert(row).on_conflict(ignore).try_insert().exec_without_returning(db).await?;
    let owner = Entity::find_by_id(slug).one(db).await?;
    Ok(owner.is_some_and(|row| row.org_id == org.as_uuid()))
}

async fn let_go_of_the_oldest<C: ConnectionTrait>(db: &C, org: OrgId, slug: &str) -> Result<(), StoreError> {
    let former = Column::OrgId.eq(org.as_uuid()).and(Column::Slug.ne(slug));
    let newest = Entity::find().filter(former).order_by_desc(Column::Since).order_by_asc(Column::Slug);
    // More than one only where an older version let some pile up. SQLite knows no offset without a limit.
    let rest = newest.offset(MOST_FORMER).limit(MOST_FORMER).all(db).await?;
    let slugs = rest.into_iter().map(|row| row.slug);
    Entity::delete_many().filter(Column::Slug.is_in(slugs)).exec(db).await?;
    Ok(())
}

impl Store {
    /// Gives an organisation another name and address; the address it had leads there still.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn update_organization(
        &self,
        org: OrgId,
        (name, slug): (&OrgName, &Slug),
        entry: &AuditEntry,
    ) -> Result<Renamed, StoreError> {
        let tx = self.db.begin().await?;
        let Some(row) = organizations::Entity::find_by_id(org.as_uuid()).lock_exclusive().one(&tx).await? else {
            return Ok(Renamed::Gone);
        };
        let (slug, had) = (slug.as_str(), row.slug.as_str());
        if slug != had {
            if !take(&tx, org, slug, entry.at).await? || !take(&tx, org, had, entry.at).await? {
                return Ok(Renamed::Taken);
            }
            // The newest of the former ones is the one that was in use until now.
            Entity::update_many()
                .col_expr(Column::Since, entry.at.as_millis().into())
                .filter(Column::Slug.is_in([slug, had]))
                .exec(&tx)
                .await?;
            let_go_of_the_oldest(&tx, org, slug).await?;
        }
        organizations::Entity::update_many()
            .col_expr(organizations::Column::Name, name.as_str().into())
            .col_expr(organizations::Column::Slug, slug.into())
            .filter(organizations::Column::Id.eq(org.as_uuid()))
            .exec(&tx)
            .await?;
        audit_entries::insert(&tx, entry).await?;
        tx.commit().await?;
        Ok(Renamed::Done)
    }

    /// Whose an address is or was.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn find_organization_by_address(&self, slug: &Slug) -> Result<Option<OrgId>, StoreError> {
        let row = Entity::find_by_id(slug.as_str()).one(&self.db).await?;
        Ok(row.map(|row| OrgId::from_uuid(row.org_id)))
    }
}
