//! Signing up.

use crate::words::{Words, name_or};

pub fn confirm(name: &str, organization: &str, link: &str) -> Words {
    Words::new(
        "Confirm your email address",
        "One step left",
        "You did not sign up? Then somebody typed your address by mistake. Do nothing: without the link and the \
         password they chose, there is no account.",
    )
    .to(name)
    .say([
        "With this address, somebody, hopefully you, just signed up ".into(),
        name_or(organization, "an organization"),
        " at Portico. Confirm that the address is yours, and type the password you chose.".into(),
    ])
    .action("Confirm and sign in", link, Some("24 hours"))
}

pub fn already(name: &str, sign_in: &str, reset: &str) -> Words {
    Words::new(
        "You already have an account",
        "You already have an account",
        "That was not you? Nothing has changed, and whoever it was learned nothing about your account.",
    )
    .to(name)
    .say(["Somebody, probably you, just tried to sign up to Portico with this address. It has an account already, so there is nothing to set up.".into()])
    .action("Sign in", sign_in, None)
    .aside("Forgotten your password?", "Choose a new one", reset)
}
