//! The app, listening on loopback: one node or several on one database.

use std::{collections::BTreeMap, future::pending, sync::Arc};

use domain::Timestamp;
use payments_stripe::Stripe;
use policy::Policy;
use server::{
    config::Config,
    entropy::SystemEntropy,
    listener, router,
    wiring::{self, Wired},
};
use services::{Clock, Ports, Services, mail::Mailer};
use store::Store;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{Browser, Database, Provider, SeenAlerts, SentMail, TurnedClock};

/// A database, a provider, a clock, and the nodes on them.
pub struct World {
    pub database: Database,
    pub provider: Provider,
    pub alerts: Arc<SeenAlerts>,
    pub clock: Arc<TurnedClock>,
    /// What was sent; see [`World::work_off`].
    pub mail: Arc<SentMail>,
    pub node: Node,
    /// The database, for a test that looks into it.
    pub oracle: Store,
    mailer: Arc<dyn Mailer>,
    extra: BTreeMap<String, String>,
}

/// One listening server.
pub struct Node {
    pub url: String,
    pub services: Services,
    serving: JoinHandle<()>,
}

impl Drop for Node {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl World {
    pub async fn on(database: Database) -> Self {
        Self::with_settings(database, &[]).await
    }

    /// With more configuration than what every test needs.
    pub async fn with_settings(database: Database, extra: &[(&str, &str)]) -> Self {
        Self::start(database, extra, None).await
    }

    /// With a mailer that is not [`World::mail`].
    pub async fn with_mailer(database: Database, mailer: Arc<dyn Mailer>) -> Self {
        Self::start(database, &[], Some(mailer)).await
    }

    async fn start(database: Database, extra: &[(&str, &str)], mailer: Option<Arc<dyn Mailer>>) -> Self {
        let provider = Provider::start().await;
        let (alerts, clock) = (Arc::new(SeenAlerts::default()), Arc::new(TurnedClock::starting_now()));
        let extra: BTreeMap<_, _> = extra.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let mail = Arc::new(SentMail::default());
        let mailer = mailer.unwrap_or_else(|| Arc::clone(&mail) as Arc<dyn Mailer>);
        let node = start(&database, &provider, (&alerts, &clock, &mailer), &extra).await;
        let oracle = Store::open(&database.oracle_url).await.expect("the database");
        Self { database, provider, alerts, clock, mail, node, oracle, mailer, extra }
    }

    /// One more server on the same database, with caches of its own.
    pub async fn another_node(&self) -> Node {
        start(&self.database, &self.provider, (&self.alerts, &self.clock, &self.mailer), &self.extra).await
    }

    /// The same, configured otherwise.
    pub async fn node_with(&self, more: &[(&str, &str)]) -> Node {
        let mut extra = self.extra.clone();
        extra.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        start(&self.database, &self.provider, (&self.alerts, &self.clock, &self.mailer), &extra).await
    }

    pub fn services(&self) -> &Services {
        &self.node.services
    }

    pub fn store(&self) -> &Store {
        self.node.services.store()
    }

    /// Does what waits in the outbox, until nothing is due.
    pub async fn work_off(&self) {
        while self.services().work_off_outbox().await.unwrap() > 0 {}
    }

    /// The adapter to the provider, as a command has it.
    pub fn stripe(&self) -> Stripe {
        let url = self.provider.url.parse().expect("an address");
        Stripe::new(&"sk_test_sandbox".to_owned().into(), Some(&url)).expect("the adapter")
    }

    /// Applies what was told by the provider, until nothing is due.
    pub async fn work_inbox(&self) {
        loop {
            let held = self.services().take_billing_customers(8).await.unwrap();
            if held.is_empty() {
                return;
            }
            for customer in held {
                self.services().sync_customer(&customer).await.unwrap();
            }
        }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Somebody's browser, not signed in.
    pub fn browser(&self) -> Browser {
        let origin = self.services().settings().base_url.origin().ascii_serialization();
        Browser { origin, ..Browser::at(&self.node.url) }
    }

    /// Somebody's browser, signed in.
    pub async fn signed_in(&self, email: &str) -> Browser {
        let browser = self.browser();
        browser.sign_in(email).await;
        browser
    }
}

async fn start(
    database: &Database,
    provider: &Provider,
    (alerts, clock, mailer): (&Arc<SeenAlerts>, &Arc<TurnedClock>, &Arc<dyn Mailer>),
    extra: &BTreeMap<String, String>,
) -> Node {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut values = BTreeMap::from(
        [
            ("PORTICO_ENV", "development"),
            ("PORTICO_BASE_URL", &url),
            ("PORTICO_DATABASE_URL", &database.url),
            ("PORTICO_STRIPE_SECRET_KEY", "sk_test_sandbox"),
            ("PORTICO_STRIPE_API_URL", &provider.url),
            ("PORTICO_STRIPE_WEBHOOK_SECRETS", "whsec_sandbox"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    // Where the sandbox is is known only now.
    values.extend(extra.iter().map(|(name, value)| (name.clone(), value.replace("{sandbox}", &provider.url))));
    let config = Config::from_values(values).expect("a configuration");
    let store = wiring::store(&config).await.expect("the database");
    let key = config.stripe_secret_key.as_ref().expect("a key");
    let stripe = Stripe::new(key, config.stripe_api_url.as_ref()).expect("the adapter");
    let ports = Ports {
        payments: Arc::new(stripe),
        mailer: Arc::clone(mailer),
        providers: wiring::providers(&config).expect("the providers"),
        alerts: Arc::clone(alerts) as Arc<dyn services::Alerts>,
        clock: Arc::clone(clock) as Arc<dyn Clock>,
        entropy: Arc::new(SystemEntropy),
    };
    let policy = Policy::load().expect("the policies");
    let services =
        Services::new(store, policy, wiring::sealer(&config), ports, wiring::settings(&config).expect("the settings"))
            .await;
    let wired = Wired::new(config, services.clone(), Arc::clone(clock) as Arc<dyn Clock>).expect("wiring");
    let app = router::build(&wired);
    let serving = tokio::spawn(async move {
        listener::serve(listener, app, pending()).await;
    });
    Node { url, services, serving }
}
