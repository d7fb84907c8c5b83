//! Signing in, and the ways to do it.

use domain::Timestamp;

use crate::{
    moment,
    words::{Span, Words, literal},
};

pub fn new_device(name: &str, device: &str, address: Option<&str>, at: Timestamp, sessions: &str) -> Words {
    Words::new("New sign-in to your account", "A new sign-in", "That was you? Then there is nothing to do.")
        .to(name)
        .say(["Your Portico account was signed in to from a browser that we have not seen before. If it was not you, sign it out and change your password.".into()])
        .fact("Browser", device)
        .fact_if("From", address)
        .fact("When", &moment::minute(at))
        .action("See your sessions", sessions, None)
}

pub fn method_added(name: &str, method: &str, at: Timestamp, review: &str) -> Words {
    let words = Words::new(
        "A way to sign in was added",
        "A way to sign in was added",
        "That was you? Then there is nothing to do.",
    );
    method_changed(
        words,
        name,
        ["From now on, ".into(), literal(method), " can be used to sign in to your Portico account.".into()],
        at,
        review,
    )
}

pub fn method_removed(name: &str, method: &str, at: Timestamp, review: &str) -> Words {
    let words = Words::new(
        "A way to sign in was removed",
        "A way to sign in was removed",
        "That was you? Then there is nothing to do.",
    );
    let happened =
        ["From now on, ".into(), literal(method), " can no longer be used to sign in to your Portico account.".into()];
    method_changed(words, name, happened, at, review)
}

fn method_changed(words: Words, name: &str, happened: [Span; 3], at: Timestamp, review: &str) -> Words {
    words
        .to(name)
        .say(happened)
        .say(["If it was not you, undo it and change your password.".into()])
        .fact("When", &moment::minute(at))
        .action("Review sign-in methods", review, None)
}

pub fn code_used(name: &str, left: u32, at: Timestamp, review: &str) -> Words {
    let advice = match left {
        0 => "That was the last one. Make new codes now: without them, a lost phone means a lost account.",
        1..=3 => "Few are left. Make new codes before you run out.",
        _ => "Each code works once.",
    };
    Words::new(
        "A recovery code was used",
        "A recovery code was used",
        "That was not you? Somebody has your codes and your password: make new codes and change your password now.",
    )
    .to(name)
    .say(["A recovery code was used to sign in to your Portico account.".into()])
    .say([advice.into()])
    .fact("Codes left", &left.to_string())
    .fact("When", &moment::minute(at))
    .action("Make new codes", review, None)
}
