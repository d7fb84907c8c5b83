//! Mail in a real process.

use services::mail::Letter;
use testkit::{Database, Fault, PostOffice, Privacy, Step, World};

use crate::{
    process::{Process, SECRET_KEYS},
    until::until,
};

/// S02: in a real process that logs at trace, neither a link nor a password of ours is in the log.
#[tokio::test(flavor = "multi_thread")]
async fn s02_no_link_and_no_password_is_in_the_log() {
    let world = World::with_settings(Database::sqlite().await, &[("PORTICO_SECRET_KEYS", SECRET_KEYS)]).await;
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
        ..world.services().letter_row("x@acme.test", letter("X"), "broken")
    };
    world.store().insert_outbox(&[broken], world.now()).await.unwrap();
    office.fail(Step::SignIn, Fault::Say("535 canary7F3reply"), 1);
    office.fail(Step::Rcpt, Fault::Say("550 canary7F3reply"), 1);
    office.fail(Step::End, Fault::Say("451 canary7F3reply"), 1);
    let smtp = office.url("ann:canary7F3password@");
    let settings = [("PORTICO_SMTP_URL", smtp.as_str()), ("PORTICO_LOG", "trace")];
    let mut portico = Process::run(&world, &["worker"], &settings).await;
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
    assert!(
        log.contains("mail sent") && log.contains("\"alert\":\"outbox_parked\"") && log.contains("\"level\":\"DEBUG\""),
        "{log}"
    );
    // The password as it travels, too.
    for secret in ["canary7F3", "Canary7F3", "canary7f3", "AGFubgBjYW5hcnk3RjNwYXNzd29yZA"] {
        assert!(!log.contains(secret), "{secret}: {log}");
        assert!(!metrics.contains(secret), "{secret}");
    }
}
