//! Configuration: names and values in, a checked [`Config`] out. Pure; reading the
//! environment is in [`crate::environment`]. What is unknown or contradicts itself
//! stops the start with one line naming the variable, and never with its value:
//! it may be a secret.

mod provider;

use std::{
    collections::BTreeMap,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{accounts::Email, billing::HostedOrigins, flags};
use ipnet::IpNet;
use mailer::{Sender, SmtpServer};
use secrecy::{ExposeSecret, SecretString};
use services::{CustomerPages, SealingKey};
use thiserror::Error;
use url::{Host, Url};

pub use self::provider::ProviderConfig;
use self::provider::{is_of_microsoft, provider};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    Development,
    Production,
}

#[derive(Clone, Debug)]
pub struct Config {
    pub mode: Mode,
    pub base_url: Url,
    pub database_url: SecretString,
    pub site_addr: SocketAddr,
    /// None: the default address, and no harm if it is taken.
    pub metrics_addr: Option<SocketAddr>,
    pub stripe_secret_key: Option<SecretString>,
    pub stripe_api_url: Option<Url>,
    pub stripe_webhook_secrets: Vec<SecretString>,
    pub trusted_proxies: Vec<IpNet>,
    pub flag_overrides: BTreeMap<&'static str, bool>,
    /// None: in development mail is kept, in production it can't be sent.
    pub smtp: Option<SmtpServer>,
    pub mail_from: Sender,
    /// Who is told of alerts by mail.
    pub operators_mail: Vec<Email>,
    pub google: Option<ProviderConfig>,
    pub github: Option<ProviderConfig>,
    pub microsoft: Option<ProviderConfig>,
    /// The first one seals, all of them open.
    pub secret_keys: Arc<[SealingKey]>,
}

#[derive(Debug, Error)]
#[error("{name}: {why}")]
pub struct ConfigError {
    pub name: String,
    pub why: String,
}

fn wrong(name: &str, why: impl Into<String>) -> ConfigError {
    ConfigError { name: name.to_owned(), why: why.into() }
}

/// Read by the scripts and tests of this repository, or by the log.
const NOT_OURS: [&str; 5] =
    ["PORTICO_CACHE", "PORTICO_CHROMIUM", "PORTICO_TEST_POSTGRES_URL", "PORTICO_PROVE", "PORTICO_LOG"];

impl Config {
    /// # Errors
    /// The first variable that is unknown, malformed or contradicts another.
    pub fn from_values(mut values: BTreeMap<String, String>) -> Result<Self, ConfigError> {
        let mut take = |name: &str| values.remove(name).filter(|value| !value.is_empty());
        let mode = match take("PORTICO_ENV").as_deref() {
            Some("development") => Mode::Development,
            Some("production") | None => Mode::Production,
            Some(_) => return Err(wrong("PORTICO_ENV", "must be development or production")),
        };
        let base_url = base_url(take("PORTICO_BASE_URL"))?;
        let database_url =
            take("PORTICO_DATABASE_URL").unwrap_or_else(|| "sqlite://data/portico.db?mode=rwc".to_owned());
        if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| database_url.starts_with(scheme)) {
            return Err(wrong("PORTICO_DATABASE_URL", "must begin with sqlite:, postgres: or postgresql:"));
        }
        let site_addr = address("LEPTOS_SITE_ADDR", take("LEPTOS_SITE_ADDR"))?;
        let metrics_addr = address("PORTICO_METRICS_ADDR", take("PORTICO_METRICS_ADDR"))?;
        let stripe_secret_key = take("PORTICO_STRIPE_SECRET_KEY").map(SecretString::from);
        let stripe_api_url = api_url(take("PORTICO_STRIPE_API_URL"), stripe_secret_key.as_ref())?;
        let stripe_webhook_secrets = webhook_secrets(take("PORTICO_STRIPE_WEBHOOK_SECRETS"))?;
        let trusted_proxies = proxies(take("PORTICO_TRUSTED_PROXIES"))?;
        let smtp = smtp(take("PORTICO_SMTP_URL"))?;
        let mail_from = mail_from(take("PORTICO_MAIL_FROM"), &base_url)?;
        let operators_mail = operators_mail(take("PORTICO_OPERATORS_MAIL"))?;
        let secret_keys = secret_keys(take("PORTICO_SECRET_KEYS"))?;
        let google = provider(&mut take, "GOOGLE", "ISSUER", is_loopback)?;
        let github = provider(&mut take, "GITHUB", "BASE_URL", is_loopback)?;
        let microsoft = provider(&mut take, "MICROSOFT", "ISSUER", |url| is_loopback(url) || is_of_microsoft(url))?;
        let flag_overrides = flag_overrides(&mut values)?;
        let unknown = |name: &&String| name.starts_with("PORTICO_") && !NOT_OURS.contains(&name.as_str());
        if let Some(name) = values.keys().find(unknown) {
            return Err(wrong(name, "is not a setting of Portico"));
        }
        Ok(Self {
            mode,
            base_url,
            database_url: database_url.into(),
            site_addr: site_addr.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 3000))),
            metrics_addr,
            stripe_secret_key,
            stripe_api_url,
            stripe_webhook_secrets,
            trusted_proxies,
            flag_overrides,
            smtp,
            mail_from,
            operators_mail,
            google,
            github,
            microsoft,
            secret_keys,
        })
    }

    /// Whether people reach us over TLS: cookies are `Secure` with the `__Host-` prefix then.
    pub fn is_https(&self) -> bool {
        self.base_url.scheme() == "https"
    }

    /// Where the portal may be: Stripe's own host, or the sandbox on this machine under either of its names.
    pub fn portal_origins(&self) -> HostedOrigins {
        self.hosted_origins(HostedOrigins::STRIPE_PORTAL)
    }

    /// Where checkout may be.
    pub fn checkout_origins(&self) -> HostedOrigins {
        self.hosted_origins(HostedOrigins::STRIPE_CHECKOUT)
    }

    /// Where operators see a customer: Stripe's dashboard, or the sandbox's front page.
    pub fn customer_pages(&self) -> CustomerPages {
        match &self.stripe_api_url {
            Some(api) => {
                let front = api.origin().ascii_serialization();
                CustomerPages { live: front.clone(), test: front }
            }
            None => CustomerPages {
                live: "https://dashboard.stripe.com/customers/{customer}".to_owned(),
                test: "https://dashboard.stripe.com/test/customers/{customer}".to_owned(),
            },
        }
    }

    fn hosted_origins(&self, stripes: &str) -> HostedOrigins {
        match &self.stripe_api_url {
            Some(api) if is_loopback(api) => {
                let named = |host: &str| {
                    let mut url = api.clone();
                    url.set_host(Some(host)).ok().map(|()| url)
                };
                let origins: Vec<Url> = [named("localhost"), named("127.0.0.1")].into_iter().flatten().collect();
                HostedOrigins::new(&origins)
            }
            _ => HostedOrigins::new(&stripes.parse().into_iter().collect::<Vec<_>>()),
        }
    }
}

fn base_url(given: Option<String>) -> Result<Url, ConfigError> {
    const NAME: &str = "PORTICO_BASE_URL";
    let url: Url = given
        .as_deref()
        .unwrap_or("http://127.0.0.1:3000")
        .parse()
        .map_err(|_| wrong(NAME, "must be an address such as https://app.example.com"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(wrong(NAME, "must be an address such as https://app.example.com"));
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(wrong(NAME, "must be scheme, host and port only"));
    }
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(wrong(NAME, "must be https outside this machine"));
    }
    Ok(url)
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

fn address(name: &str, given: Option<String>) -> Result<Option<SocketAddr>, ConfigError> {
    given
        .map(|text| text.parse().map_err(|_| wrong(name, "must be an address and port such as 127.0.0.1:3000")))
        .transpose()
}

fn api_url(given: Option<String>, key: Option<&SecretString>) -> Result<Option<Url>, ConfigError> {
    const NAME: &str = "PORTICO_STRIPE_API_URL";
    let Some(text) = given else { return Ok(None) };
    let url: Url = text.parse().map_err(|_| wrong(NAME, "must be an address such as http://127.0.0.1:12111"))?;
    // Stripe itself: the same as unset.
    if url.as_str() == "https://api.stripe.com/" {
        return Ok(None);
    }
    if !is_loopback(&url) {
        return Err(wrong(NAME, "is for a sandbox on this machine; leave it unset to use Stripe"));
    }
    if key.is_some_and(|key| key.expose_secret().contains("_live_")) {
        return Err(wrong(NAME, "is a sandbox on this machine, but PORTICO_STRIPE_SECRET_KEY is a live key"));
    }
    Ok(Some(url))
}

fn webhook_secrets(given: Option<String>) -> Result<Vec<SecretString>, ConfigError> {
    let Some(text) = given else { return Ok(Vec::new()) };
    text.split(',')
        .map(str::trim)
        .map(|secret| {
            if secret.len() > "whsec_".len() && secret.starts_with("whsec_") {
                Ok(SecretString::from(secret))
            } else {
                Err(wrong("PORTICO_STRIPE_WEBHOOK_SECRETS", "each must begin with whsec_, separated by commas"))
            }
        })
        .collect()
}

fn smtp(given: Option<String>) -> Result<Option<SmtpServer>, ConfigError> {
    given.map(|text| SmtpServer::parse(&text).map_err(|why| wrong("PORTICO_SMTP_URL", why))).transpose()
}

fn mail_from(given: Option<String>, base_url: &Url) -> Result<Sender, ConfigError> {
    const SHAPE: &str = "must be an address such as Acme <no-reply@example.com>";
    match given {
        Some(text) => Sender::parse(&text).ok_or_else(|| wrong("PORTICO_MAIL_FROM", SHAPE)),
        None => Ok(Sender::of_site(base_url)),
    }
}

fn operators_mail(given: Option<String>) -> Result<Vec<Email>, ConfigError> {
    const SHAPE: &str = "must be addresses with commas between them";
    let Some(text) = given else { return Ok(Vec::new()) };
    let each = text.split(',').map(|one| Email::parse(one.trim()).map_err(|_| wrong("PORTICO_OPERATORS_MAIL", SHAPE)));
    each.collect()
}

fn secret_keys(given: Option<String>) -> Result<Arc<[SealingKey]>, ConfigError> {
    let Some(text) = given else { return Ok(Arc::new([])) };
    text.split(',')
        .map(|key| {
            let bytes = STANDARD.decode(key.trim()).ok()?;
            Some(SealingKey::new(Box::new(bytes.try_into().ok()?)))
        })
        .collect::<Option<_>>()
        .ok_or_else(|| {
            wrong(
                "PORTICO_SECRET_KEYS",
                "each must be 32 bytes in base64 (openssl rand -base64 32), separated by commas",
            )
        })
}

fn proxies(given: Option<String>) -> Result<Vec<IpNet>, ConfigError> {
    let Some(text) = given else { return Ok(Vec::new()) };
    text.split(',')
        .map(str::trim)
        .map(|item| item.parse::<IpNet>().or_else(|_| item.parse::<IpAddr>().map(IpNet::from)))
        .collect::<Result<_, _>>()
        .map_err(|_| {
            wrong("PORTICO_TRUSTED_PROXIES", "must be addresses or networks such as 10.0.0.0/8, separated by commas")
        })
}

fn flag_overrides(values: &mut BTreeMap<String, String>) -> Result<BTreeMap<&'static str, bool>, ConfigError> {
    const PREFIX: &str = "PORTICO_FLAG_";
    let names: Vec<String> = values.keys().filter(|name| name.starts_with(PREFIX)).cloned().collect();
    let mut overrides = BTreeMap::new();
    for name in names {
        let word = values.remove(&name).unwrap_or_default();
        let flag = flags::find(&name[PREFIX.len()..].to_lowercase())
            .ok_or_else(|| wrong(&name, "names no flag; see `portico flags list`"))?;
        let on = match word.as_str() {
            "on" => true,
            "off" => false,
            _ => return Err(wrong(&name, "must be on or off")),
        };
        overrides.insert(flag.name, on);
    }
    Ok(overrides)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(values: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_values(values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn nothing_set_is_a_safe_default() {
        let config = parse(&[]).unwrap();
        assert_eq!(config.mode, Mode::Production);
        assert_eq!(config.base_url.as_str(), "http://127.0.0.1:3000/");
        assert_eq!(config.portal_origins().iter().collect::<Vec<_>>(), ["https://billing.stripe.com"]);
        assert_eq!(config.checkout_origins().iter().collect::<Vec<_>>(), ["https://checkout.stripe.com"]);
    }

    #[test]
    fn what_is_wrong_names_its_variable_and_not_its_value() {
        for (name, value) in [
            ("PORTICO_ENV", "canary-prod"),
            ("PORTICO_BASE_URL", "http://canary.example"),
            ("PORTICO_BASE_URL", "https://canary.example/path"),
            ("PORTICO_BASE_URL", "canary"),
            ("PORTICO_DATABASE_URL", "mysql://canary"),
            ("LEPTOS_SITE_ADDR", "canary"),
            ("PORTICO_METRICS_ADDR", "canary:1"),
            ("PORTICO_STRIPE_API_URL", "https://canary.example"),
            ("PORTICO_STRIPE_WEBHOOK_SECRETS", "canary"),
            ("PORTICO_STRIPE_WEBHOOK_SECRETS", "whsec_a,"),
            ("PORTICO_STRIPE_WEBHOOK_SECRETS", "whsec_"),
            ("PORTICO_TRUSTED_PROXIES", "canary"),
            ("PORTICO_SMTP_URL", "canary"),
            ("PORTICO_SMTP_URL", "smtps://canary@smtp.example.com"),
            ("PORTICO_MAIL_FROM", "canary"),
            ("PORTICO_OPERATORS_MAIL", "ops@example.com, canary"),
            ("PORTICO_MAIL_FROM", "a@canary.example\r\nBcc: b@canary.example"),
            ("PORTICO_SECRET_KEYS", "canary"),
            ("PORTICO_SECRET_KEYS", "Y2FuYXJ5"),
            ("PORTICO_FLAG_BILLING_PORTAL", "canary"),
            ("PORTICO_FLAG_CANARY", "on"),
            ("PORTICO_GOOGLE_BASE_URL", "canary"),
            ("PORTICO_STRIP_SECRET_KEY", "canary"),
        ] {
            let error = parse(&[(name, value)]).unwrap_err();
            assert_eq!(error.name, name);
            assert!(!error.to_string().to_lowercase().replace("portico_flag_canary", "").contains("canary"), "{error}");
        }
    }

    #[test]
    fn a_live_key_never_goes_to_a_sandbox() {
        let error =
            parse(&[("PORTICO_STRIPE_SECRET_KEY", "sk_live_1"), ("PORTICO_STRIPE_API_URL", "http://127.0.0.1:12111")])
                .unwrap_err();
        assert_eq!(error.name, "PORTICO_STRIPE_API_URL");
    }

    #[test]
    fn b05_the_sandbox_is_allowed_under_both_names_of_this_machine_and_stripe_is_not() {
        let config = parse(&[("PORTICO_STRIPE_API_URL", "http://127.0.0.1:12111")]).unwrap();
        let origins: Vec<_> = config.portal_origins().iter().collect();
        assert_eq!(origins, ["http://localhost:12111", "http://127.0.0.1:12111"]);
    }

    #[test]
    fn p06_a_flag_can_be_forced() {
        let config = parse(&[("PORTICO_FLAG_BILLING_PORTAL", "off")]).unwrap();
        assert_eq!(config.flag_overrides, BTreeMap::from([("billing_portal", false)]));
    }
}
