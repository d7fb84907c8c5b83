//! From the outbox to the post office: nothing is lost, and what is sent twice can be told by
//! its `Message-ID`. On SQLite and on PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is wrong")]

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::Millis;
use mailer::{Limits, Sender, Smtp, SmtpServer};
use services::{Services, mail::Letter};
use testkit::{Database, Fault, PostOffice, Privacy, Step, World, each_database};

/// For those who wait for nothing: a busy machine is no fault.
const PATIENT: Limits =
    Limits { connect: Duration::from_secs(10), answer: Duration::from_secs(10), accept: Duration::from_secs(10) };

fn smtp(office: &PostOffice, url: &str, limits: Limits) -> Smtp {
    let from = Sender::parse("Portico <no-reply@app.example.com>").unwrap();
    let server = SmtpServer::parse(url).unwrap();
    Smtp::trusting(&server, from, limits, office.root.as_ref().map(String::as_bytes)).unwrap()
}

fn letter() -> Letter {
    Letter::ResetPassword { name: "Ann".into(), link: "https://app.example.com/reset?token=abc".into() }
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        tokio::task::yield_now().await;
    }
}

fn outbox_rows(services: &Services, count: usize) -> Vec<store::NewOutboxRow> {
    (0..count).map(|n| services.letter_row(&format!("p{n}@acme.test"), letter(), &n.to_string())).collect()
}

async fn world_with(database: Database, office: &PostOffice, limits: Limits) -> World {
    World::with_mailer(database, Arc::new(smtp(office, &office.url(""), limits))).await
}

fn message_ids(office: &PostOffice) -> Vec<String> {
    office.received().iter().map(|mail| mail.header("Message-ID").unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn x02_smtp_down_for_an_hour_loses_nothing_and_sends_nothing_twice() {
    each_database(|database| async {
        let office = PostOffice::start(Privacy::Plain).await;
        let world = world_with(database, &office, PATIENT).await;
        world.store().insert_outbox(&outbox_rows(world.services(), 20), world.now()).await.unwrap();
        office.fail(Step::Connect, Fault::Say("421 closed"), usize::MAX);
        for _ in 0..120 {
            world.work_off().await;
            world.clock.advance(Millis::seconds(30));
        }
        let tries = office.conversations();
        assert!((20..=20 * 14).contains(&tries), "less and less often: {tries}");
        assert_eq!(world.store().outbox_backlog().await.unwrap().0, 20);
        office.heal();
        world.clock.advance(Millis::minutes(15));
        world.work_off().await;
        world.clock.advance(Millis::hours(1));
        world.work_off().await;
        let ids = message_ids(&office);
        assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (20, 20));
        let to: BTreeSet<_> = office.received().into_iter().flat_map(|mail| mail.to).collect();
        assert_eq!(to.len(), 20);
        assert_eq!(world.store().outbox_backlog().await.unwrap().0, 0);
        assert_eq!(world.store().count_parked_outbox().await.unwrap(), 0);
        assert_eq!(world.alerts.take(), [] as [&str; 0]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn x02_what_is_refused_for_good_is_parked_and_told() {
    each_database(|database| async {
        let office = PostOffice::start(Privacy::Plain).await;
        let world = world_with(database, &office, PATIENT).await;
        world.store().insert_outbox(&outbox_rows(world.services(), 3), world.now()).await.unwrap();
        office.fail(Step::Rcpt, Fault::Say("550 no such mailbox"), 1);
        world.work_off().await;
        assert_eq!(world.alerts.take(), ["outbox_parked"]);
        assert_eq!(world.store().count_parked_outbox().await.unwrap(), 1);
        assert_eq!((office.received().len(), world.store().outbox_backlog().await.unwrap().0), (2, 0));
        world.clock.advance(Millis::days(8));
        world.work_off().await;
        world.services().sweep_outbox().await.unwrap();
        assert_eq!(office.received().len(), 2, "not tried again");
        assert_eq!(world.store().count_parked_outbox().await.unwrap(), 1, "and still there to be looked at");
    })
    .await;
}

/// The worker dies between the server's having the mail and our writing that down.
#[tokio::test(flavor = "multi_thread")]
async fn x02_a_worker_that_dies_while_it_sends_leaves_the_same_mail_to_the_next() {
    each_database(|database| async move {
        for (step, times) in [(Step::Taken, 2), (Step::End, 1)] {
            let database =
                if database.kind == "SQLite" { Database::sqlite().await } else { Database::postgres().await };
            let office = PostOffice::start(Privacy::Plain).await;
            let world = world_with(database, &office, PATIENT).await;
            let other = world.another_node().await;
            world.store().insert_outbox(&outbox_rows(world.services(), 1), world.now()).await.unwrap();
            office.fail(step, Fault::Hang, 1);
            let services = world.services().clone();
            let worker = tokio::spawn(async move { services.work_off_outbox().await });
            until("the mail is there", async || office.is_spent(step)).await;
            worker.abort();
            assert!(worker.await.unwrap_err().is_cancelled());
            assert_eq!(other.services.work_off_outbox().await.unwrap(), 0, "its lease still holds");
            world.clock.advance(Millis::minutes(2));
            assert_eq!(other.services.work_off_outbox().await.unwrap(), 1);
            world.clock.advance(Millis::hours(2));
            assert_eq!(world.services().work_off_outbox().await.unwrap(), 0);
            let received = office.received();
            assert_eq!(received.len(), times, "{step:?}");
            assert!(received.iter().all(|mail| mail.data == received[0].data), "the same to the byte");
            assert_eq!(message_ids(&office).iter().collect::<BTreeSet<_>>().len(), 1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn x02_two_nodes_with_two_workers_each_send_each_mail_once() {
    each_database(|database| async {
        let office = PostOffice::start(Privacy::Plain).await;
        let world = world_with(database, &office, PATIENT).await;
        let other = world.another_node().await;
        let pace = jobs::Pace { poll: Duration::from_millis(20), ..jobs::Pace::default() };
        let (tell, told) = tokio::sync::watch::channel(false);
        let workers: Vec<_> = [world.services(), world.services(), &other.services, &other.services]
            .map(|services| {
                let mut told = told.clone();
                let stop = async move { drop(told.wait_for(|told| *told).await) };
                tokio::spawn(jobs::run(services.clone(), pace, stop))
            })
            .into_iter()
            .collect();
        world.store().insert_outbox(&outbox_rows(world.services(), 60), world.now()).await.unwrap();
        until("all of them", async || world.store().outbox_backlog().await.unwrap().0 == 0).await;
        tell.send(true).unwrap();
        for worker in workers {
            assert!(worker.await.unwrap(), "stopped with nothing in hand");
        }
        let ids = message_ids(&office);
        assert_eq!((ids.len(), ids.iter().collect::<BTreeSet<_>>().len()), (60, 60));
    })
    .await;
}
