//! People and how they prove who they are.

mod code;
mod device;
mod email;
mod impersonation;
mod leaving;
pub mod linking;
mod masked;
mod passkey_name;
pub mod password;
mod person_name;
mod proof;
mod provider;
mod return_path;
mod session;
pub mod throttle;
mod ways_in;

use serde::{Deserialize, Serialize};

pub use code::{RecoveryCode, TotpCode};
pub use device::{BROWSER_COOKIE_DAYS, BROWSER_KEPT_DAYS, SessionDevice, USER_AGENT_MAX, device_in_words};
pub use email::{Email, EmailProblem};
pub use impersonation::{IMPERSONATION_LASTS, ImpersonationReason};
pub use leaving::{DELETION_GRACE, Fate, Obstacle, Stake};
pub use masked::masked_address;
pub use passkey_name::PasskeyName;
pub use person_name::{PersonName, looks_like_an_address};
pub use proof::{Method, Proof};
pub use provider::Provider;
pub use return_path::ReturnPath;
pub use session::{SessionLifetime, SessionTimes};
pub use ways_in::WaysIn;

use crate::UserId;

/// Who somebody is, as far as pages and policies need to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    pub id: UserId,
    pub email: String,
    pub name: String,
}

/// The longest password looked at, in bytes. More is refused before hashing, so
/// that a megabyte of "password" costs nothing (L04).
pub const PASSWORD_MAX_BYTES: usize = 1024;

/// The shortest password that can be chosen, in characters (L04 asks for 8 and advises 15).
pub const PASSWORD_MIN_CHARS: usize = 8;
