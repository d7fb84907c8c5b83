//! What somebody proves themselves by after the first: authenticator apps and recovery codes.
//! Passkeys are in [`crate::passkeys`].

mod attempts;
mod begin_totp;
mod codes;
mod confirm_totp;
mod pass;
mod remove_totp;
mod renew_recovery_codes;
mod show;
mod totp;

pub use begin_totp::TotpSetup;
pub use codes::SealedCodes;
pub use pass::TypedFactor;
pub use show::{FactorsView, SecondStep};
pub use store::PasskeyRow;

use domain::accounts::Person;
use store::{FactorChange, NewOutboxRow};

use crate::{Actor, Services, mail::Letter};

/// The page where one looks after them; letters lead there.
const PAGE: &str = "/account/two-factor";

/// As letters call it.
pub(crate) const AUTHENTICATOR: &str = "an authenticator app";

impl Services {
    /// A letter that says that a way to prove who one is was added.
    pub(crate) fn factor_added(&self, person: &Person, method: &str) -> NewOutboxRow {
        let (name, method, review) = (person.name.clone(), method.to_owned(), self.link(PAGE, None));
        let letter = Letter::SignInMethodAdded { name, method, at: self.now(), review };
        self.letter_row(&person.email, letter, &format!("factor:{}", self.entropy().uuid()))
    }

    /// And that one was removed.
    pub(crate) fn factor_removed(&self, person: &Person, method: &str) -> NewOutboxRow {
        let (name, method, review) = (person.name.clone(), method.to_owned(), self.link(PAGE, None));
        let letter = Letter::SignInMethodRemoved { name, method, at: self.now(), review };
        self.letter_row(&person.email, letter, &format!("factor:{}", self.entropy().uuid()))
    }

    /// What goes with a change that this person makes from this session.
    pub(crate) fn change<'a>(
        &self,
        actor: &Actor,
        session: Option<&'a str>,
        first_codes: &'a [String],
        letters: &'a [NewOutboxRow],
    ) -> FactorChange<'a> {
        FactorChange { user: actor.person().id, session, first_codes, letters, now: self.now() }
    }
}
