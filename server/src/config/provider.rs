//! The settings of a provider of identities: Google, GitHub, Microsoft.

use secrecy::SecretString;
use url::Url;

use super::{ConfigError, wrong};

/// What a provider of identities knows us by, and where it is if not where everybody knows.
#[derive(Clone, Debug)]
pub struct ProviderConfig {
    pub client_id: String,
    pub client_secret: SecretString,
    pub place: Option<Url>,
}

/// All of it or nothing: half a configuration is a mistake. Elsewhere is a stand-in on this
/// machine, or what `may_be` allows.
pub(super) fn provider(
    take: &mut impl FnMut(&str) -> Option<String>,
    name: &str,
    place: &str,
    may_be: impl Fn(&Url) -> bool,
) -> Result<Option<ProviderConfig>, ConfigError> {
    let [id_name, secret_name, place_name] =
        ["CLIENT_ID", "CLIENT_SECRET", place].map(|part| format!("PORTICO_{name}_{part}"));
    let (id, secret, place) = (take(&id_name), take(&secret_name), take(&place_name));
    let (client_id, client_secret) = match (id, secret) {
        (Some(id), Some(secret)) => (id, SecretString::from(secret)),
        (Some(_), None) => return Err(wrong(&secret_name, format!("is missing, and {id_name} is set"))),
        (None, Some(_)) => return Err(wrong(&id_name, format!("is missing, and {secret_name} is set"))),
        (None, None) if place.is_some() => return Err(wrong(&id_name, format!("is missing, and {place_name} is set"))),
        (None, None) => return Ok(None),
    };
    let place = place
        .map(|text| text.parse().ok().filter(|url: &Url| may_be(url)))
        .map(|url| url.ok_or_else(|| wrong(&place_name, "is for a stand-in on this machine; leave it unset otherwise")))
        .transpose()?;
    Ok(Some(ProviderConfig { client_id, client_secret, place }))
}

/// The authority of one tenant, or of several.
pub(super) fn is_of_microsoft(url: &Url) -> bool {
    url.scheme() == "https" && url.host_str() == Some("login.microsoftonline.com") && url.port().is_none()
}

#[cfg(test)]
mod tests {
    use crate::config::{Config, ConfigError};

    fn parse(values: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_values(values.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn o09_half_a_provider_names_what_is_missing() {
        for (name, place) in [("GOOGLE", "ISSUER"), ("GITHUB", "BASE_URL"), ("MICROSOFT", "ISSUER")] {
            let [id, secret, place] =
                ["CLIENT_ID", "CLIENT_SECRET", place].map(|part| format!("PORTICO_{name}_{part}"));
            assert_eq!(parse(&[(&id, "canary")]).unwrap_err().name, secret);
            assert_eq!(parse(&[(&secret, "canary")]).unwrap_err().name, id);
            assert_eq!(parse(&[(&place, "http://127.0.0.1:1")]).unwrap_err().name, id);
            let both = [(id.as_str(), "a"), (secret.as_str(), "b")];
            assert!(parse(&both).is_ok());
            for elsewhere in ["https://canary.example", "http://canary.example", "canary", "http://169.254.169.254"] {
                let error = parse(&[both[0], both[1], (&place, elsewhere)]).unwrap_err();
                assert!(error.name == place && !error.to_string().contains("canary"), "{error}");
            }
            assert!(parse(&[both[0], both[1], (&place, "http://127.0.0.1:8090")]).is_ok());
        }
        let config = parse(&[]).unwrap();
        assert!(config.google.is_none() && config.github.is_none() && config.microsoft.is_none());
    }
}
