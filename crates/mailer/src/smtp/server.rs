//! Which mail server, and how safely it is spoken to.

use lettre::transport::smtp::{
    authentication::Credentials,
    client::{Certificate, TlsParameters},
    extension::ClientId,
};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

/// When the connection becomes a private one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Privacy {
    /// From the first byte (`smtps`).
    Wrapped,
    /// By STARTTLS before anything of ours is said, or not at all (`smtp`).
    StartTls,
    /// On this machine only.
    Plain,
}

/// `smtp://` or `smtps://`, `user:password@`, host, port.
#[derive(Clone, Debug)]
pub struct SmtpServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) privacy: Privacy,
    credentials: Option<(String, SecretString)>,
}

impl SmtpServer {
    /// # Errors
    /// What is wrong with it, without showing it: it may hold a password.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        const SHAPE: &str = "must be like smtps://user:password@smtp.example.com:465";
        let url: Url = text.parse().map_err(|_| SHAPE)?;
        // Not one of the web's schemes, so the host was not looked at yet.
        let host = Host::parse(url.host_str().filter(|host| !host.is_empty()).ok_or(SHAPE)?).map_err(|_| SHAPE)?;
        let (privacy, port) = match url.scheme() {
            "smtps" => (Privacy::Wrapped, 465),
            "smtp" if is_loopback(&host) => (Privacy::Plain, 25),
            "smtp" => (Privacy::StartTls, 587),
            _ => return Err("must begin with smtps:// or smtp://"),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(SHAPE);
        }
        let privacy = match (url.query(), privacy) {
            (None, privacy) => privacy,
            // For a server on this machine that is spoken to as if it were elsewhere.
            (Some("tls=required"), Privacy::Plain | Privacy::StartTls) => Privacy::StartTls,
            _ => return Err(SHAPE),
        };
        let decoded = |part: &str| percent_decode_str(part).decode_utf8().map(String::from).map_err(|_| SHAPE);
        let credentials = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => Some((decoded(user)?, decoded(password)?.into())),
            _ => return Err("must have a user and a password, or neither"),
        };
        Ok(Self { host: unbracketed(&host), port: url.port().unwrap_or(port), privacy, credentials })
    }

    pub fn host(&self) -> &str {
        &self.host
    }
}

fn is_loopback(host: &Host) -> bool {
    match host {
        Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    }
}

fn unbracketed(host: &Host) -> String {
    match host {
        Host::Ipv6(ip) => ip.to_string(),
        host => host.to_string(),
    }
}

/// What every connection needs.
pub(super) struct Line {
    pub server: SmtpServer,
    pub tls: Option<TlsParameters>,
    pub hello: ClientId,
}

impl Line {
    pub fn new(server: &SmtpServer, name: &str, root: Option<&[u8]>) -> Result<Self, &'static str> {
        let tls = match server.privacy {
            Privacy::Plain => None,
            Privacy::Wrapped | Privacy::StartTls => {
                let mut tls = TlsParameters::builder(server.host.clone());
                if let Some(root) = root {
                    tls = tls.add_root_certificate(Certificate::from_pem(root).map_err(|_| "is not a certificate")?);
                }
                Some(tls.build().map_err(|_| "TLS can't be set up for this host")?)
            }
        };
        Ok(Self { server: server.clone(), tls, hello: ClientId::Domain(name.to_owned()) })
    }

    pub fn credentials(&self) -> Option<Credentials> {
        let (user, password) = self.server.credentials.as_ref()?;
        Some(Credentials::new(user.clone(), password.expose_secret().to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_how_private_it_is() {
        for (text, host, port, privacy) in [
            ("smtps://smtp.example.com", "smtp.example.com", 465, Privacy::Wrapped),
            ("smtps://u:p@smtp.example.com:2465/", "smtp.example.com", 2465, Privacy::Wrapped),
            ("smtp://smtp.example.com", "smtp.example.com", 587, Privacy::StartTls),
            ("smtp://127.0.0.1:1025", "127.0.0.1", 1025, Privacy::Plain),
            ("smtp://localhost", "localhost", 25, Privacy::Plain),
            ("smtp://[::1]:1025", "::1", 1025, Privacy::Plain),
            ("smtps://127.0.0.1:1465", "127.0.0.1", 1465, Privacy::Wrapped),
            ("smtp://127.0.0.1:1587?tls=required", "127.0.0.1", 1587, Privacy::StartTls),
            ("smtp://127.0.0.1.evil.example", "127.0.0.1.evil.example", 587, Privacy::StartTls),
        ] {
            let server = SmtpServer::parse(text).unwrap();
            assert_eq!((server.host(), server.port, server.privacy), (host, port, privacy), "{text}");
        }
    }

    #[test]
    fn a_password_may_have_any_letter_and_is_not_shown() {
        let server = SmtpServer::parse("smtps://ann%40acme.test:p%3Aa%2Fs%40s@smtp.example.com").unwrap();
        let (user, password) = server.credentials.as_ref().unwrap();
        assert_eq!((user.as_str(), password.expose_secret()), ("ann@acme.test", "p:a/s@s"));
        assert!(!format!("{server:?}").contains("p:a"));
    }

    #[test]
    fn what_is_wrong_is_said_without_showing_it() {
        for wrong in [
            "canary",
            "smtp://",
            "http://canary.example",
            "smtps://canary@smtp.example.com",
            "smtps://:canary@smtp.example.com",
            "smtps://smtp.example.com/canary",
            "smtps://smtp.example.com?tls=canary",
            "smtp://smtp.example.com?tls=none",
            "smtps://smtp.example.com?tls=required&canary",
            "smtps://smtp.example.com:canary",
        ] {
            let why = SmtpServer::parse(wrong).unwrap_err();
            assert!(!why.contains("canary"), "{wrong}: {why}");
        }
    }
}
