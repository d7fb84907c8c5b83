//! Alerts by mail, to whoever runs the product (W-07): each kind once an hour at most, however many nodes
//! raise it how often. The log and the counter have every one.

use domain::accounts::Email;
use tokio::sync::mpsc;

use super::Letter;
use crate::{Alert, Services, alert::Alerts, alert::LogAndCount};

/// What may wait to be written; more at once than that is one mail all the same.
const ROOM: usize = 64;
const HOUR: i64 = 3_600_000;

/// Logged, counted, and told on.
pub struct MailedAlerts(mpsc::Sender<&'static str>);

/// Kinds of alerts that were raised.
pub struct Raised(mpsc::Receiver<&'static str>);

impl MailedAlerts {
    pub fn new() -> (Self, Raised) {
        let (told, raised) = mpsc::channel(ROOM);
        (Self(told), Raised(raised))
    }
}

impl Alerts for MailedAlerts {
    fn raise(&self, alert: &Alert<'_>) {
        LogAndCount.raise(alert);
        // Full: the same kinds wait already.
        let _ = self.0.try_send(alert.kind());
    }
}

impl Services {
    /// Writes a letter for each kind and hour; ends with the process.
    pub async fn mail_operators(self, to: Vec<Email>, mut raised: Raised) {
        while let Some(kind) = raised.0.recv().await {
            let now = self.now();
            let words = Alert::KINDS.iter().find(|(known, _)| *known == kind).map_or("", |(_, words)| words);
            let rows: Vec<_> = to
                .iter()
                .map(|to| {
                    let letter = Letter::OperatorAlert { kind: kind.to_owned(), what: words.to_owned(), at: now };
                    self.letter_row(
                        to.as_str(),
                        letter,
                        &format!("alert:{kind}:{}:{}", now.as_millis() / HOUR, to.as_str()),
                    )
                })
                .collect();
            if let Err(error) = self.store().insert_outbox(&rows, now).await {
                tracing::error!(%error, kind, "an alert could not be written for the operators");
            }
        }
    }
}
