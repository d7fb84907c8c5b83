//! Mail by SMTP, to a post office that misbehaves: nothing is lost, and what is sent twice
//! can be told by its `Message-ID`.

use std::{
    collections::BTreeSet,
    sync::Arc,
    time::{Duration, Instant},
};

use domain::{Millis, Timestamp};
use mailer::{Limits, Sender, Smtp, SmtpServer};
use services::{
    Services,
    mail::{Envelope, Letter, MailError, Mailer},
};
use testkit::{Database, Fault, PostOffice, Privacy, Step, World, each_database};
use uuid::Uuid;

/// Nobody waits long in a test.
const SHORT: Limits =
    Limits { connect: Duration::from_secs(2), answer: Duration::from_millis(700), accept: Duration::from_millis(700) };
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

fn envelope(n: u128) -> Envelope {
    let at = Timestamp::from_millis(1_700_000_000_000);
    Envelope { id: Uuid::from_u128(n), at, to: "ann@acme.test".into(), letter: letter() }
}

fn is_later(sent: &Result<(), MailError>) -> bool {
    matches!(sent, Err(MailError::NotNow(_)))
}

async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_mail_arrives_over_tls_by_starttls_and_on_this_machine() {
    for (privacy, tls) in [(Privacy::Plain, ""), (Privacy::Wrapped, ""), (Privacy::StartTls, "?tls=required")] {
        let office = PostOffice::start(privacy).await;
        let smtp = smtp(&office, &format!("{}{tls}", office.url("ann:p%40ss@")), PATIENT);
        smtp.send(&envelope(1)).await.unwrap();
        let received = office.received();
        assert_eq!(received.len(), 1, "{privacy:?}");
        let mail = &received[0];
        assert_eq!(mail.private, privacy != Privacy::Plain, "{privacy:?}");
        // RFC 4616: nothing, the user, the password.
        assert_eq!(mail.signed_in.as_deref(), Some("AGFubgBwQHNz"), "{privacy:?}");
        assert_eq!((mail.from.as_str(), &mail.to), ("no-reply@app.example.com", &vec!["ann@acme.test".to_owned()]));
        assert_eq!(mail.header("Message-ID"), Some("<00000000-0000-0000-0000-000000000001@app.example.com>"));
        assert_eq!(mail.header("Date"), Some("Tue, 14 Nov 2023 22:13:20 +0000"));
        assert_eq!(mail.header("Auto-Submitted"), Some("auto-generated"));
        assert_eq!(mail.header("Subject"), Some("Choose a new password"));
        assert_eq!(mail.header("To"), Some("ann@acme.test"));
    }
}

/// Neither a mail nor a password goes out where somebody may listen.
#[tokio::test]
async fn without_tls_that_can_be_trusted_nothing_is_said() {
    let plain = PostOffice::start(Privacy::Plain).await;
    let wants_tls = smtp(&plain, &format!("{}?tls=required", plain.url("ann:pass@")), PATIENT);
    assert!(is_later(&wants_tls.send(&envelope(1)).await), "STARTTLS is not offered");
    assert!(plain.received().is_empty() && plain.conversations() == 1);
    for (privacy, tls) in [(Privacy::Wrapped, ""), (Privacy::StartTls, "?tls=required")] {
        let office = PostOffice::start(privacy).await;
        let server = SmtpServer::parse(&format!("{}{tls}", office.url("ann:pass@"))).unwrap();
        // Its certificate is nobody's that the web trusts.
        let stranger = Smtp::new(&server, Sender::parse("a@app.example.com").unwrap(), PATIENT).unwrap();
        assert!(is_later(&stranger.send(&envelope(1)).await), "{privacy:?}");
        assert!(office.received().is_empty(), "{privacy:?}");
    }
    let nobody = SmtpServer::parse("smtp://127.0.0.1:9").unwrap();
    let nobody = Smtp::new(&nobody, Sender::parse("a@app.example.com").unwrap(), PATIENT).unwrap();
    assert!(is_later(&nobody.send(&envelope(1)).await), "nobody listens there");
}

/// RFC 5321 section 4.2.1: 4yz is for now, 5yz is for good, if it is about the mail.
#[tokio::test]
async fn a_refusal_means_what_it_says_at_every_step() {
    use Step::{Connect, Data, End, Hello, Mail, Rcpt, SignIn};
    let office = PostOffice::start(Privacy::Plain).await;
    let mut n = 0;
    for (steps, reply, never) in [
        (&[Connect, Hello, SignIn, Mail, Rcpt, Data, End][..], "451 busy", false),
        (&[Connect, Hello, SignIn, Mail, Rcpt, Data, End], "421 closing", false),
        (&[Mail, Rcpt, Data, End], "550 no", true),
        (&[Mail, Rcpt, Data, End], "552 full", true),
        (&[Connect, Hello, SignIn], "554 no", false),
        (&[SignIn], "535 wrong password", false),
        (&[Mail, Rcpt], "530 sign in first", false),
        // Not an answer to that question.
        (&[Mail, Rcpt, End], "354 go on", false),
        (&[Data], "250 yes", false),
        (&[Connect, Mail, End], "nonsense", false),
    ] {
        for step in steps {
            let smtp = smtp(&office, &office.url("ann:pass@"), PATIENT);
            office.fail(*step, Fault::Say(reply), 1);
            n += 1;
            let sent = smtp.send(&envelope(n)).await;
            assert_eq!(matches!(sent, Err(MailError::Never(_))), never, "{step:?} {reply}: {sent:?}");
            assert!(sent.is_err(), "{step:?} {reply}");
            let before = office.received().len();
            office.heal();
            smtp.send(&envelope(n)).await.unwrap();
            assert_eq!(office.received().len(), before + 1, "well again after {step:?} {reply}");
        }
    }
}

/// A server that hangs, or hangs up, costs one attempt and a bounded time, wherever it does.
/// What it says too late is not taken for the answer to the next mail.
#[tokio::test]
async fn a_silent_or_broken_connection_costs_one_attempt() {
    use Step::{Body, Connect, Data, End, Hello, Mail, Rcpt, SignIn, Taken};
    let office = PostOffice::start(Privacy::Plain).await;
    let smtp = smtp(&office, &office.url("ann:pass@"), SHORT);
    let mut n = 0;
    for fault in [Fault::Hang, Fault::HangUp] {
        for step in [Connect, Hello, SignIn, Mail, Rcpt, Data, Body, End, Taken] {
            n += 1;
            // Also where a connection is there already.
            office.fail(step, fault, 1);
            let fresh = self::smtp(&office, &office.url("ann:pass@"), SHORT);
            let begun = Instant::now();
            let sent = fresh.send(&envelope(n)).await;
            assert!(is_later(&sent), "{step:?} {fault:?}: {sent:?}");
            assert!(begun.elapsed() < Duration::from_secs(6), "{step:?} {fault:?}: {:?}", begun.elapsed());
            office.heal();
            fresh.send(&envelope(n)).await.unwrap();
            smtp.send(&envelope(1000 + n)).await.unwrap();
        }
    }
    let ids: Vec<_> = office.received().iter().map(|mail| mail.header("Message-ID").unwrap().to_owned()).collect();
    let different: BTreeSet<_> = ids.iter().collect();
    assert_eq!(different.len(), 2 * 18, "each arrived");
    assert_eq!(ids.len(), 2 * 18 + 2, "and twice only what was taken without an answer");
}

#[tokio::test]
async fn one_connection_serves_a_batch_and_a_dead_one_is_noticed() {
    let office = PostOffice::start(Privacy::Plain).await;
    let smtp = smtp(&office, &office.url(""), PATIENT);
    for n in 0..5 {
        smtp.send(&envelope(n)).await.unwrap();
    }
    assert_eq!((office.received().len(), office.conversations()), (5, 1));
    // Hung up while it idled: the next word is not answered.
    office.fail(Step::Mail, Fault::HangUp, 1);
    assert!(is_later(&smtp.send(&envelope(6)).await));
    smtp.send(&envelope(6)).await.unwrap();
    assert_eq!((office.received().len(), office.conversations()), (6, 2));
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
        assert!(world.alerts.take().is_empty());
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

/// S02: in a real process that logs at trace, neither a link nor a password of ours is in the log.
#[tokio::test(flavor = "multi_thread")]
async fn s02_no_link_and_no_password_is_in_the_log() {
    let world = World::on(Database::sqlite().await).await;
    let office = PostOffice::start(Privacy::Plain).await;
    let link = "https://app.example.com/reset?token=canary7F3token";
    let letter = |name: &str| Letter::ResetPassword { name: name.to_owned(), link: link.to_owned() };
    for n in 0..4 {
        let row =
            world.services().letter_row(&format!("canary7f3{n}@acme.test"), letter("Canary7F3name"), &n.to_string());
        world.store().insert_outbox(&[row], world.now()).await.unwrap();
    }
    let broken = store::NewOutboxRow {
        key: "broken".into(),
        payload: "canary7F3payload".into(),
        ..outbox_rows(world.services(), 1).remove(0)
    };
    world.store().insert_outbox(&[broken], world.now()).await.unwrap();
    office.fail(Step::SignIn, Fault::Say("535 canary7F3reply"), 1);
    office.fail(Step::Rcpt, Fault::Say("550 canary7F3reply"), 1);
    office.fail(Step::End, Fault::Say("451 canary7F3reply"), 1);
    let smtp = office.url("ann:canary7F3password@");
    let settings = [("PORTICO_SMTP_URL", smtp.as_str()), ("PORTICO_LOG", "trace")];
    let mut portico = crate::process::Process::run(&world, &["worker"], &settings).await;
    // Two are parked: the refused one and the unreadable one.
    until("everything had its turn", async || {
        let (waiting, _) = world.store().outbox_backlog().await.unwrap();
        let parked = world.store().count_parked_outbox().await.unwrap();
        waiting == 0 && parked == 2
    })
    .await;
    let metrics = reqwest::get(format!("http://{}/metrics", portico.metrics)).await.unwrap().text().await.unwrap();
    assert!(metrics.contains("portico_alerts_total{kind=\"outbox_parked\"} 2"), "{metrics}");
    for name in ["portico_outbox_waiting", "portico_outbox_oldest_age_seconds", "portico_outbox_parked"] {
        assert!(metrics.contains(&format!("\n{name} ")), "{name}: {metrics}");
    }
    portico.terminate();
    until("it stops", async || portico.is_gone()).await;
    let log = portico.log();
    assert!(log.contains("mail sent") && log.contains("\"alert\":\"outbox_parked\"") && log.contains("TRACE"), "{log}");
    // The password as it travels, too.
    for secret in ["canary7F3", "Canary7F3", "canary7f3", "AGFubgBjYW5hcnk3RjNwYXNzd29yZA"] {
        assert!(!log.contains(secret), "{secret}: {log}");
        assert!(!metrics.contains(secret), "{secret}");
    }
}
