//! Starting and stopping a sandbox.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::background;
use crate::clock::{Clock, SystemClock};
use crate::memory::{Memory, Sandbox};
use crate::router;
use crate::state::{StateError, StateFile};
use crate::webhooks::dispatch;
use crate::webhooks::target::{WebhookTarget, is_on_this_machine};
use crate::wire::{Doors, Wire};

/// What deliveries to [`Options::webhook_url`] are signed with.
pub const WEBHOOK_SECRET: &str = "whsec_sandbox";

/// How a sandbox is to run.
pub struct Options {
    /// The only key accepted, `sk_test_…`.
    pub secret_key: String,
    /// Origin of the hosted pages; `http://localhost:<port>` when `None`.
    pub public_url: Option<String>,
    /// Where to keep objects and idempotency keys.
    pub state_file: Option<PathBuf>,
    /// Where events are delivered, signed with [`WEBHOOK_SECRET`]; as it was set before when `None`.
    pub webhook_url: Option<String>,
    /// The same seed makes the same ids.
    pub seed: Option<u64>,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            secret_key: "sk_test_sandbox".to_owned(),
            public_url: None,
            state_file: None,
            webhook_url: None,
            seed: None,
            clock: Arc::new(SystemClock),
        }
    }
}

/// Why a sandbox can't start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("the sandbox listens on loopback only, not on {0}")]
    NotLoopback(SocketAddr),
    #[error("the key must begin with sk_test_")]
    NotTestKey,
    #[error("the public URL must be an http or https origin without a path: {0}")]
    PublicUrl(String),
    #[error("events are delivered to http addresses on this machine only, not to {0}")]
    WebhookUrl(String),
    #[error("can't listen on {0}: {1}")]
    Listen(SocketAddr, io::Error),
    #[error(transparent)]
    State(#[from] StateError),
}

/// A running sandbox. Dropping it stops it.
pub struct Running {
    address: SocketAddr,
    sandbox: Arc<Sandbox>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
    background: JoinHandle<()>,
    courier: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.background.abort();
        self.courier.abort();
    }
}

/// Listens on a loopback address; port 0 takes a free one.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, ServeError> {
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    TcpListener::bind(address).await.map_err(|error| ServeError::Listen(address, error))
}

/// Starts a sandbox on a listener that is bound to loopback.
///
/// `localhost` may resolve to `::1` first, so a listener on `127.0.0.1` is joined by one on
/// `::1` with the same port (and the other way round), where the machine has that address.
///
/// # Errors
/// Another address than loopback, a live key, a public URL that is no origin, a port taken on
/// the other loopback address, a state file that can't be read.
pub async fn serve(listener: TcpListener, options: Options) -> Result<Running, ServeError> {
    let unknown = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    let address = listener.local_addr().map_err(|error| ServeError::Listen(unknown, error))?;
    if !address.ip().is_loopback() {
        return Err(ServeError::NotLoopback(address));
    }
    if !options.secret_key.starts_with("sk_test_") {
        return Err(ServeError::NotTestKey);
    }
    let public_url = match options.public_url {
        Some(url) => origin(&url).ok_or(ServeError::PublicUrl(url))?,
        None => format!("http://localhost:{}", address.port()),
    };
    let second = other_door(address).await?;
    let state_file = options.state_file.map(StateFile::at);
    let mut memory = Memory::fresh(options.seed, options.clock.now());
    if let Some(file) = &state_file {
        file.load(&mut memory)?;
    }
    if let Some(url) = options.webhook_url {
        if !is_on_this_machine(&url) {
            return Err(ServeError::WebhookUrl(url));
        }
        let target = WebhookTarget { url, secret: WEBHOOK_SECRET.to_owned(), enabled_events: vec!["*".to_owned()] };
        memory.webhooks.target = Some(target.into());
    }
    let sandbox =
        Arc::new(Sandbox::new(memory, options.clock, options.secret_key, public_url, options.seed, state_file));
    let app = router::routes(Arc::clone(&sandbox)).into_make_service_with_connect_info::<Wire>();
    let (stop, stopped) = oneshot::channel::<()>();
    let background = tokio::spawn(background::run(Arc::clone(&sandbox)));
    let courier = tokio::spawn(dispatch::run(Arc::clone(&sandbox)));
    let task = tokio::spawn(async move {
        let serving = axum::serve(Doors { first: listener, second }, app).with_graceful_shutdown(async {
            // A dropped sender means the same as a sent word.
            let _ = stopped.await;
        });
        if let Err(error) = serving.await {
            tracing::error!(%error, "the sandbox stopped serving");
        }
    });
    Ok(Running { address, sandbox, stop: Some(stop), task, background, courier })
}

async fn other_door(address: SocketAddr) -> Result<Option<TcpListener>, ServeError> {
    let ip = match address.ip() {
        IpAddr::V4(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    let other = SocketAddr::new(ip, address.port());
    match TcpListener::bind(other).await {
        Ok(listener) => Ok(Some(listener)),
        // Then `localhost` would reach a stranger.
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => Err(ServeError::Listen(other, error)),
        // A machine without that address.
        Err(_) => Ok(None),
    }
}

fn origin(text: &str) -> Option<String> {
    let url = url::Url::parse(text).ok()?;
    let is_origin = ["http", "https"].contains(&url.scheme()) && url.path() == "/" && url.query().is_none();
    is_origin.then(|| url.origin().ascii_serialization())
}

impl Running {
    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The API's base URL, like `http://127.0.0.1:12111`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The origin of its hosted pages, like `http://localhost:12111`: another site than [`Self::url`].
    pub fn public_url(&self) -> &str {
        &self.sandbox.public_url
    }

    /// Stops: no new connections, a second for open ones, then the rest is cut.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if tokio::time::timeout(Duration::from_secs(1), &mut self.task).await.is_err() {
            self.task.abort();
        }
    }
}
