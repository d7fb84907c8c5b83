//! What every use case works with.

use std::{collections::BTreeMap, ops::Deref, sync::Arc};

use domain::{
    Timestamp,
    accounts::SessionLifetime,
    billing::{Catalogue, HostedOrigins},
};
use policy::Policy;
use secrecy::SecretString;
use store::Store;
use url::Url;
use webauthn_rs::Webauthn;

use crate::{
    Alerts, Clock, Entropy, Sealer,
    accounts::{passwords::Passwords, providers::Providers},
    billing::Payments,
    flags::Flags,
    mail::Mailer,
    passkeys,
};

/// What is configured, once, at the start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where people reach us. Every absolute address is built from it, never from a request (check B05).
    pub base_url: Url,
    /// Where the provider's hosted pages may be.
    pub portal_origins: HostedOrigins,
    pub checkout_origins: HostedOrigins,
    pub session_lifetime: SessionLifetime,
    /// `PORTICO_FLAG_<NAME>`, by the flag's name.
    pub flag_overrides: BTreeMap<&'static str, bool>,
    /// How many passwords are hashed at once; each takes 19 MiB and a core.
    pub password_hashes_at_once: usize,
    /// The plans there are.
    pub catalogue: Arc<Catalogue>,
    /// What the provider's deliveries are signed with; more than one while one is being rolled. None: none is believed.
    pub webhook_secrets: Arc<[SecretString]>,
    pub customer_pages: CustomerPages,
}

/// Where operators see a customer at the payment provider, of each mode; `{customer}` stands for its id.
#[derive(Clone, Debug)]
pub struct CustomerPages {
    pub live: String,
    pub test: String,
}

/// The outside.
#[derive(Clone)]
pub struct Ports {
    pub payments: Arc<dyn Payments>,
    pub mailer: Arc<dyn Mailer>,
    /// Those that are configured.
    pub providers: Providers,
    pub alerts: Arc<dyn Alerts>,
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

/// The use cases. Cloned several times for every request, so a clone is one count.
#[derive(Clone)]
pub struct Services(Arc<Parts>);

/// What the use cases work with.
pub struct Parts {
    pub(crate) store: Store,
    pub(crate) policy: Policy,
    pub(crate) flags: Flags,
    pub(crate) passwords: Arc<Passwords>,
    pub(crate) sealer: Sealer,
    pub(crate) webauthn: Option<Webauthn>,
    pub(crate) ports: Ports,
    pub(crate) settings: Settings,
}

impl Deref for Services {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Services {
    pub async fn new(store: Store, policy: Policy, sealer: Sealer, ports: Ports, settings: Settings) -> Self {
        let flags = Flags::new(store.clone(), settings.flag_overrides.clone()).await;
        let passwords = Arc::new(Passwords::new(settings.password_hashes_at_once, ports.entropy.as_ref()));
        let webauthn = passkeys::relying_party(&settings.base_url);
        Self(Arc::new(Parts { store, policy, flags, passwords, sealer, webauthn, ports, settings }))
    }

    pub fn store(&self) -> &Store {
        &self.store
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// An absolute address of ours, for mails; `query` is a name and its value.
    pub fn link(&self, path: &str, query: Option<(&str, &str)>) -> String {
        let mut url = self.settings.base_url.clone();
        url.set_path(path);
        if let Some((name, value)) = query {
            url.query_pairs_mut().append_pair(name, value);
        }
        url.into()
    }

    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    pub fn entropy(&self) -> &dyn Entropy {
        self.ports.entropy.as_ref()
    }
}
