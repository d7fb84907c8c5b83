//! F14: what no event told is found by comparing, and set right; a healthy product has none of it.

use domain::{CustomerId, Millis, OrgId};
use sea_orm::{ConnectionTrait, DbBackend};
use services::billing::Concern;
use store::BillingCustomer;
use testkit::{World, each_database};

/// An organisation with a plan that is known here as it is there.
async fn subscribed(world: &World, slug: &str, price: &str) -> (OrgId, String) {
    let org = world.organization(slug).await;
    let made = world.provider.post("/v1/customers", &[("name", slug)]).await;
    let customer = made["id"].as_str().unwrap().to_owned();
    let row = BillingCustomer { id: CustomerId::from_trusted(customer.as_str()), livemode: false };
    world.store().insert_billing_customer(org, &row, world.now()).await.unwrap();
    world.provider.subscribe(&customer, price, None).await;
    (org, customer)
}

async fn change(world: &World, org: OrgId, sql: &str) {
    let db = world.oracle.connection();
    let id = match db.get_database_backend() {
        DbBackend::Postgres => format!("'{org}'"),
        _ => format!("X'{}'", org.as_uuid().simple()),
    };
    let changed = db.execute_unprepared(&sql.replace("{org}", &id)).await.unwrap();
    assert_eq!(changed.rows_affected(), 1, "{sql}");
}

/// Where it is written that something was done, and when.
const CHANGING: [&str; 3] = ["audit_entries", "billing_customers", "subscriptions"];

/// Ways to be wrong, each planted five times.
const PLANTED: [&str; 10] = [
    "UPDATE subscriptions SET status = 'canceled' WHERE org_id = {org}",
    "UPDATE subscriptions SET plan = 'enterprise' WHERE org_id = {org}",
    "UPDATE subscriptions SET seats = 7 WHERE org_id = {org}",
    "UPDATE subscriptions SET current_period_end = 1 WHERE org_id = {org}",
    "UPDATE subscriptions SET cancel_at = 1 WHERE org_id = {org}",
    "UPDATE subscriptions SET interval = 'year' WHERE org_id = {org}",
    "DELETE FROM subscriptions WHERE org_id = {org}",
    "DELETE FROM invoices WHERE org_id = {org}",
    "UPDATE invoices SET status = 'open' WHERE org_id = {org}",
    "UPDATE invoices SET paid = 1 WHERE org_id = {org}",
];

#[tokio::test(flavor = "multi_thread")]
async fn f14_fifty_of_fifty_planted_differences_are_found_and_set_right_and_none_on_a_healthy_system() {
    each_database(|database| async {
        let world = World::on(database).await;
        let price = world.provider.price("pro", 4900).await;
        let mut orgs = Vec::new();
        for n in 0..50 {
            orgs.push(subscribed(&world, &format!("org-{n:02}"), &price).await);
        }
        let reconcile = async |repair| world.services().reconcile(None, repair).await.unwrap();
        // Nothing was ever told: all of it is missing, and made right.
        assert_eq!(reconcile(true).await.len(), 50);
        assert!(reconcile(true).await.is_empty(), "healthy");
        let good = crate::tables::dump_but(&world, &CHANGING).await;
        for (n, (org, _)) in orgs.iter().enumerate() {
            change(&world, *org, PLANTED[n % PLANTED.len()]).await;
        }
        // A dry run finds and leaves.
        let planted = crate::tables::dump(&world).await;
        let found = reconcile(false).await;
        assert_eq!(found.len(), 50);
        assert!(found.iter().all(|one| one.drifts.len() == 1 && one.concerns.is_empty() && !one.repaired), "{found:?}");
        assert_eq!(crate::tables::dump(&world).await, planted, "untouched");
        let one = world.services().reconcile(Some("org-07"), false).await.unwrap();
        assert_eq!(one.len(), 1);
        assert!(one[0].drifts[0].to_string().starts_with("invoice in_"), "{}", one[0].drifts[0]);
        assert!(reconcile(true).await.iter().all(|one| one.repaired));
        assert!(reconcile(false).await.is_empty());
        assert_eq!(crate::tables::dump_but(&world, &CHANGING).await, good);
        world.work_off().await;
        world.provider.assert_contract_kept().await;
    })
    .await;
}

/// Once a day for each, whatever the nodes; what waits in the inbox is late and no difference.
#[tokio::test(flavor = "multi_thread")]
async fn f14_every_customer_is_compared_once_a_day() {
    each_database(|database| async {
        let world = World::on(database).await;
        let price = world.provider.price("basic", 1900).await;
        let (org, _) = subscribed(&world, "acme", &price).await;
        assert_eq!(world.services().reconcile_due().await.unwrap(), 0, "not yet");
        world.clock.advance(Millis::hours(25));
        assert_eq!(world.services().reconcile_due().await.unwrap(), 1);
        assert_eq!(world.alerts.take(), ["drift"]);
        assert_eq!(world.store().find_subscription(org).await.unwrap().unwrap().plan, "basic");
        assert_eq!(world.services().reconcile_due().await.unwrap(), 0, "today's is done");
        world.clock.advance(Millis::hours(25));
        assert_eq!(world.services().reconcile_due().await.unwrap(), 1);
        assert_eq!(world.alerts.take(), [""; 0], "healthy");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn f14_what_only_people_can_judge_is_said_and_left() {
    each_database(|database| async {
        let world = World::on(database).await;
        let price = world.provider.price("basic", 1900).await;
        let (_, twice) = subscribed(&world, "twice", &price).await;
        world.provider.subscribe(&twice, &price, None).await;
        let odd = world.provider.price("a-plan-of-somebody-else", 100).await;
        subscribed(&world, "odd", &odd).await;
        let found = world.services().reconcile(None, true).await.unwrap();
        let concerns = |slug: &str| found.iter().find(|one| one.slug == slug).unwrap().concerns.clone();
        assert_eq!(concerns("twice"), [Concern::SubscribedTwice]);
        assert_eq!(concerns("odd"), [Concern::UnknownPlan]);
        world.provider.fail("GET /v1/subscriptions", serde_json::json!({"kind": "status", "value": 500})).await;
        let found = world.services().reconcile(Some("odd"), true).await.unwrap();
        assert_eq!(found[0].concerns, [Concern::Unanswered]);
        assert!(world.services().reconcile(Some("nobody"), true).await.is_err());
    })
    .await;
}

async fn known(world: &World, slug: &str, customer: &str, livemode: bool) -> OrgId {
    let org = world.organization(slug).await;
    let row = BillingCustomer { id: CustomerId::from_trusted(customer), livemode };
    world.store().insert_billing_customer(org, &row, world.now()).await.unwrap();
    org
}

/// Who can't be compared is asked about again in an hour, and keeps nobody else waiting for it.
#[tokio::test(flavor = "multi_thread")]
async fn f14_those_that_cannot_be_compared_starve_nobody() {
    each_database(|database| async {
        let world = World::on(database).await;
        // Of fifty an event waits, and fifty are of the other mode.
        for n in 0..50 {
            let waiting = format!("cus_waiting{n:02}");
            known(&world, &format!("waiting-{n:02}"), &waiting, false).await;
            known(&world, &format!("live-{n:02}"), &format!("cus_live{n:02}"), true).await;
            crate::webhooks::deliver(&world, &crate::webhooks::event(&format!("evt_{n}"), "invoice.paid", &waiting))
                .await;
        }
        world.clock.advance(Millis::seconds(1));
        let price = world.provider.price("basic", 1900).await;
        let (torn, _) = subscribed(&world, "torn", &price).await;
        let (acme, _) = subscribed(&world, "acme", &price).await;
        world.services().reconcile(Some("torn"), true).await.unwrap();
        change(&world, torn, "UPDATE subscriptions SET status = 'bogus' WHERE org_id = {org}").await;
        world.clock.advance(Millis::hours(25));
        // In one turn: a node comes round more customers in a day than it lists at once.
        let looked = world.services().reconcile_due().await.unwrap();
        assert_eq!(looked, 52, "each once; those of the other mode never");
        assert_eq!(world.store().find_subscription(acme).await.unwrap().unwrap().plan, "basic");
        // Again in an hour: those that were not compared.
        world.clock.advance(Millis::minutes(61));
        assert_eq!(world.services().reconcile_due().await.unwrap(), 51);
        // An operator who asks is told of each.
        let found = world.services().reconcile(None, false).await.unwrap();
        let concerns = |slug: &str| found.iter().find(|one| one.slug == slug).map(|one| one.concerns.clone());
        assert_eq!(concerns("torn"), Some(vec![Concern::Unreadable]));
        assert_eq!((concerns("live-07"), concerns("acme")), (Some(vec![Concern::OtherMode]), None));
    })
    .await;
}

/// What was not written is not called set right.
#[tokio::test(flavor = "multi_thread")]
async fn f14_what_could_not_be_set_right_is_not_said_to_be() {
    each_database(|database| async {
        let world = World::on(database).await;
        let price = world.provider.price("basic", 1900).await;
        let (acme, _) = subscribed(&world, "acme", &price).await;
        let (globex, _) = subscribed(&world, "globex", &price).await;
        world.services().reconcile(None, true).await.unwrap();
        // Somebody else's row has its subscription.
        let id = world.store().find_subscription(acme).await.unwrap().unwrap().id;
        change(&world, acme, "DELETE FROM subscriptions WHERE org_id = {org}").await;
        let taken =
            format!("UPDATE subscriptions SET stripe_subscription_id = '{}' WHERE org_id = {{org}}", id.as_str());
        change(&world, globex, &taken).await;
        let found = world.services().reconcile(Some("acme"), true).await.unwrap();
        assert!(found[0].drifts.len() == 1 && !found[0].repaired, "{found:?}");
        // Theirs is set right, and then ours can be.
        assert!(world.services().reconcile(Some("globex"), true).await.unwrap()[0].repaired);
        world.clock.advance(Millis::hours(1));
        assert!(world.services().reconcile(Some("acme"), true).await.unwrap()[0].repaired);
        assert!(world.services().reconcile(None, true).await.unwrap().is_empty());
    })
    .await;
}
