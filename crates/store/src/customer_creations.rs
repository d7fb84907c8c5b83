//! The intent to create an organisation's customer, leased by one caller at a
//! time; see `domain::billing::customer_creation` for what must hold.

use domain::{
    OrgId, Timestamp,
    billing::customer_creation::{Attempt, LEASE, LastCall},
};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::OnConflict};

use crate::{
    Store, StoreError,
    entity::customer_creations::{ActiveModel, Column, Entity},
};

/// A held lease. Every write through it names its token, so that one that has
/// been overtaken changes nothing.
#[derive(Debug)]
pub struct Lease {
    pub attempt: Attempt,
    token: String,
}

impl Store {
    /// Records the intent if it is new, with what its customer is to be made with, and takes
    /// the lease if it is free. An intent that is there keeps its first name and e-mail.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn lease_customer_creation(
        &self,
        org: OrgId,
        (name, email): (&str, &str),
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Lease>, StoreError> {
        let row = ActiveModel {
            org_id: Set(org.as_uuid()),
            key_number: Set(1),
            first_at: Set(now.as_millis()),
            key_first_at: Set(now.as_millis()),
            name: Set(name.to_owned()),
            email: Set(email.to_owned()),
            last_call: Set(LastCall::None.as_str().to_owned()),
            lease: Set(None),
            lease_until: Set(0),
        };
        let mut keep = OnConflict::column(Column::OrgId);
        keep.do_nothing();
        Entity::insert(row).on_conflict(keep).try_insert().exec_without_returning(&self.db).await?;
        let leased = Entity::update_many()
            .col_expr(Column::Lease, token.into())
            .col_expr(Column::LeaseUntil, (now + LEASE).as_millis().into())
            .filter(Column::OrgId.eq(org.as_uuid()))
            .filter(Column::LeaseUntil.lte(now.as_millis()))
            .exec_with_returning(&self.db)
            .await?;
        Ok(leased.into_iter().next().map(|row| Lease {
            attempt: Attempt {
                org,
                key_number: u32::try_from(row.key_number).unwrap_or(1),
                first_at: Timestamp::from_millis(row.first_at),
                key_first_at: Timestamp::from_millis(row.key_first_at),
                name: row.name,
                email: row.email,
                // Set before a call and not unset by a lease that ran out.
                last_call: LastCall::parse(&row.last_call),
            },
            token: token.to_owned(),
        }))
    }

    /// Notes, before a call goes out, which key it carries and that its outcome is not known yet.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the lease has been overtaken.
    pub async fn note_customer_call(&self, lease: &Lease) -> Result<(), StoreError> {
        let noted = Entity::update_many()
            .col_expr(Column::KeyNumber, i32::try_from(lease.attempt.key_number).unwrap_or(i32::MAX).into())
            .col_expr(Column::KeyFirstAt, lease.attempt.key_first_at.as_millis().into())
            .col_expr(Column::LastCall, lease.attempt.last_call.as_str().into())
            .filter(Column::OrgId.eq(lease.attempt.org.as_uuid()))
            .filter(Column::Lease.eq(lease.token.as_str()))
            .exec(&self.db)
            .await?;
        if noted.rows_affected == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }

    /// Gives the lease back, with what is known now.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn release_customer_creation(&self, lease: &Lease) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::Lease, None::<String>.into())
            .col_expr(Column::LeaseUntil, 0i64.into())
            .col_expr(Column::KeyNumber, i32::try_from(lease.attempt.key_number).unwrap_or(i32::MAX).into())
            .col_expr(Column::LastCall, lease.attempt.last_call.as_str().into())
            .filter(Column::OrgId.eq(lease.attempt.org.as_uuid()))
            .filter(Column::Lease.eq(lease.token.as_str()))
            .exec(&self.db)
            .await?;
        Ok(())
    }
}
