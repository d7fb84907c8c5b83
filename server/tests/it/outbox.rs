//! The outbox: one row for one intent, one effect, nothing lost.

use domain::Millis;
use services::mail::Letter;
use testkit::{World, each_database};

fn letter(name: &str) -> Letter {
    Letter::DeletionCancelled { name: name.to_owned() }
}

#[tokio::test]
async fn x02_a_letter_is_sent_once_by_any_number_of_workers() {
    each_database(|database| async {
        let world = World::on(database).await;
        let other = world.another_node().await;
        let rows: Vec<_> =
            (0..40).map(|n| world.services().letter_row("a@acme.test", letter("A"), &n.to_string())).collect();
        world.store().insert_outbox(&rows, world.now()).await.unwrap();
        // The same intents once more, by other rows.
        let again: Vec<_> =
            (0..40).map(|n| world.services().letter_row("a@acme.test", letter("B"), &n.to_string())).collect();
        world.store().insert_outbox(&again, world.now()).await.unwrap();
        let work = |services: services::Services| {
            tokio::spawn(async move { while services.work_off_outbox().await.unwrap() > 0 {} })
        };
        for worker in [world.services(), &other.services, world.services(), &other.services].map(|s| work(s.clone())) {
            worker.await.unwrap();
        }
        let sent = world.mail.all();
        assert_eq!(sent.len(), 40);
        assert!(sent.iter().all(|envelope| envelope.letter == letter("A")), "the first one counts");
        assert_eq!(world.store().outbox_backlog().await.unwrap().0, 0);
    })
    .await;
}

#[tokio::test]
async fn a_closed_post_office_loses_nothing_and_gets_nothing_twice() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.mail.close(true);
        let row = world.services().letter_row("a@acme.test", letter("A"), "one");
        world.store().insert_outbox(&[row], world.now()).await.unwrap();
        for _ in 0..120 {
            world.work_off().await;
            world.clock.advance(Millis::seconds(30));
        }
        assert!(world.mail.all().is_empty());
        world.mail.close(false);
        world.clock.advance(Millis::minutes(15));
        world.work_off().await;
        world.work_off().await;
        assert_eq!(world.mail.to("a@acme.test"), [letter("A")]);
    })
    .await;
}
