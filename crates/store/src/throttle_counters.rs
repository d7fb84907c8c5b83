//! Attempt counters: one statement counts and answers, so that parallel attempts
//! on any number of nodes are counted exactly (check L02).

use domain::Timestamp;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{CaseStatement, Expr, ExprTrait, OnConflict},
};

use crate::{
    Store, StoreError,
    entity::throttle_counters::{ActiveModel, Column, Entity},
};

impl Store {
    /// Counts one attempt and answers how many there are in this window now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn count_attempt(&self, subject: &str, window_start: Timestamp) -> Result<u32, StoreError> {
        let window = window_start.as_millis();
        let row = ActiveModel { subject: Set(subject.to_owned()), window_start: Set(window), attempts: Set(1) };
        let stored_window = || Expr::col((Entity, Column::WindowStart));
        let counted = CaseStatement::new()
            .case(stored_window().gte(window), Expr::col((Entity, Column::Attempts)).add(1))
            .finally(1);
        let later = CaseStatement::new().case(stored_window().gte(window), stored_window()).finally(window);
        let mut again = OnConflict::column(Column::Subject);
        again.value(Column::Attempts, counted).value(Column::WindowStart, later);
        let now = Entity::insert(row).on_conflict(again).exec_with_returning(&self.db).await?;
        Ok(u32::try_from(now.attempts).unwrap_or(u32::MAX))
    }

    /// Takes one attempt of this window back.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn give_back_attempt(&self, subject: &str, window_start: Timestamp) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::Attempts, Expr::col(Column::Attempts).sub(1))
            .filter(Column::Subject.eq(subject))
            .filter(Column::WindowStart.eq(window_start.as_millis()))
            .filter(Column::Attempts.gt(0))
            .exec(&self.db)
            .await?;
        Ok(())
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn clear_attempts(&self, subject: &str) -> Result<(), StoreError> {
        Entity::delete_by_id(subject).exec(&self.db).await?;
        Ok(())
    }

    /// # Errors
    /// When the database does not answer.
    pub async fn delete_dead_counters(&self, before: Timestamp) -> Result<u64, StoreError> {
        let dead = Column::WindowStart.lt(before.as_millis());
        Ok(Entity::delete_many().filter(dead).exec(&self.db).await?.rows_affected)
    }
}
