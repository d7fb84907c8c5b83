//! Passwords.

use domain::Timestamp;

use crate::{moment, words::Words};

pub fn reset(name: &str, link: &str) -> Words {
    Words::new(
        "Choose a new password",
        "Choose a new password",
        "You did not ask for this? Do nothing: your password stays as it is, and the link ends by itself.",
    )
    .to(name)
    .say(["A new password was asked for, for your Portico account. When you have chosen one, every browser is signed out and you sign in with it.".into()])
    .action("Choose a new password", link, Some("1 hour"))
}

pub fn no_account(sign_up: &str) -> Words {
    Words::new(
        "There is no account with this address",
        "There is no account with this address",
        "You did not ask for this? Somebody typed your address by mistake. Do nothing: we keep nothing of it.",
    )
    .say(["A new password was asked for, but Portico has no account with this address. Perhaps you signed up with another one.".into()])
    .action("Create an account", sign_up, None)
}

pub fn changed(name: &str, at: Timestamp, address: Option<&str>, reset: &str) -> Words {
    Words::new(
        "Your password was changed",
        "Your password was changed",
        "That was you? Then there is nothing to do.",
    )
    .to(name)
    .say(["The password of your Portico account was changed. If it was not you, choose a new one now: that signs every browser out.".into()])
    .fact("When", &moment::minute(at))
    .fact_if("From", address)
    .action("It was not me", reset, None)
}
