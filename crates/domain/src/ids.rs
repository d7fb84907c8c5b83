//! Identifiers as types, made in one place, so that a user's id can't be passed
//! where an organisation's is wanted.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            pub const fn from_uuid(id: Uuid) -> Self {
                Self(id)
            }

            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id!(
    /// A person who can sign in.
    UserId
);
uuid_id!(
    /// An organisation: the tenant, and who pays.
    OrgId
);
uuid_id!(
    /// A project of an organisation.
    ProjectId
);
uuid_id!(
    /// A post in a project.
    PostId
);

macro_rules! provider_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Takes an id as the payment provider or our own row gave it. Never
            /// call it with something a client sent (P-04).
            pub fn from_trusted(id: impl Into<String>) -> Self {
                Self(id.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    };
}

provider_id!(
    /// The payment provider's customer of one organisation (P-05: one to one).
    CustomerId
);
provider_id!(
    /// The payment provider's subscription of one organisation (B-02).
    SubscriptionId
);
