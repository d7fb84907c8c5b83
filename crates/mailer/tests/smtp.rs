//! Mail by SMTP, to a post office that misbehaves.

#![expect(clippy::unwrap_used, reason = "a test stops at the first thing that is wrong")]

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use domain::Timestamp;
use mailer::{Limits, Sender, Smtp, SmtpServer};
use services::mail::{Envelope, Letter, MailError, Mailer};
use testkit::{Fault, PostOffice, Privacy, Step};
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
