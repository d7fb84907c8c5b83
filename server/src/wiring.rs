//! From configuration to something that answers requests.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use app::PageOptions;
use domain::accounts::Provider;
use leptos::prelude::LeptosOptions;
use mailer::{Kept, Limits, Smtp};
use payments_stripe::Stripe;
use policy::Policy;
use secrecy::ExposeSecret;
use services::{
    Alerts, Clock, Entropy, LogAndCount, Ports, Sealer, SealingKey, Services, Settings,
    accounts::providers::Providers,
    billing::{CatalogueFileError, Payments, read_catalogue},
    mail::{Envelope, MailError, MailedAlerts, Mailer},
};
use social_login::{Credentials, GitHub, Google, Microsoft, SetupError};
use store::Store;
use thiserror::Error;

use crate::{
    clock::SystemClock,
    config::{Config, ConfigError, Mode, ProviderConfig},
    entropy::SystemEntropy,
    middleware::{origin::OriginOptions, origin_check::OwnOrigin},
};

/// What the shipped binary reads of `Leptos.toml`; a test holds it equal to `Cargo.toml`.
const LEPTOS_TOML: &str = include_str!("../../Leptos.toml");
/// The plans, as the shipped binary has them.
const PLANS_TOML: &str = include_str!("../../plans.toml");

/// Everything a router needs.
pub struct Wired {
    pub services: Services,
    pub page_options: PageOptions,
    pub https: bool,
    pub clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    config: Config,
}

#[derive(Debug, Error)]
pub enum WiringError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("PORTICO_DATABASE_URL: {0}")]
    Store(#[from] store::StoreError),
    #[error(transparent)]
    Policy(#[from] policy::PolicyError),
    #[error(transparent)]
    Stripe(#[from] payments_stripe::StripeConfigError),
    #[error("Leptos.toml: {0}")]
    Leptos(String),
    #[error(transparent)]
    Catalogue(#[from] CatalogueFileError),
}

/// The adapter to Stripe.
///
/// # Errors
/// When the key is missing or none of Stripe's.
pub fn stripe(config: &Config) -> Result<Stripe, WiringError> {
    let key = config.stripe_secret_key.as_ref().ok_or_else(|| ConfigError {
        name: "PORTICO_STRIPE_SECRET_KEY".to_owned(),
        why: "is missing; with the sandbox it is sk_test_sandbox".to_owned(),
    })?;
    Ok(Stripe::new(key, config.stripe_api_url.as_ref())?)
}

/// The database, opened lazily.
///
/// # Errors
/// When the URL is none.
pub async fn store(config: &Config) -> Result<Store, WiringError> {
    let url = config.database_url.expose_secret();
    make_folder(url)?;
    Ok(Store::open(url).await?)
}

/// The database for migrations, and the lock that is held while the second value lives.
///
/// # Errors
/// When the database does not answer.
pub async fn store_for_migrations(config: &Config) -> Result<(Store, Option<Store>), WiringError> {
    let url = config.database_url.expose_secret();
    make_folder(url)?;
    Ok(Store::open_for_migrations(url).await?)
}

/// SQLite makes the file but not its folder.
fn make_folder(url: &str) -> Result<(), ConfigError> {
    let path = url.strip_prefix("sqlite://").and_then(|rest| rest.split('?').next());
    let Some(folder) = path.and_then(|path| Path::new(path).parent()).filter(|folder| !folder.as_os_str().is_empty())
    else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|error| ConfigError {
        name: "PORTICO_DATABASE_URL".to_owned(),
        why: format!("its folder can't be made: {}", error.kind()),
    })
}

/// The use cases over a database and a payment provider.
///
/// # Errors
/// When the policies can't be used.
pub async fn services(config: &Config, store: Store, payments: Arc<dyn Payments>) -> Result<Services, WiringError> {
    services_with(config, store, payments, Arc::new(LogAndCount)).await
}

/// The same for a process that stays: it mails alerts to the operators, if there are any.
///
/// # Errors
/// When the policies can't be used.
pub async fn running_services(
    config: &Config,
    store: Store,
    payments: Arc<dyn Payments>,
) -> Result<Services, WiringError> {
    if config.operators_mail.is_empty() {
        return services(config, store, payments).await;
    }
    let (alerts, raised) = MailedAlerts::new();
    let services = services_with(config, store, payments, Arc::new(alerts)).await?;
    tokio::spawn(services.clone().mail_operators(config.operators_mail.clone(), raised));
    Ok(services)
}

async fn services_with(
    config: &Config,
    store: Store,
    payments: Arc<dyn Payments>,
    alerts: Arc<dyn Alerts>,
) -> Result<Services, WiringError> {
    let ports = Ports {
        payments,
        mailer: mailer(config, &store)?,
        providers: providers(config)?,
        alerts,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    };
    Ok(Services::new(store, Policy::load()?, sealer(config), ports, settings(config)?).await)
}

/// The keys that are configured; in development a public one. A command that neither seals nor
/// opens runs without: it gets one that nobody knows ([`require_secret_keys`] is for the others).
pub fn sealer(config: &Config) -> Sealer {
    let fallback = || match config.mode {
        Mode::Development => [SealingKey::new(Box::new(*b"portico development secret key 1"))],
        Mode::Production => [SealingKey::new(Box::new(SystemEntropy.bytes()))],
    };
    #[expect(clippy::expect_used, reason = "a list of one key is not empty")]
    Sealer::new(&config.secret_keys).unwrap_or_else(|| Sealer::new(&fallback()).expect("one key"))
}

/// For commands whose sealed values must be read again later.
///
/// # Errors
/// In production without a key.
pub fn require_secret_keys(config: &Config) -> Result<(), ConfigError> {
    if config.mode == Mode::Production && config.secret_keys.is_empty() {
        let why = "is missing; make one with: openssl rand -base64 32".to_owned();
        return Err(ConfigError { name: "PORTICO_SECRET_KEYS".to_owned(), why });
    }
    Ok(())
}

/// The providers of identities that are configured.
///
/// # Errors
/// When one can't be set up, naming its variable.
pub fn providers(config: &Config) -> Result<Providers, ConfigError> {
    let mut providers = Providers::new();
    if let Some(google) = &config.google {
        let port = Google::new(credentials(google), google.place.as_ref());
        providers.insert(Provider::Google, Arc::new(port.map_err(|why| setup("PORTICO_GOOGLE_ISSUER", &why))?));
    }
    if let Some(github) = &config.github {
        let port = GitHub::new(credentials(github), github.place.as_ref());
        providers.insert(Provider::Github, Arc::new(port.map_err(|why| setup("PORTICO_GITHUB_BASE_URL", &why))?));
    }
    if let Some(microsoft) = &config.microsoft {
        let port = Microsoft::new(credentials(microsoft), microsoft.place.as_ref());
        providers.insert(Provider::Microsoft, Arc::new(port.map_err(|why| setup("PORTICO_MICROSOFT_ISSUER", &why))?));
    }
    Ok(providers)
}

fn credentials(config: &ProviderConfig) -> Credentials {
    Credentials { client_id: config.client_id.clone(), client_secret: config.client_secret.clone() }
}

fn setup(name: &str, why: &SetupError) -> ConfigError {
    ConfigError { name: name.to_owned(), why: why.to_string() }
}

/// How mail leaves: by SMTP where a server is configured; in development it is kept for
/// `/dev/mail` otherwise. In production it waits ([`require_mail`] is for what sends it).
///
/// # Errors
/// When TLS can't be set up for the server's name.
pub fn mailer(config: &Config, store: &Store) -> Result<Arc<dyn Mailer>, ConfigError> {
    match &config.smtp {
        Some(server) => {
            let smtp = Smtp::new(server, config.mail_from.clone(), Limits::default());
            let wrong = |why: &str| ConfigError { name: "PORTICO_SMTP_URL".to_owned(), why: why.to_owned() };
            Ok(Arc::new(smtp.map_err(wrong)?))
        }
        None if config.mode == Mode::Development => Ok(Arc::new(Kept(store.clone()))),
        None => Ok(Arc::new(NoMailServer)),
    }
}

struct NoMailServer;

#[async_trait::async_trait]
impl Mailer for NoMailServer {
    async fn send(&self, _: &Envelope) -> Result<(), MailError> {
        Err(MailError::NotNow("PORTICO_SMTP_URL is not set"))
    }
}

/// For commands that send mail: one that can't would let people wait for mails that never come.
///
/// # Errors
/// In production without a mail server.
pub fn require_mail(config: &Config) -> Result<(), ConfigError> {
    if config.mode == Mode::Production && config.smtp.is_none() {
        let why = "is missing: mail can't be sent; it is like smtps://user:password@smtp.example.com:465, \
                   and a node that sends none is started with --no-worker";
        return Err(ConfigError { name: "PORTICO_SMTP_URL".to_owned(), why: why.to_owned() });
    }
    Ok(())
}

/// # Errors
/// When the catalogue of plans breaks a rule.
pub fn settings(config: &Config) -> Result<Settings, WiringError> {
    Ok(Settings {
        base_url: config.base_url.clone(),
        portal_origins: config.portal_origins(),
        checkout_origins: config.checkout_origins(),
        session_lifetime: domain::accounts::SessionLifetime::default(),
        flag_overrides: config.flag_overrides.clone(),
        // One core stays for everybody else; there is always one permit.
        password_hashes_at_once: std::thread::available_parallelism().map_or(2, usize::from).saturating_sub(1),
        catalogue: Arc::new(read_catalogue(PLANS_TOML)?),
        webhook_secrets: config.stripe_webhook_secrets.clone().into(),
        customer_pages: config.customer_pages(),
    })
}

/// For commands that take the payment provider's deliveries: without a secret anybody's would have
/// to be refused, or believed (W-02).
///
/// # Errors
/// Without a secret.
pub fn require_webhook_secrets(config: &Config) -> Result<(), ConfigError> {
    if config.stripe_webhook_secrets.is_empty() {
        let why = "is missing: it is shown at the webhook endpoint in Stripe, or by `stripe listen`; \
                   with the sandbox it is whsec_sandbox";
        return Err(ConfigError { name: "PORTICO_STRIPE_WEBHOOK_SECRETS".to_owned(), why: why.to_owned() });
    }
    Ok(())
}

/// Where the built pages' files are, and how they are named.
///
/// # Errors
/// When `Leptos.toml` does not parse: a broken build.
pub fn leptos_options(config: &Config) -> Result<LeptosOptions, WiringError> {
    let mut options =
        leptos::config::get_config_from_str(LEPTOS_TOML).map_err(|error| WiringError::Leptos(error.to_string()))?;
    options.site_addr = config.site_addr;
    if config.mode == Mode::Production {
        options.env = leptos::config::Env::PROD;
    }
    // A shipped binary finds its site and the names of its files beside itself.
    let beside = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned));
    if let Some(beside) = beside
        && beside.join("site").is_dir()
    {
        options.site_root = beside.join("site").to_string_lossy().into_owned().into();
        options.hash_files = beside.join("hash.txt").is_file();
        options.env = leptos::config::Env::PROD;
    }
    Ok(options)
}

impl Wired {
    /// # Errors
    /// See [`leptos_options`].
    pub fn new(config: Config, services: Services, clock: Arc<dyn Clock>) -> Result<Self, WiringError> {
        let providers = services.providers().values().map(|provider| provider.origin());
        let settings = services.settings();
        let hosted = settings.portal_origins.iter().chain(settings.checkout_origins.iter());
        // The sandbox has both at one origin.
        let targets: BTreeSet<String> = hosted.chain(providers).collect();
        let form_targets = targets.into_iter().collect::<Vec<_>>().join(" ");
        Ok(Self {
            page_options: PageOptions::new(leptos_options(&config)?, &form_targets),
            https: config.is_https(),
            clock,
            entropy: Arc::new(SystemEntropy),
            services,
            config,
        })
    }

    pub(crate) fn origin_options(&self) -> OriginOptions {
        OriginOptions {
            trusted_proxies: self.config.trusted_proxies.clone().into(),
            entropy: Arc::clone(&self.entropy),
        }
    }

    /// Whether mail is kept here, to be looked at: in development only, and never when it is sent.
    pub(crate) fn keeps_mail(&self) -> bool {
        self.config.mode == Mode::Development && self.config.smtp.is_none()
    }

    pub(crate) fn own_origin(&self) -> OwnOrigin {
        OwnOrigin(self.config.base_url.origin().ascii_serialization().into())
    }
}
