//! What the payment provider told us, worked off one customer at a time.

use services::{ServiceError, Services};
use store::LeasedCustomer;

use crate::queue::Queue;

pub struct Inbox;

impl Queue for Inbox {
    type Item = LeasedCustomer;
    const NAME: &'static str = "inbox";

    async fn take(services: &Services, room: u64) -> Result<Vec<LeasedCustomer>, ServiceError> {
        services.take_billing_customers(room).await
    }

    async fn work(services: &Services, held: &LeasedCustomer) -> Result<(), ServiceError> {
        services.sync_customer(held).await.map(drop)
    }

    async fn put_off(services: &Services, held: &LeasedCustomer, why: &str) -> Result<(), ServiceError> {
        services.put_off_customer(held, why).await
    }

    async fn written(services: &Services) {
        services.store().billing_event_received().await;
    }
}
