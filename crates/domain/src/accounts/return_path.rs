//! Where to go after signing in: a path on this site and nothing else (check O08).

/// A relative path that a browser can't read as another host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// The path if it is one of ours, otherwise none: a caller falls back to its
    /// own default and never redirects to what it was given.
    pub fn parse(given: &str) -> Option<Self> {
        let allowed = given.len() <= 512
            && given.starts_with('/')
            && !given.starts_with("//")
            && given.bytes().all(is_plain)
            && !given.split(['?', '#']).next().unwrap_or_default().contains("//")
            // Escapes are decoded at different places by different parties.
            && !given.to_ascii_lowercase().contains("%2f")
            && !given.to_ascii_lowercase().contains("%5c")
            && !given.starts_with("/api/")
            && !given.starts_with("/auth/")
            && !given.starts_with("/sign-in");
        allowed.then(|| Self(given.split('#').next().unwrap_or_default().to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The sign-in page that leads there. Encoded, so that a query of the path stays part of it.
    pub fn sign_in_address(&self) -> String {
        let page = "/sign-in?".to_owned();
        let start = page.len();
        url::form_urlencoded::Serializer::for_suffix(page, start).append_pair("next", &self.0).finish()
    }
}

/// No control characters, blanks, backslashes or anything beyond ASCII.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-._~?=&%+,:@#".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o08_paths_of_this_site_are_kept() {
        for path in ["/", "/o/acme", "/o/acme/settings/billing", "/o/acme/settings/audit?page=2", "/account"] {
            assert_eq!(ReturnPath::parse(path).unwrap().as_str(), path);
        }
        assert_eq!(ReturnPath::parse("/o/acme#x").unwrap().as_str(), "/o/acme");
    }

    #[test]
    fn o08_other_places_are_refused() {
        for path in [
            "",
            "o/acme",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/%2f/evil.example",
            "/%2F%2Fevil.example",
            "/%5cevil.example",
            "\t//evil.example",
            "/\t/evil.example",
            "https:evil.example",
            "https://evil.example",
            "http://127.0.0.1@evil.example",
            "/ /evil.example",
            "/a\r\nSet-Cookie: x=1",
            "javascript:alert(1)",
            "/é",
            "/a//evil.example",
            "/\u{202e}evil",
            "/api/auth/sign-out",
            "/auth/google/callback?code=x",
            "/sign-in?next=/sign-in",
        ] {
            assert_eq!(ReturnPath::parse(path), None, "{path:?}");
        }
    }
}
