//! One connection: opened, used for one mail at a time, left.

use std::time::Duration;

use lettre::{
    Message,
    transport::smtp::{
        Error,
        authentication::Mechanism,
        client::AsyncSmtpConnection,
        commands::{Data, Mail, Noop, Rcpt},
        extension::{Extension, MailParameter},
        response::{Response, Severity},
    },
};
use services::mail::MailError;
use tokio::time::timeout;

use super::{
    Limits,
    server::{Line, Privacy},
};

/// Saying goodbye, and hearing whether somebody is still there.
const COURTESY: Duration = Duration::from_secs(2);

/// Why a mail was not taken. Nothing that the server wrote but its code.
#[derive(Debug)]
pub struct Refusal {
    pub step: &'static str,
    pub code: Option<u16>,
    pub error: MailError,
}

/// A connection that is ready for a mail.
pub async fn open(line: &Line, limits: Limits) -> Result<AsyncSmtpConnection, MailError> {
    let opened = timeout(limits.connect, greet(line)).await;
    let connection = opened.unwrap_or(Err(NO_ANSWER)).inspect_err(|_| {
        tracing::warn!(host = line.server.host, port = line.server.port, "no connection to the mail server");
    })?;
    sign_in(connection, line, limits).await
}

const NO_ANSWER: MailError = MailError::NotNow("the mail server did not answer in time");

async fn greet(line: &Line) -> Result<AsyncSmtpConnection, MailError> {
    let wrapped = line.tls.clone().filter(|_| line.server.privacy == Privacy::Wrapped);
    let to = (line.server.host.as_str(), line.server.port);
    let mut connection = AsyncSmtpConnection::connect_tokio1(to, None, &line.hello, wrapped, None)
        .await
        .map_err(|error| MailError::NotNow(unreachable(&error)))?;
    if line.server.privacy == Privacy::StartTls {
        let tls = line.tls.clone().ok_or(MailError::NotNow("TLS is not set up"))?;
        connection
            .starttls(tls, &line.hello)
            .await
            .map_err(|_| MailError::NotNow("the mail server offers no TLS that can be trusted"))?;
    }
    Ok(connection)
}

fn unreachable(error: &Error) -> &'static str {
    if error.is_tls() { "the mail server's TLS can't be trusted" } else { "the mail server is out of reach" }
}

async fn sign_in(
    mut connection: AsyncSmtpConnection,
    line: &Line,
    limits: Limits,
) -> Result<AsyncSmtpConnection, MailError> {
    let Some(credentials) = line.credentials() else { return Ok(connection) };
    let mechanisms = [Mechanism::Plain, Mechanism::Login];
    match timeout(limits.answer, connection.auth(&mechanisms, &credentials)).await {
        Ok(Ok(_)) => Ok(connection),
        Ok(Err(error)) => {
            tracing::warn!(code = code_of(&error), "the mail server does not let us in");
            leave(connection);
            Err(MailError::NotNow("the mail server does not accept our password"))
        }
        Err(_) => Err(NO_ANSWER),
    }
}

/// Whether a connection that idled still has somebody at its other end.
pub async fn still_alive(mut connection: AsyncSmtpConnection, limits: Limits) -> Option<AsyncSmtpConnection> {
    let patience = limits.answer.min(COURTESY);
    let answer = timeout(patience, connection.command(Noop)).await;
    matches!(answer, Ok(Ok(_))).then_some(connection)
}

/// Hands one mail over. Returns as soon as the server has taken it.
pub async fn hand_over(connection: &mut AsyncSmtpConnection, message: &Message, limits: Limits) -> Result<(), Refusal> {
    let envelope = message.envelope();
    let mut options = Vec::new();
    if envelope.to().iter().any(|to| !to.to_string().is_ascii()) {
        if !connection.server_info().supports_feature(Extension::SmtpUtfEight) {
            let error = MailError::Never("the mail server takes no address of this kind");
            return Err(Refusal { step: "EHLO", code: None, error });
        }
        options.push(MailParameter::SmtpUtfEight);
    }
    let answer = timeout(limits.answer, connection.command(Mail::new(envelope.from().cloned(), options))).await;
    expect("MAIL", Severity::PositiveCompletion, answer)?;
    for to in envelope.to() {
        let answer = timeout(limits.answer, connection.command(Rcpt::new(to.clone(), vec![]))).await;
        expect("RCPT", Severity::PositiveCompletion, answer)?;
    }
    let answer = timeout(limits.answer, connection.command(Data)).await;
    expect("DATA", Severity::PositiveIntermediate, answer)?;
    let answer = timeout(limits.accept, connection.message(&message.formatted())).await;
    expect("end of data", Severity::PositiveCompletion, answer)
}

fn expect(
    step: &'static str,
    wanted: Severity,
    answer: Result<Result<Response, Error>, tokio::time::error::Elapsed>,
) -> Result<(), Refusal> {
    let (code, error) = match answer {
        Ok(Ok(response)) if response.code().severity == wanted => return Ok(()),
        Ok(Ok(response)) => (Some(response.code().into()), MailError::NotNow("the mail server answers out of turn")),
        Ok(Err(error)) => (code_of(&error), meaning(&error)),
        Err(_) => (None, NO_ANSWER),
    };
    Err(Refusal { step, code, error })
}

/// RFC 5321 section 4.2.1.
fn meaning(error: &Error) -> MailError {
    match code_of(error) {
        // Signing in first, or TLS first (RFC 4954 section 6): about us, not about the mail.
        Some(530 | 534 | 535 | 538) => MailError::NotNow("the mail server wants another sign-in"),
        Some(500..) => MailError::Never("the mail server refused it for good"),
        Some(_) => MailError::NotNow("the mail server refused it for now"),
        None => MailError::NotNow("the connection to the mail server broke"),
    }
}

fn code_of(error: &Error) -> Option<u16> {
    error.status().map(Into::into)
}

/// Says goodbye without keeping anybody waiting.
pub fn leave(mut connection: AsyncSmtpConnection) {
    tokio::spawn(async move {
        let _ = timeout(COURTESY, connection.abort()).await;
    });
}
