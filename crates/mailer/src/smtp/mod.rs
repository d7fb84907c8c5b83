//! Mail by SMTP (RFC 5321).
//!
//! What must hold:
//! - A mail counts as sent when the server has taken it (its answer to the end of the data),
//!   and not before; what comes after that answer changes nothing.
//! - Every step has its limit. A connection on which one was given up, or refused, is never
//!   used again: what was meant for one mail must not answer another.
//! - A refusal of the mail is for ever (5yz to MAIL, RCPT or DATA); a refusal of us (signing
//!   in, greeting, STARTTLS) is not: that is put right by people, and the mail waits.

mod connection;
mod server;

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use lettre::transport::smtp::client::AsyncSmtpConnection;
use services::mail::{Envelope, MailError, Mailer};

use self::server::Line;
pub use self::server::SmtpServer;
use crate::{Sender, message};

/// How many connections are kept for the next mail.
const IDLE: usize = 8;
/// And for how long: a batch's worth.
const IDLE_FOR: Duration = Duration::from_secs(10);

/// How long each step may take.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Until the server has greeted us, with TLS.
    pub connect: Duration,
    /// One command.
    pub answer: Duration,
    /// The end of the data: servers look through a mail before they take it. Giving up here
    /// means that it may come twice.
    pub accept: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), answer: Duration::from_secs(5), accept: Duration::from_secs(25) }
    }
}

/// A mail server, and the connections to it that are free.
pub struct Smtp {
    line: Line,
    from: Sender,
    limits: Limits,
    idle: Mutex<Vec<(Instant, AsyncSmtpConnection)>>,
}

impl Smtp {
    /// # Errors
    /// When TLS can't be set up for that host.
    pub fn new(server: &SmtpServer, from: Sender, limits: Limits) -> Result<Self, &'static str> {
        Self::trusting(server, from, limits, None)
    }

    /// The same, with one more certificate to trust (PEM), beside those of the web.
    ///
    /// # Errors
    /// When TLS can't be set up for that host, or the certificate is none.
    pub fn trusting(
        server: &SmtpServer,
        from: Sender,
        limits: Limits,
        root: Option<&[u8]>,
    ) -> Result<Self, &'static str> {
        let line = Line::new(server, from.domain(), root)?;
        Ok(Self { line, from, limits, idle: Mutex::default() })
    }

    async fn connection(&self) -> Result<AsyncSmtpConnection, MailError> {
        if let Some(idle) = self.take_idle() {
            if let Some(alive) = connection::still_alive(idle, self.limits).await {
                return Ok(alive);
            }
            // Its neighbours idled as long.
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
        }
        connection::open(&self.line, self.limits).await
    }

    fn take_idle(&self) -> Option<AsyncSmtpConnection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, _)| since.elapsed() < IDLE_FOR);
        idle.pop().map(|(_, connection)| connection)
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|(since, _)| since.elapsed() < IDLE_FOR);
        if idle.len() < IDLE {
            idle.push((Instant::now(), connection));
        }
    }
}

#[async_trait]
impl Mailer for Smtp {
    async fn send(&self, envelope: &Envelope) -> Result<(), MailError> {
        let message = message::write(&self.from, envelope)?;
        let mut connection = self.connection().await?;
        match connection::hand_over(&mut connection, &message, self.limits).await {
            Ok(()) => {
                self.keep(connection);
                Ok(())
            }
            Err(why) => {
                tracing::warn!(row = %envelope.id, letter = envelope.letter.name(), code = why.code, at = why.step, "the mail server did not take it");
                connection::leave(connection);
                Err(why.error)
            }
        }
    }
}
