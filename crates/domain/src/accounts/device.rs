//! The browser that somebody signed in with: what is kept of it, and how it is told to people.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What a session keeps of its beginning, for the person whose it is (check S06).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionDevice {
    /// Names the session on pages. Random: it says nothing about the id in the cookie.
    pub handle: Uuid,
    /// What the browser said it is, by its own word; cut to [`USER_AGENT_MAX`].
    pub user_agent: Option<String>,
    pub address: Option<String>,
}

/// How much of a `User-Agent` is kept, in characters. No browser's is longer.
pub const USER_AGENT_MAX: usize = 300;

/// Longer than the cookie that names a browser lives ([`BROWSER_COOKIE_DAYS`]): after that nobody can bring it back.
pub const BROWSER_KEPT_DAYS: i64 = BROWSER_COOKIE_DAYS + 30;
pub const BROWSER_COOKIE_DAYS: i64 = 365;

/// A browser's word for itself and ours for it. The first that is found counts: most browsers name
/// the ones that they descend from as well.
const BROWSERS: [(&str, &str); 14] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// The same for what it runs on. Android says Linux as well, and so does `ChromeOS` say X11.
const SYSTEMS: [(&str, &str); 8] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
    ("X11", "Unix"),
];

/// A browser in words, such as "Firefox on Windows". Nothing of what it said of itself is repeated:
/// whoever made the request wrote that.
pub fn device_in_words(user_agent: Option<&str>) -> String {
    let agent = user_agent.unwrap_or_default();
    let find =
        |table: &[(&str, &'static str)]| table.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name);
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(browser), None) => browser.to_owned(),
        (None, Some(system)) => format!("A browser on {system}"),
        (None, None) => "An unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_by_what_they_say_of_themselves() {
        for (agent, words) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Windows"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Safari on Mac",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0.7339.39 Mobile/15E148 Safari/604.1",
                "Chrome on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
                "Chrome on ChromeOS",
            ),
            ("curl/8.5.0", "An unknown browser"),
            ("<script>alert(1)</script> Windows", "A browser on Windows"),
        ] {
            assert_eq!(device_in_words(Some(agent)), words);
        }
        assert_eq!(device_in_words(None), "An unknown browser");
    }
}
