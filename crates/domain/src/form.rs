//! What can be wrong with a field of a form: closed, so that every case has its words.

use serde::{Deserialize, Serialize};

/// A field that can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Field {
    Email,
    Password,
    /// A password to be, where the present one is asked for as well.
    NewPassword,
    Name,
    Organization,
    /// The organisation's name in addresses.
    Address,
    /// Six digits of an authenticator.
    Code,
    RecoveryCode,
    /// What a browser answered for one.
    Passkey,
    PasskeyName,
    /// One's own address, typed to show that one means it.
    Confirmation,
    /// Somebody of an organisation, and what they are to be.
    Member,
    Role,
    Invitation,
    /// When and from where an organisation may be used.
    TimeZone,
    Days,
    From,
    Until,
    Addresses,
    /// How long an audit trail is kept.
    Retention,
    /// What is looked for.
    Search,
    /// What a project is called.
    Project,
    Title,
    Body,
    /// Of the post that was edited.
    Version,
    /// Why an operator acts as somebody.
    Reason,
    /// What is paid for.
    Plan,
    Seats,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Problem {
    Missing,
    Malformed,
    TooShort,
    TooLong,
    /// A password that everybody tries first.
    TooCommon,
    /// A password made of the person's own name, address or organisation.
    TooPersonal,
    /// A password or code that is not the right one.
    Wrong,
    /// A code that was right once.
    Used,
    /// The same as before.
    Unchanged,
    /// Nothing is wrong with what was typed: something else is in the way.
    InTheWay,
    /// An organisation would be left without an owner.
    LastOwner,
    /// They are a member, or were invited, already.
    AlreadyThere,
    TooMany,
    /// A payment did not go through, and nothing has changed.
    Declined,
    /// What was shown is no longer so.
    Outdated,
    /// Something is owed.
    PaymentOpen,
    OnHold,
    /// It is to end already.
    Ending,
    /// Another change is to come first.
    Scheduled,
    /// It would shut out the very person who asks for it.
    ShutsOneselfOut,
}
