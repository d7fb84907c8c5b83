//! Stripe's answer is compared before anybody is sent to it (P-04, checks B04, B05).
//!
//! A wrong answer here would put somebody else's invoices and cards on the
//! screen, so every part that can be compared is.

use thiserror::Error;
use url::Url;

use crate::CustomerId;

/// Where a hosted page may be: scheme, host and port, exactly.
#[derive(Clone, Debug)]
pub struct HostedOrigins(Vec<url::Origin>);

impl HostedOrigins {
    /// Stripe's own host for the customer portal.
    pub const STRIPE_PORTAL: &'static str = "https://billing.stripe.com";
    /// And for checkout.
    pub const STRIPE_CHECKOUT: &'static str = "https://checkout.stripe.com";

    pub fn new(origins: &[Url]) -> Self {
        Self(origins.iter().map(Url::origin).collect())
    }

    /// The origins as text, for the `form-action` of a content security policy.
    pub fn iter(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(url::Origin::ascii_serialization)
    }

    fn has(&self, url: &Url) -> bool {
        self.0.contains(&url.origin()) && url.username().is_empty() && url.password().is_none()
    }
}

/// What came back for one session of a hosted page: the portal, or checkout.
pub struct HostedPage<'a> {
    pub customer: &'a CustomerId,
    pub livemode: bool,
    pub url: &'a str,
    pub return_url: Option<&'a str>,
}

/// Which part of the answer is not ours. The answer itself is never shown or
/// logged: its URL is a bearer secret (P-07).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum HostedMismatch {
    #[error("the session is for another customer")]
    Customer,
    #[error("the session is of the other mode (live or test)")]
    Livemode,
    #[error("the session's page is not on an allowed host")]
    Origin,
    #[error("the session returns to another address")]
    ReturnUrl,
}

/// # Errors
/// The first part that differs from what was asked for.
pub fn check_hosted_page(
    answer: &HostedPage<'_>,
    customer: &CustomerId,
    livemode: bool,
    return_url: &Url,
    origins: &HostedOrigins,
) -> Result<(), HostedMismatch> {
    if answer.customer != customer {
        return Err(HostedMismatch::Customer);
    }
    if answer.livemode != livemode {
        return Err(HostedMismatch::Livemode);
    }
    if !Url::parse(answer.url).is_ok_and(|url| origins.has(&url)) {
        return Err(HostedMismatch::Origin);
    }
    // Compared parsed: a trailing slash or a default port is no difference.
    if !answer.return_url.is_some_and(|url| Url::parse(url).as_ref() == Ok(return_url)) {
        return Err(HostedMismatch::ReturnUrl);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(customer: &str, livemode: bool, url: &str, return_url: Option<&str>) -> Result<(), HostedMismatch> {
        let customer = CustomerId::from_trusted(customer);
        let answer = HostedPage { customer: &customer, livemode, url, return_url };
        let origins = HostedOrigins::new(&[Url::parse(HostedOrigins::STRIPE_PORTAL).unwrap()]);
        let back = Url::parse("https://portico.test/o/acme/settings/billing").unwrap();
        check_hosted_page(&answer, &CustomerId::from_trusted("cus_acme"), true, &back, &origins)
    }

    const PAGE: &str = "https://billing.stripe.com/p/session/secret";
    const BACK: Option<&str> = Some("https://portico.test/o/acme/settings/billing");

    #[test]
    fn b04_the_answer_must_be_the_one_asked_for() {
        assert_eq!(check("cus_acme", true, PAGE, BACK), Ok(()));
        assert_eq!(check("cus_globex", true, PAGE, BACK), Err(HostedMismatch::Customer));
        assert_eq!(check("CUS_ACME", true, PAGE, BACK), Err(HostedMismatch::Customer));
        assert_eq!(check("cus_acme", false, PAGE, BACK), Err(HostedMismatch::Livemode));
        assert_eq!(check("cus_acme", true, PAGE, None), Err(HostedMismatch::ReturnUrl));
        assert_eq!(
            check("cus_acme", true, PAGE, Some("https://portico.test/o/globex")),
            Err(HostedMismatch::ReturnUrl)
        );
    }

    #[test]
    fn b05_the_page_must_be_on_an_allowed_origin() {
        for url in [
            "https://evil.example/p",
            "http://billing.stripe.com/p",
            "https://billing.stripe.com.evil.example/",
            "https://billing.stripe.com:8443/p",
            "https://billing.stripe.com@evil.example/",
            "//billing.stripe.com/p",
            "https://user@billing.stripe.com/p",
            "javascript:alert(1)",
            "data:text/html,x",
            "",
            "/p/session",
        ] {
            assert_eq!(check("cus_acme", true, url, BACK), Err(HostedMismatch::Origin), "{url}");
        }
    }
}
