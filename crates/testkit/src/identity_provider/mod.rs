//! An `OpenID` provider that is strict about what it is asked and, when told so, dishonest
//! about what it answers. Shaped like Google (`{url}`) and like Microsoft
//! (`{url}/common/v2.0`, an issuer for each tenant) at once.

mod answer;
mod grant;
mod keys;
mod mint;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard},
};

use services::Clock;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::TurnedClock;

pub use grant::Someone;
pub use mint::{Minting, Sign};

pub const CLIENT: &str = "portico-client";
pub const SECRET: &str = "canary-client-secret";
/// Two tenants of the Microsoft shape.
pub const TENANTS: [&str; 2] = ["11111111-2222-3333-4444-555555555555", "99999999-8888-7777-6666-555555555555"];

/// What an endpoint does instead of answering.
#[derive(Clone, Debug)]
pub enum Misbehaviour {
    Hang,
    /// Bytes without end.
    Flood,
    Redirect(String),
    Status(u16),
    /// With status 200, as JSON.
    Say(String),
}

pub struct IdentityProvider {
    pub url: String,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    url: String,
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    codes: HashMap<String, grant::Granted>,
    log: Vec<String>,
    misbehaviour: BTreeMap<String, Misbehaviour>,
    mint: Option<fn(&mut Minting)>,
    key: usize,
    handed_out: usize,
    clock: Option<Arc<TurnedClock>>,
}

impl Shared {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap()
    }

    fn now(&self) -> i64 {
        let clock = self.inside().clock.clone();
        clock.map_or_else(|| TurnedClock::starting_now().now(), |clock| clock.now()).as_seconds()
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl IdentityProvider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared { url: url.clone(), inside: Mutex::default() });
        let app = answer::router(Arc::clone(&shared));
        let serving = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, shared, serving }
    }

    /// Settings that make it Google.
    pub fn as_google(&self) -> Vec<(String, String)> {
        Self::settings("GOOGLE", self.url.clone())
    }

    /// Settings that make it Microsoft, for all tenants.
    pub fn as_microsoft(&self) -> Vec<(String, String)> {
        Self::settings("MICROSOFT", format!("{}/common/v2.0", self.url))
    }

    fn settings(name: &str, issuer: String) -> Vec<(String, String)> {
        let values = [("CLIENT_ID", CLIENT.to_owned()), ("CLIENT_SECRET", SECRET.to_owned()), ("ISSUER", issuer)];
        values.map(|(part, value)| (format!("PORTICO_{name}_{part}"), value)).into()
    }

    /// Stamps what it makes with this clock from now on.
    pub fn follow(&self, clock: &Arc<TurnedClock>) {
        self.shared.inside().clock = Some(Arc::clone(clock));
    }

    /// Every token from now on is changed so before it is signed.
    pub fn mint_with(&self, change: fn(&mut Minting)) {
        self.shared.inside().mint = Some(change);
    }

    /// What it does at a path instead of answering.
    pub fn misbehave(&self, path: &str, how: Misbehaviour) {
        self.shared.inside().misbehaviour.insert(path.to_owned(), how);
    }

    /// Honest again.
    pub fn behave(&self) {
        let mut inside = self.shared.inside();
        inside.misbehaviour.clear();
        inside.mint = None;
    }

    /// Signs with another key from now on, and names only that one.
    pub fn rotate(&self) {
        self.shared.inside().key += 1;
    }

    /// How often a path was asked.
    pub fn asked(&self, path: &str) -> usize {
        self.shared.inside().log.iter().filter(|asked| *asked == path).count()
    }
}
