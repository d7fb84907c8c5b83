//! A mail server of a test: it takes mail, and misbehaves when it is told to.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig, crypto,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    },
};

/// When the conversation becomes private.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Privacy {
    Plain,
    Wrapped,
    StartTls,
}

/// Where in the conversation something goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Connect,
    Hello,
    SignIn,
    Mail,
    Rcpt,
    Data,
    /// In the middle of the mail.
    Body,
    /// The mail is complete, and not taken.
    End,
    /// The mail is taken, and that is not said.
    Taken,
}

#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Another answer, such as `451 busy`.
    Say(&'static str),
    Hang,
    HangUp,
}

/// A mail that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub from: String,
    pub to: Vec<String>,
    /// As it travelled, without the dots that SMTP doubles.
    pub data: String,
    pub private: bool,
    pub signed_in: Option<String>,
}

impl Received {
    /// A header's value, of the first of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.data.split("\r\n\r\n").next()?;
        head.split("\r\n").find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

struct Shared {
    faults: Mutex<Vec<(Step, Fault, usize)>>,
    received: Mutex<Vec<Received>>,
    conversations: AtomicUsize,
    tls: Option<TlsAcceptor>,
    privacy: Privacy,
}

pub struct PostOffice {
    pub port: u16,
    /// Its certificate, where it has one.
    pub root: Option<String>,
    shared: Arc<Shared>,
    open: JoinHandle<()>,
}

impl Drop for PostOffice {
    fn drop(&mut self) {
        self.open.abort();
    }
}

impl PostOffice {
    pub async fn start(privacy: Privacy) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let port = listener.local_addr().unwrap().port();
        let (tls, root) = if privacy == Privacy::Plain { (None, None) } else { certified() };
        let (faults, received, conversations) = <_>::default();
        let shared = Arc::new(Shared { faults, received, conversations, tls, privacy });
        let seen = Arc::clone(&shared);
        let open = tokio::spawn(async move {
            loop {
                let Ok((stream, _)) = listener.accept().await else { return };
                seen.conversations.fetch_add(1, Ordering::SeqCst);
                let seen = Arc::clone(&seen);
                tokio::spawn(async move { seen.converse(Box::new(stream)).await });
            }
        });
        Self { port, root, shared, open }
    }

    /// Its address as a setting; `who` is empty or `user:password@`.
    pub fn url(&self, who: &str) -> String {
        let scheme = if self.shared.privacy == Privacy::Wrapped { "smtps" } else { "smtp" };
        format!("{scheme}://{who}127.0.0.1:{}", self.port)
    }

    /// The next `times` conversations that come to `step` go wrong there.
    pub fn fail(&self, step: Step, fault: Fault, times: usize) {
        self.shared.faults.lock().unwrap().push((step, fault, times));
    }

    /// Whether everything planted at `step` has gone wrong.
    pub fn is_spent(&self, step: Step) -> bool {
        self.shared.faults.lock().unwrap().iter().all(|(at, _, times)| *at != step || *times == 0)
    }

    pub fn heal(&self) {
        self.shared.faults.lock().unwrap().clear();
    }

    /// What it took, oldest first.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().unwrap().clone()
    }

    /// How many connections were made.
    pub fn conversations(&self) -> usize {
        self.shared.conversations.load(Ordering::SeqCst)
    }
}

/// A certificate for this machine, made anew.
fn certified() -> (Option<TlsAcceptor>, Option<String>) {
    let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate");
    (Some(TlsAcceptor::from(Arc::new(config))), Some(made.cert.pem()))
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

type Line = BufReader<Box<dyn Stream>>;

/// What is known of a conversation so far.
#[derive(Default)]
struct Talk {
    from: String,
    to: Vec<String>,
    private: bool,
    signed_in: Option<String>,
}

impl Shared {
    fn fault(&self, step: Step) -> Option<Fault> {
        let mut faults = self.faults.lock().unwrap();
        let (_, fault, times) = faults.iter_mut().find(|(at, _, times)| *at == step && *times > 0)?;
        *times -= 1;
        Some(*fault)
    }

    /// Answers; whether as it would have without a fault. None: the end of the conversation.
    async fn answer(&self, step: Step, line: &mut Line, normally: &str) -> Option<bool> {
        match self.fault(step) {
            None => say(line, normally).await.map(|()| true),
            Some(Fault::Say(other)) => say(line, other).await.map(|()| false),
            Some(Fault::HangUp) => None,
            Some(Fault::Hang) => pending().await,
        }
    }

    async fn converse(self: Arc<Self>, stream: Box<dyn Stream>) -> Option<()> {
        let mut talk = Talk { private: self.privacy == Privacy::Wrapped, ..Talk::default() };
        let mut line: Line = match &self.tls {
            Some(tls) if self.privacy == Privacy::Wrapped => {
                BufReader::new(Box::new(tls.accept(stream).await.ok()?) as Box<dyn Stream>)
            }
            _ => BufReader::new(stream),
        };
        self.answer(Step::Connect, &mut line, "220 post office").await?;
        loop {
            let heard = hear(&mut line).await?;
            let command = heard.to_uppercase();
            if command.starts_with("EHLO") {
                let offers = if self.privacy == Privacy::StartTls && !talk.private { "STARTTLS" } else { "AUTH PLAIN" };
                self.answer(Step::Hello, &mut line, &format!("250-post office\r\n250-8BITMIME\r\n250 {offers}"))
                    .await?;
            } else if command == "STARTTLS" {
                say(&mut line, "220 go ahead").await?;
                let tls = self.tls.as_ref()?.accept(line.into_inner()).await.ok()?;
                line = BufReader::new(Box::new(tls));
                talk.private = true;
            } else if let Some(secret) = heard.strip_prefix("AUTH PLAIN ") {
                if self.answer(Step::SignIn, &mut line, "235 welcome").await? {
                    talk.signed_in = Some(secret.to_owned());
                }
            } else if command.starts_with("MAIL FROM:") {
                talk.to.clear();
                if self.answer(Step::Mail, &mut line, "250 yes").await? {
                    talk.from = between(&heard);
                }
            } else if command.starts_with("RCPT TO:") {
                if self.answer(Step::Rcpt, &mut line, "250 yes").await? {
                    talk.to.push(between(&heard));
                }
            } else if command == "DATA" {
                if self.answer(Step::Data, &mut line, "354 go on").await? {
                    self.take(&mut line, &talk).await?;
                }
            } else if command == "QUIT" {
                return say(&mut line, "221 goodbye").await;
            } else {
                say(&mut line, "250 well").await?;
            }
        }
    }

    async fn take(&self, line: &mut Line, talk: &Talk) -> Option<()> {
        let mut data = String::new();
        loop {
            let heard = hear(line).await?;
            if heard == "." {
                break;
            }
            data += heard.strip_prefix('.').unwrap_or(&heard);
            data += "\r\n";
            match self.fault(Step::Body) {
                None => {}
                Some(Fault::Hang) => pending().await,
                Some(_) => return None,
            }
        }
        match self.fault(Step::End) {
            None => {}
            Some(Fault::Say(other)) => return say(line, other).await,
            Some(Fault::Hang) => pending().await,
            Some(Fault::HangUp) => return None,
        }
        let Talk { from, to, private, signed_in } = talk;
        let received =
            Received { from: from.clone(), to: to.clone(), data, private: *private, signed_in: signed_in.clone() };
        self.received.lock().unwrap().push(received);
        self.answer(Step::Taken, line, "250 taken").await.map(drop)
    }
}

async fn hear(line: &mut Line) -> Option<String> {
    let mut heard = String::new();
    let bytes = line.read_line(&mut heard).await.ok()?;
    (bytes > 0).then(|| heard.trim_end_matches(['\r', '\n']).to_owned())
}

async fn say(line: &mut Line, words: &str) -> Option<()> {
    line.get_mut().write_all(format!("{words}\r\n").as_bytes()).await.ok()?;
    line.get_mut().flush().await.ok()
}

fn between(command: &str) -> String {
    command.split(['<', '>']).nth(1).unwrap_or_default().to_owned()
}
