//! Mail about payments (L-08, L-09): each attempt that fails, to the last; what is still to be paid, and
//! never a receipt of nothing.

use domain::Millis;
use serde_json::json;
use services::mail::Letter;
use testkit::each_database;

use crate::{
    shop::{Shop, id},
    webhooks::{deliver, event},
};

#[tokio::test(flavor = "multi_thread")]
async fn l09_every_failed_attempt_is_told_to_the_last_and_credit_is_taken_off() {
    each_database(|database| async {
        let shop = Shop::open(database, "pro", "month", "1", &[]).await;
        let world = &shop.world;
        world.provider.settings(json!({"retry_days": [3, 5, 7], "after_retries": "past_due"})).await;
        let method = id(&world
            .provider
            .post("/v1/payment_methods/pm_card_chargeCustomerFail/attach", &[("customer", &shop.customer)])
            .await);
        world
            .provider
            .post(&format!("/v1/subscriptions/{}", shop.subscription), &[("default_payment_method", &method)])
            .await;
        // Nine dollars are to our debt.
        world.provider.post(&format!("/v1/customers/{}", shop.customer), &[("balance", "-900")]).await;
        let mut told = Vec::new();
        // The month is over on its first; then the attempts of fifteen days.
        for day in 11..55 {
            shop.pass(Millis::days(1)).await;
            deliver(world, &event(&format!("evt_{day}"), "invoice.payment_failed", &shop.customer)).await;
            world.work_inbox().await;
            world.work_off().await;
            for mail in world.mail.all().drain(told.len()..) {
                told.push((day, mail.letter));
            }
        }
        let failed: Vec<_> = told
            .iter()
            .filter_map(|(day, letter)| match letter {
                Letter::PaymentFailed { amount, again, .. } => Some((*day, amount.as_str(), again.is_some())),
                _ => None,
            })
            .collect();
        assert_eq!(failed.len(), 4, "{failed:?}");
        assert!(failed.iter().all(|(_, amount, _)| *amount == "$40.00"), "{failed:?}");
        assert_eq!(
            failed.iter().map(|(.., again)| *again).collect::<Vec<_>>(),
            [true, true, true, false],
            "{failed:?}"
        );
        assert!(failed[3].0 - failed[0].0 >= 15, "{failed:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l08_what_credit_paid_for_mails_no_receipt() {
    each_database(|database| async {
        let shop = Shop::open(database, "pro", "month", "1", &[]).await;
        let world = &shop.world;
        world.work_off().await;
        let receipts = || world.mail.all().iter().filter(|mail| matches!(mail.letter, Letter::Receipt { .. })).count();
        let before = receipts();
        world.provider.post(&format!("/v1/customers/{}", shop.customer), &[("balance", "-6000")]).await;
        for (month, days) in [(0, 22), (1, 31)] {
            shop.pass(Millis::days(days)).await;
            deliver(world, &event(&format!("evt_{month}"), "invoice.paid", &shop.customer)).await;
            world.work_inbox().await;
            world.work_off().await;
            // The first month is paid by credit; of the second, eleven dollars are.
            assert_eq!(receipts() - before, month, "{month}");
        }
        let Letter::Receipt { amount, .. } = world.mail.last_to("owner@acme.test") else { panic!() };
        assert_eq!(amount, "$38.00");
    })
    .await;
}
