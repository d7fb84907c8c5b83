//! A request that changes something must come from this site (checks C01 to C03).
//!
//! `Origin` equal to ours, and where the browser says `Sec-Fetch-Site`, it says
//! `same-origin`. Neither present: refused. The session cookie plays no part, so
//! forms that need none (sign in) are protected as well.

use app::error::AppError;
use axum::{
    extract::{Request, State},
    response::Response,
};
use http::{
    HeaderMap, Method, StatusCode,
    header::{CONTENT_TYPE, ORIGIN},
};

use super::{admission::refusal, chain::Next};

/// Scheme, host and port of ours, as a browser writes them.
#[derive(Clone)]
pub struct OwnOrigin(pub std::sync::Arc<str>);

pub async fn check(State(own): State<OwnOrigin>, request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe {
        if !is_same_origin(request.headers(), &own.0) {
            return refusal(AppError::Forbidden);
        }
        // The one type that our forms send: nothing else is parsed for a form.
        if !is_form(request.headers()) {
            return axum::response::IntoResponse::into_response(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
    }
    next.run(request).await
}

fn is_same_origin(headers: &HeaderMap, own: &str) -> bool {
    // Twice the same header is somebody playing parsers against each other.
    let one = |name| {
        let mut values = headers.get_all(name).iter();
        let first = values.next();
        if values.next().is_some() { None } else { Some(first.map(http::HeaderValue::as_bytes)) }
    };
    let (Some(origin), Some(site)) = (one(ORIGIN.as_str()), one("sec-fetch-site")) else { return false };
    let origin_fits = origin.map(|origin| origin == own.as_bytes());
    let site_fits = site.map(|site| site == b"same-origin");
    match (origin_fits, site_fits) {
        (None, None) => false,
        (origin, site) => origin.unwrap_or(true) && site.unwrap_or(true),
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|kind| {
        let kind = kind.as_bytes().split(|byte| *byte == b';').next().unwrap_or_default();
        kind.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c01_the_table() {
        let own = "https://app.example.com";
        let origins = [
            (None, None),
            (Some("https://app.example.com"), Some(true)),
            (Some("https://evil.example"), Some(false)),
            (Some("https://sub.app.example.com"), Some(false)),
            (Some("https://app.example.com.evil.example"), Some(false)),
            (Some("http://app.example.com"), Some(false)),
            (Some("https://app.example.com:8443"), Some(false)),
            (Some("https://APP.example.com"), Some(false)),
            (Some("null"), Some(false)),
            (Some(""), Some(false)),
        ];
        let sites = [
            (None, None),
            (Some("same-origin"), Some(true)),
            (Some("same-site"), Some(false)),
            (Some("cross-site"), Some(false)),
            (Some("none"), Some(false)),
        ];
        for (origin, origin_fits) in origins {
            for (site, site_fits) in sites {
                let mut headers = HeaderMap::new();
                if let Some(origin) = origin {
                    headers.insert(ORIGIN, origin.parse().unwrap());
                }
                if let Some(site) = site {
                    headers.insert("sec-fetch-site", site.parse().unwrap());
                }
                let want = match (origin_fits, site_fits) {
                    (None, None) => false,
                    (origin, site) => origin != Some(false) && site != Some(false),
                };
                assert_eq!(is_same_origin(&headers, own), want, "{origin:?} {site:?}");
            }
        }
        let mut twice = HeaderMap::new();
        twice.append(ORIGIN, own.parse().unwrap());
        twice.append(ORIGIN, "https://evil.example".parse().unwrap());
        assert!(!is_same_origin(&twice, own));
    }
}
