//! Where events go: the one target of `/_sandbox/webhooks`, and the endpoints of the API.

use serde::{Deserialize, Serialize};

/// The name of the target that `/_sandbox/webhooks` sets.
pub const DEFAULT: &str = "default";

/// Where the development server listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookTarget {
    pub url: String,
    pub secret: String,
    /// Event types, or `*`; every type when absent.
    #[serde(default = "all", skip_serializing_if = "is_all")]
    pub enabled_events: Vec<String>,
}

fn all() -> Vec<String> {
    vec!["*".to_owned()]
}

fn is_all(events: &[String]) -> bool {
    events == ["*"]
}

/// The secrets of a target: the current one, and the one before until it expires.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secrets {
    pub current: String,
    /// With the second at which it signs no more.
    pub previous: Option<(String, i64)>,
}

impl Secrets {
    /// A first secret.
    pub fn new(current: String) -> Self {
        Self { current, previous: None }
    }

    /// Replaces the secret; the old one still signs until `expires`.
    pub fn roll(&mut self, fresh: String, expires: i64) {
        let old = std::mem::replace(&mut self.current, fresh);
        self.previous = Some((old, expires));
    }

    /// Those that sign at `now`, the current one first.
    pub fn at(&self, now: i64) -> Vec<&str> {
        let previous = self.previous.as_ref().filter(|(_, expires)| now < *expires);
        std::iter::once(self.current.as_str()).chain(previous.map(|(secret, _)| secret.as_str())).collect()
    }
}

/// Whether a list of enabled events has this type.
pub fn wants<'a>(mut enabled: impl Iterator<Item = &'a str>, event_type: &str) -> bool {
    enabled.any(|entry| entry == "*" || entry == event_type)
}

/// Whether the sandbox may send there: it never leaves the machine.
pub fn is_on_this_machine(url: &str) -> bool {
    let Ok(url) = url::Url::parse(url) else {
        return false;
    };
    url.scheme() == "http"
        && match url.host() {
            Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(url::Host::Ipv4(address)) => address.is_loopback(),
            Some(url::Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
}

#[cfg(test)]
mod tests {
    use super::{Secrets, is_on_this_machine, wants};

    #[test]
    fn two_secrets_sign_while_one_rolls() {
        let mut secrets = Secrets::new("whsec_a".into());
        assert_eq!(secrets.at(0), ["whsec_a"]);
        secrets.roll("whsec_b".into(), 100);
        assert_eq!(secrets.at(99), ["whsec_b", "whsec_a"]);
        assert_eq!(secrets.at(100), ["whsec_b"]);
    }

    #[test]
    fn types_are_wanted_by_name_or_all() {
        assert!(wants(["*"].into_iter(), "invoice.paid"));
        assert!(wants(["a.b", "invoice.paid"].into_iter(), "invoice.paid"));
        assert!(!wants(["invoice.created"].into_iter(), "invoice.paid"));
        assert!(!wants(std::iter::empty(), "invoice.paid"));
    }

    #[test]
    fn nothing_leaves_the_machine() {
        for url in ["http://127.0.0.1:3000/x", "http://localhost/", "http://[::1]:1/", "http://127.8.9.1/"] {
            assert!(is_on_this_machine(url), "{url}");
        }
        for url in ["https://127.0.0.1/", "http://192.0.2.1/", "http://localhost.example/", "ftp://localhost/", "x"] {
            assert!(!is_on_this_machine(url), "{url}");
        }
    }
}
