//! Who may have signed: our configuration says it, never a token (check O04).

use url::Url;

use crate::SetupError;

/// A tenant's place in Microsoft's issuers, as its discovery document writes it.
const TENANT: &str = "{tenantid}";
/// Authorities of Microsoft's that stand for more than one tenant.
const SHARED: [&str; 2] = ["common", "organizations"];

#[derive(Clone, Debug)]
pub(crate) enum Issuer {
    /// The one that is configured.
    One(String),
    /// One for each tenant: every issuer is this with the tenant's id in its place.
    PerTenant { authority: String, before: String, after: String },
}

impl Issuer {
    /// Of an authority that may stand for many tenants: its first segment says so.
    pub(crate) fn of_authority(authority: &Url) -> Result<Self, SetupError> {
        let text = authority.as_str().trim_end_matches('/').to_owned();
        let segment = authority.path_segments().and_then(|mut segments| segments.next()).unwrap_or_default();
        if !SHARED.contains(&segment) {
            return Ok(Self::One(text));
        }
        let (before, after) =
            text.split_once(&format!("/{segment}/")).ok_or(SetupError::Address("has no version behind its tenant"))?;
        Ok(Self::PerTenant { before: format!("{before}/"), after: format!("/{after}"), authority: text.clone() })
    }

    pub(crate) fn discovery_address(&self) -> Option<Url> {
        let (Self::One(issuer) | Self::PerTenant { authority: issuer, .. }) = self;
        format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/')).parse().ok()
    }

    /// Whether the discovery document is its own.
    pub(crate) fn is_named_by(&self, document: &str) -> bool {
        match self {
            Self::One(issuer) => document == issuer,
            Self::PerTenant { before, after, .. } => document == format!("{before}{TENANT}{after}"),
        }
    }

    /// Whether a response (RFC 9207) is its own.
    pub(crate) fn answers_as(&self, response: &str) -> bool {
        match self {
            Self::One(issuer) => response == issuer,
            Self::PerTenant { before, after, .. } => {
                let tenant = response.strip_prefix(before.as_str()).and_then(|rest| rest.strip_suffix(after.as_str()));
                tenant.is_some_and(is_id)
            }
        }
    }

    /// Whether a token of this tenant may bear this issuer.
    pub(crate) fn signs_as(&self, token: &str, tenant: Option<&str>) -> bool {
        match self {
            Self::One(issuer) => token == issuer,
            Self::PerTenant { before, after, .. } => {
                tenant.is_some_and(|tenant| is_id(tenant) && token == format!("{before}{tenant}{after}"))
            }
        }
    }
}

/// As Microsoft writes ids: 8-4-4-4-12 hexadecimal digits, in lower case.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TENANT_A: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

    fn of(authority: &str) -> Issuer {
        Issuer::of_authority(&authority.parse().unwrap()).unwrap()
    }

    #[test]
    fn o04_an_authority_of_many_tenants_has_one_issuer_for_each() {
        let common = of("https://login.microsoftonline.com/common/v2.0");
        assert!(common.is_named_by("https://login.microsoftonline.com/{tenantid}/v2.0"));
        let own = format!("https://login.microsoftonline.com/{TENANT_A}/v2.0");
        assert!(common.signs_as(&own, Some(TENANT_A)) && common.answers_as(&own));
        let other = "11111111-2222-3333-4444-555555555555";
        assert!(!common.signs_as(&own, Some(other)) && !common.signs_as(&own, None));
        for foreign in [
            "https://login.microsoftonline.com/{tenantid}/v2.0",
            "https://login.microsoftonline.com/common/v2.0",
            "https://evil.example/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
            "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0/",
            "https://login.microsoftonline.com/../v2.0",
            "",
        ] {
            assert!(!common.signs_as(foreign, Some(TENANT_A)) && !common.answers_as(foreign), "{foreign}");
        }
        for tenant in ["{tenantid}", "common", "", "9188040D-6C67-4C5B-B112-36A304B66DAD", "../../evil"] {
            let issuer = format!("https://login.microsoftonline.com/{tenant}/v2.0");
            assert!(!common.signs_as(&issuer, Some(tenant)), "{tenant}");
        }
    }

    #[test]
    fn o04_an_authority_of_one_tenant_is_its_issuer() {
        let one = of(&format!("https://login.microsoftonline.com/{TENANT_A}/v2.0"));
        let own = format!("https://login.microsoftonline.com/{TENANT_A}/v2.0");
        assert!(one.is_named_by(&own) && one.signs_as(&own, None) && one.answers_as(&own));
        assert!(!one.signs_as("https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0", None));
        assert_eq!(
            one.discovery_address().unwrap().path(),
            format!("/{TENANT_A}/v2.0/.well-known/openid-configuration")
        );
    }
}
