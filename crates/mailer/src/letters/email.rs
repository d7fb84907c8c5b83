//! Changing the address of an account.

use domain::Timestamp;

use crate::{
    moment,
    words::{Words, literal},
};

pub fn confirm(name: &str, link: &str) -> Words {
    Words::new(
        "Confirm your new email address",
        "Confirm your new address",
        "You did not ask for this? Do nothing: the account keeps the address it has, and the link ends by itself.",
    )
    .to(name)
    .say(["This address is to become the one of your Portico account. From then on you sign in with it, and mail goes to it.".into()])
    .action("Use this address", link, Some("1 hour"))
}

pub fn taken(sign_in: &str, reset: &str) -> Words {
    Words::new(
        "This address has an account already",
        "This address has an account already",
        "That was not you? Nothing has changed, and whoever it was learned nothing about your account.",
    )
    .say(["Somebody, probably you, wanted to make this the address of another Portico account. It belongs to an account already: sign in to that one, or use another address.".into()])
    .action("Sign in", sign_in, None)
    .aside("Forgotten your password?", "Choose a new one", reset)
}

pub fn changed(name: &str, new_email: &str, at: Timestamp, reset: &str) -> Words {
    Words::new(
        "Your email address was changed",
        "Your email address was changed",
        "That was you? Then there is nothing to do. This is the last mail to this address.",
    )
    .to(name)
    .say([
        "Your Portico account now has the address ".into(),
        literal(new_email),
        ". If it was not you, somebody else can sign in as you: act now.".into(),
    ])
    .fact("When", &moment::minute(at))
    .action("It was not me", reset, None)
}
