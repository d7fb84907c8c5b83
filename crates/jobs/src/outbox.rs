//! What is to be done outside: mails, and calls to the payment provider.

use services::{ServiceError, Services};
use store::LeasedRow;

use crate::queue::Queue;

pub struct Outbox;

impl Queue for Outbox {
    type Item = LeasedRow;
    const NAME: &'static str = "outbox";

    async fn take(services: &Services, room: u64) -> Result<Vec<LeasedRow>, ServiceError> {
        services.take_outbox(room).await
    }

    async fn work(services: &Services, row: &LeasedRow) -> Result<(), ServiceError> {
        services.work_off_row(row).await
    }

    async fn put_off(services: &Services, row: &LeasedRow, why: &str) -> Result<(), ServiceError> {
        services.put_off_row(row, why).await
    }

    async fn written(services: &Services) {
        services.store().outbox_written().await;
    }
}
