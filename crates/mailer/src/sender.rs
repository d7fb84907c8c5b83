//! Whom mail is from.

use lettre::message::Mailbox;

/// The `From` of every mail, and the domain of its `Message-ID`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    /// `no-reply@example.com` or `Acme <no-reply@example.com>`; none for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = !text.chars().any(char::is_control);
        text.parse().ok().filter(|_| plain).map(Self)
    }

    /// Of the address that people use, where nothing else is configured.
    pub fn of_site(site: &url::Url) -> Self {
        let host = match site.host() {
            Some(url::Host::Domain(name)) if name.contains('.') => name.to_owned(),
            // Not a name that mail can come from: this machine, in development.
            _ => "portico.localhost".to_owned(),
        };
        let address = lettre::Address::new("no-reply", &host)
            .unwrap_or_else(|_| lettre::Address::new_dangerous("no-reply", "portico.localhost"));
        Self(Mailbox::new(Some("Portico".to_owned()), address))
    }

    pub(crate) fn mailbox(&self) -> &Mailbox {
        &self.0
    }

    pub(crate) fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        for fine in ["no-reply@example.com", "Acme <no-reply@example.com>", "\"Acme, Inc.\" <a@example.com>"] {
            assert!(Sender::parse(fine).is_some(), "{fine}");
        }
        for wrong in ["", "Acme", "a@", "a@example.com\r\nBcc: b@example.com", "a@example.com, b@example.com"] {
            assert_eq!(Sender::parse(wrong), None, "{wrong:?}");
        }
        let of = |site: &str| Sender::of_site(&site.parse().unwrap()).mailbox().to_string();
        assert_eq!(of("https://app.example.com"), "Portico <no-reply@app.example.com>");
        assert_eq!(of("http://127.0.0.1:3000"), "Portico <no-reply@portico.localhost>");
        assert_eq!(of("http://[::1]:3000"), "Portico <no-reply@portico.localhost>");
    }
}
