//! Invoices of organisations, as the payment provider last said, and what people were told of them.

use std::collections::HashMap;

use domain::{
    OrgId, Timestamp,
    billing::{Invoice, Money, Told},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use crate::{
    Store, StoreError,
    entity::invoices::{ActiveModel, Column, Entity, Model},
};

impl Store {
    /// The newest of an organisation's invoices.
    ///
    /// # Errors
    /// When the database does not answer, or a row can't be read.
    pub async fn list_invoices(&self, org: OrgId, limit: u64) -> Result<Vec<Invoice>, StoreError> {
        let of_org = Entity::find().filter(Column::OrgId.eq(org.as_uuid()));
        let rows = of_org.order_by_desc(Column::CreatedAt).order_by_desc(Column::Id).limit(limit).all(&self.db).await?;
        rows.into_iter().map(invoice).collect()
    }

    /// What people were told of those invoices of an organisation that are known.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn told_of_invoices(&self, org: OrgId, ids: &[&str]) -> Result<HashMap<String, Told>, StoreError> {
        let rows: Vec<(String, bool, i32)> = Entity::find()
            .select_only()
            .columns([Column::Id, Column::ToldReceipt, Column::ToldFailures])
            .filter(Column::OrgId.eq(org.as_uuid()))
            .filter(Column::Id.is_in(ids.iter().copied()))
            .into_tuple()
            .all(&self.db)
            .await?;
        let told = |receipt, failures: i32| Told { receipt, failures: u32::try_from(failures).unwrap_or(0) };
        Ok(rows.into_iter().map(|(id, receipt, failures)| (id, told(receipt, failures))).collect())
    }
}

/// Writes invoices as they are now.
pub(crate) async fn put<C: ConnectionTrait>(
    db: &C,
    org: OrgId,
    invoices: &[(Invoice, Told)],
) -> Result<(), StoreError> {
    if invoices.is_empty() {
        return Ok(());
    }
    let number = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let rows = invoices.iter().map(|(invoice, told)| ActiveModel {
        id: Set(invoice.id.clone()),
        org_id: Set(org.as_uuid()),
        number: Set(invoice.number.clone()),
        status: Set(invoice.status.as_str().to_owned()),
        currency: Set(invoice.total.currency.clone()),
        total: Set(invoice.total.amount),
        paid: Set(invoice.paid.amount),
        created_at: Set(invoice.created.as_millis()),
        paid_at: Set(invoice.paid_at.map(Timestamp::as_millis)),
        attempts: Set(number(invoice.attempts)),
        next_attempt_at: Set(invoice.next_attempt.map(Timestamp::as_millis)),
        page: Set(invoice.page.clone()),
        pdf: Set(invoice.pdf.clone()),
        told_receipt: Set(told.receipt),
        told_failures: Set(number(told.failures)),
    });
    let mut newer = OnConflict::column(Column::Id);
    newer.update_columns([
        Column::Number,
        Column::Status,
        Column::Currency,
        Column::Total,
        Column::Paid,
        Column::PaidAt,
        Column::Attempts,
        Column::NextAttemptAt,
        Column::Page,
        Column::Pdf,
        Column::ToldReceipt,
        Column::ToldFailures,
    ]);
    Entity::insert_many(rows).on_conflict(newer).exec_without_returning(db).await?;
    Ok(())
}

fn invoice(row: Model) -> Result<Invoice, StoreError> {
    let money = |amount| Money { amount, currency: row.currency.clone() };
    Ok(Invoice {
        total: money(row.total),
        paid: money(row.paid),
        id: row.id,
        number: row.number,
        status: row.status.parse().map_err(|_| StoreError::Corrupt("invoices.status"))?,
        created: Timestamp::from_millis(row.created_at),
        paid_at: row.paid_at.map(Timestamp::from_millis),
        attempts: u32::try_from(row.attempts).unwrap_or(0),
        next_attempt: row.next_attempt_at.map(Timestamp::from_millis),
        page: row.page,
        pdf: row.pdf,
    })
}
