//! Mail that was kept instead of sent: development only, for `/dev/mail`.

use domain::Timestamp;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, sea_query::OnConflict,
};
use uuid::Uuid;

use crate::{
    Store, StoreError,
    entity::kept_mail::{ActiveModel, Column, Entity, Model},
};

/// More than anybody looks through.
const KEPT: u64 = 200;

/// A mail as its reader sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptMail {
    pub id: Uuid,
    pub at: Timestamp,
    pub to: String,
    pub subject: String,
    pub plain: String,
    pub html: String,
}

impl Store {
    /// Keeps one mail, and of all of them the newest [`KEPT`]. The same one again changes nothing.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep_mail(&self, mail: &KeptMail) -> Result<(), StoreError> {
        let row = ActiveModel {
            id: Set(mail.id),
            at: Set(mail.at.as_millis()),
            recipient: Set(mail.to.clone()),
            subject: Set(mail.subject.clone()),
            plain: Set(mail.plain.clone()),
            html: Set(mail.html.clone()),
        };
        let mut same = OnConflict::column(Column::Id);
        same.do_nothing();
        Entity::insert(row).on_conflict(same).try_insert().exec_without_returning(&self.db).await?;
        let newest = Entity::find().select_only().column(Column::Id).order_by_desc(Column::Id).limit(KEPT).into_query();
        Entity::delete_many().filter(Column::Id.not_in_subquery(newest)).exec(&self.db).await?;
        Ok(())
    }

    /// Newest first.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn list_kept_mail(&self) -> Result<Vec<KeptMail>, StoreError> {
        let rows = Entity::find().order_by_desc(Column::Id).limit(KEPT).all(&self.db).await?;
        Ok(rows.into_iter().map(kept).collect())
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn find_kept_mail(&self, id: Uuid) -> Result<Option<KeptMail>, StoreError> {
        Ok(Entity::find_by_id(id).one(&self.db).await?.map(kept))
    }
}

fn kept(row: Model) -> KeptMail {
    let Model { id, at, recipient, subject, plain, html } = row;
    KeptMail { id, at: Timestamp::from_millis(at), to: recipient, subject, plain, html }
}
