//! A reply whole, apart from what is new in every one: for saying that two are the same.

use std::fmt::Write;

use testkit::Page;

/// Status, every header with its value, and the whole body. Masked are the nonce (by its
/// value, wherever it stands), the time, the request's number, values of cookies, and what
/// the caller typed.
pub fn masked(page: &Page, typed: &[&str]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (name, value) in &page.headers {
        let value = value.to_str().unwrap();
        let shown = match name.as_str() {
            "date" | "x-request-id" => "…",
            "set-cookie" => &without_value(value),
            _ => value,
        };
        lines.push(format!("{name}: {shown}"));
    }
    lines.sort_unstable();
    let mut text = format!("{}\n{}\n\n", page.status, lines.join("\n"));
    write!(text, "{}", page.body).unwrap();
    if let Some(nonce) = nonce(page) {
        text = text.replace(&nonce, "NONCE");
    }
    for typed in typed {
        text = text.replace(typed, "TYPED");
    }
    text
}

/// Its length stays: whether it was set or removed must not differ.
fn without_value(cookie: &str) -> String {
    let (name, rest) = cookie.split_once('=').unwrap();
    let (value, attributes) = rest.split_once(';').unwrap_or((rest, ""));
    format!("{name}=<{}>;{attributes}", value.len())
}

fn nonce(page: &Page) -> Option<String> {
    let policy = page.headers.get("content-security-policy")?.to_str().ok()?;
    Some(policy.split("'nonce-").nth(1)?.split('\'').next()?.to_owned())
}

/// Says where they part, not all that they are.
#[track_caller]
pub fn assert_same_text(what: &str, one: &str, other: &str) {
    let at = one.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    let around = |text: &str| text.chars().skip(at.saturating_sub(60)).take(160).collect::<String>();
    if one != other {
        assert_eq!(around(one), around(other), "{what}: they part at {at}");
    }
}
