//! Leaving.

use domain::Timestamp;

use crate::{
    moment,
    words::{Words, literal},
};

pub fn scheduled(name: &str, due: Timestamp, keep: &str) -> Words {
    Words::new(
        "Your account will be deleted",
        "Your account will be deleted",
        "You did not ask for this? Keep the account, and change your password: somebody signed in as you.",
    )
    .to(name)
    .say([
        "Your Portico account and what belongs to it will be deleted on ".into(),
        literal(&moment::day(due)),
        ". Until then you can change your mind; afterwards it can't be brought back.".into(),
    ])
    .action("Keep my account", keep, None)
}

pub fn cancelled(name: &str) -> Words {
    Words::new("Your account stays", "Your account stays", "That was not you? Sign in and change your password.")
        .to(name)
        .say(["The deletion of your Portico account was cancelled. Everything is as it was, and nothing was removed."
            .into()])
}

pub fn done(name: &str) -> Words {
    Words::new(
        "Your account was deleted",
        "Your account was deleted",
        "This is the last mail to this address.",
    )
    .to(name)
    .say(["Your Portico account and what belonged to it are deleted, as you asked. Invoices stay where the law wants them kept.".into()])
}
