//! Background work: when it happens, and how it ends.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::Millis;
use jobs::Pace;
use services::{
    Services,
    mail::{Envelope, Letter, MailError, Mailer},
};
use testkit::{Database, World, each_database};
use tokio::{
    sync::{Semaphore, watch},
    task::JoinHandle,
};

use crate::{
    process::{Process, SECRET_KEYS},
    until::until,
};

/// Notes whose mail was begun, and finishes each when it is let through.
struct Gate {
    begun: Mutex<Vec<String>>,
    open: Semaphore,
}

impl Gate {
    fn closed() -> Arc<Self> {
        Arc::new(Self { begun: Mutex::default(), open: Semaphore::new(0) })
    }

    fn begun(&self) -> Vec<String> {
        self.begun.lock().unwrap().clone()
    }
}

#[async_trait::async_trait]
impl Mailer for Gate {
    async fn send(&self, envelope: &Envelope) -> Result<(), MailError> {
        self.begun.lock().unwrap().push(envelope.to.clone());
        assert!(!envelope.to.starts_with("broken"), "a fault of ours");
        if envelope.to.starts_with("slow") {
            self.open.acquire().await.unwrap().forget();
        }
        Ok(())
    }
}

/// A worker, and the word that stops it.
struct Working(watch::Sender<bool>, JoinHandle<bool>);

impl Working {
    fn on(services: &Services, pace: Pace) -> Self {
        let (tell, mut told) = watch::channel(false);
        let stop = async move { drop(told.wait_for(|told| *told).await) };
        Self(tell, tokio::spawn(jobs::run(services.clone(), pace, stop)))
    }

    /// Whether everything in hand was finished.
    async fn stop(self) -> bool {
        self.0.send(true).unwrap();
        self.1.await.unwrap()
    }
}

async fn write(world: &World, to: &str) {
    let row = world.services().letter_row(to, Letter::DeletionCancelled { name: "A".into() }, to);
    world.store().insert_outbox(&[row], world.now()).await.unwrap();
}

/// So long that only being woken explains what is done.
const ASLEEP: Pace = Pace { poll: Duration::from_secs(3600), at_once: 8, patience: Duration::from_secs(10) };
const AWAKE: Pace = Pace { poll: Duration::from_millis(20), ..ASLEEP };

#[tokio::test(flavor = "multi_thread")]
async fn what_this_node_writes_is_done_at_once_and_what_others_write_soon() {
    each_database(|database| async {
        let world = World::on(database).await;
        let other = world.another_node().await;
        let working = Working::on(world.services(), ASLEEP);
        for n in 0..3 {
            let to = format!("a{n}@acme.test");
            write(&world, &to).await;
            until("woken", async || !world.mail.to(&to).is_empty()).await;
        }
        let row = other.services.letter_row("b@acme.test", Letter::AccountDeleted { name: "B".into() }, "b");
        other.services.store().insert_outbox(&[row], world.now()).await.unwrap();
        assert!(working.stop().await);
        let polling = Working::on(world.services(), AWAKE);
        until("seen", async || !world.mail.to("b@acme.test").is_empty()).await;
        assert!(polling.stop().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn x02_one_that_hangs_holds_up_its_own_place_only() {
    let gate = Gate::closed();
    let world = World::with_mailer(Database::sqlite().await, Arc::clone(&gate) as Arc<dyn Mailer>).await;
    let working = Working::on(world.services(), Pace { at_once: 2, ..AWAKE });
    write(&world, "slow@acme.test").await;
    until("it hangs", async || gate.begun().len() == 1).await;
    for n in 0..10 {
        write(&world, &format!("quick{n}@acme.test")).await;
    }
    until("the others", async || world.store().outbox_backlog().await.unwrap().0 == 1).await;
    gate.open.add_permits(1);
    until("and it", async || world.store().outbox_backlog().await.unwrap().0 == 0).await;
    assert!(working.stop().await);
    assert_eq!(gate.begun().len(), 11, "each once");
}

/// A poisonous row is a failure like another: less and less often, then parked. The worker lives.
#[tokio::test(flavor = "multi_thread")]
async fn x02_one_that_panics_is_put_off_and_parked_in_the_end() {
    each_database(|database| async {
        let gate = Gate::closed();
        let world = World::with_mailer(database, Arc::clone(&gate) as Arc<dyn Mailer>).await;
        let working = Working::on(world.services(), AWAKE);
        write(&world, "broken@acme.test").await;
        until("it broke", async || gate.begun().len() == 1).await;
        write(&world, "quick@acme.test").await;
        until("the next is done", async || world.store().outbox_backlog().await.unwrap().0 == 1).await;
        until("noted", async || crate::tables::content(&world, "outbox").await.contains("it panicked")).await;
        // Due again: not by a lease that has run out, but by its pause.
        world.clock.advance(Millis::seconds(5));
        until("again", async || gate.begun().len() == 3).await;
        world.clock.advance(Millis::days(3));
        until("parked", async || world.store().count_parked_outbox().await.unwrap() == 1).await;
        // The row first, then the word about it.
        let mut alerts = Vec::new();
        until("alerted", async || {
            alerts.extend(world.alerts.take());
            !alerts.is_empty()
        })
        .await;
        assert_eq!(alerts, ["outbox_parked"]);
        assert!(working.stop().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn x01_told_to_stop_it_finishes_what_is_in_hand_and_takes_nothing_new() {
    each_database(|database| async {
        let gate = Gate::closed();
        let world = World::with_mailer(database, Arc::clone(&gate) as Arc<dyn Mailer>).await;
        let working = Working::on(world.services(), Pace { at_once: 2, ..AWAKE });
        write(&world, "slow@acme.test").await;
        until("in hand", async || gate.begun().len() == 1).await;
        working.0.send(true).unwrap();
        write(&world, "late@acme.test").await;
        gate.open.add_permits(1);
        assert!(working.1.await.unwrap(), "finished in time");
        let late = gate.begun().iter().filter(|to| to.starts_with("late")).count();
        let (waiting, _) = world.store().outbox_backlog().await.unwrap();
        assert_eq!(late as u64 + waiting, 1, "begun and finished, or left for the next");
        assert_eq!(gate.begun()[0], "slow@acme.test");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn x01_what_could_not_be_finished_is_done_by_the_next_when_its_lease_is_over() {
    each_database(|database| async {
        let gate = Gate::closed();
        let world = World::with_mailer(database, Arc::clone(&gate) as Arc<dyn Mailer>).await;
        let impatient = Pace { patience: Duration::from_millis(50), ..AWAKE };
        let working = Working::on(world.services(), impatient);
        write(&world, "slow@acme.test").await;
        until("in hand", async || gate.begun().len() == 1).await;
        assert!(!working.stop().await, "given up");
        assert_eq!(world.store().outbox_backlog().await.unwrap().0, 1);
        gate.open.add_permits(1);
        let next = Working::on(world.services(), AWAKE);
        world.clock.advance(Millis::minutes(2));
        until("done by the next", async || world.store().outbox_backlog().await.unwrap().0 == 0).await;
        assert!(next.stop().await);
        assert_eq!(gate.begun().len(), 2);
    })
    .await;
}

/// A worker that was overtaken has no say: what it writes afterwards changes nothing.
#[tokio::test]
async fn x02_a_worker_that_was_overtaken_changes_nothing() {
    each_database(|database| async {
        let world = World::on(database).await;
        write(&world, "a@acme.test").await;
        let first = world.services().take_outbox(8).await.unwrap().remove(0);
        world.clock.advance(Millis::minutes(2));
        let second = world.services().take_outbox(8).await.unwrap().remove(0);
        assert_eq!(first.id, second.id);
        let store = world.store();
        let later = world.now() + Millis::days(1);
        assert!(!store.finish_outbox(&first, world.now()).await.unwrap());
        assert!(!store.park_outbox(&first, "no", world.now()).await.unwrap());
        assert!(!store.retry_outbox(&first, "no", later).await.unwrap());
        assert!(store.finish_outbox(&second, world.now()).await.unwrap());
        assert!(!store.park_outbox(&second, "no", world.now()).await.unwrap(), "done is done");
        assert_eq!((store.outbox_backlog().await.unwrap().0, store.count_parked_outbox().await.unwrap()), (0, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_run_out_is_swept_by_the_clock() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        world.signed_in("owner@acme.test").await;
        let store = world.store();
        store.insert_flash("gone", "{}", world.now()).await.unwrap();
        store.insert_flash("dead", "{}", world.now() + Millis::minutes(1)).await.unwrap();
        store.count_attempt("somebody", world.now()).await.unwrap();
        write(&world, "a@acme.test").await;
        world.work_off().await;
        let count = async |table: &str| {
            use sea_orm::{ConnectionTrait, Statement};
            let db = store.connection();
            let statement = Statement::from_string(db.get_database_backend(), format!("SELECT * FROM {table}"));
            db.query_all_raw(statement).await.unwrap().len()
        };
        let tables = ["flashes", "throttle_counters", "outbox", "sessions"];
        let working = Working::on(world.services(), ASLEEP);
        until("what is over is gone", async || count("flashes").await == 1).await;
        for table in tables {
            assert!(count(table).await >= 1, "{table} is not swept before its time");
        }
        assert!(working.stop().await);
        world.clock.advance(Millis::days(31));
        let working = Working::on(world.services(), ASLEEP);
        for table in tables {
            until(table, async || count(table).await == 0).await;
        }
        assert!(working.stop().await);
    })
    .await;
}

/// `serve` works unless it is told not to; `worker` does nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn serve_and_worker_send_and_serve_without_a_worker_does_not() {
    let office = testkit::PostOffice::start(testkit::Privacy::Plain).await;
    let world = World::with_settings(Database::postgres().await, &[("PORTICO_SECRET_KEYS", SECRET_KEYS)]).await;
    let url = office.url("");
    let settings = [("PORTICO_SMTP_URL", url.as_str()), ("PORTICO_MAIL_FROM", "Acme <hello@acme.test>")];
    let mut silent = Process::run(&world, &["serve", "--no-worker"], &settings).await;
    for (n, command) in [&["serve"][..], &["worker"]].into_iter().enumerate() {
        write(&world, &format!("p{n}@acme.test")).await;
        let mut working = Process::run(&world, command, &settings).await;
        until("sent", async || office.received().len() == n + 1).await;
        assert_eq!(office.received()[n].from, "hello@acme.test");
        working.terminate();
        until("it stops", async || working.is_gone()).await;
        assert!(!working.log().contains("without waiting longer"), "{}", working.log());
    }
    assert!(!silent.log().contains("mail sent"));
    silent.terminate();
    until("it stops", async || silent.is_gone()).await;
}
