//! Why not.

/// Why not, most fundamental first: a stranger learns nothing about flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    NotAMember,
    /// An operator acts as them, and this is not for support.
    Impersonated,
    /// The organisation is about to be deleted.
    Closing,
    /// The whole organisation is closed to this session.
    SecondFactorRequired,
    /// It may not be used from this network address.
    AddressNotAllowed,
    /// It may not be used at this hour.
    OutsideHours,
    FlagOff,
    RoleMissing,
    /// They or what they would become stand above the one asking.
    AboveOwnRole,
    /// It is somebody else's.
    NotTheAuthor,
    NoCustomer,
    /// The policies could not be evaluated: no is the answer then.
    Undecidable,
}

impl Reason {
    pub const ALL: [Self; 12] = [
        Self::NotAMember,
        Self::Impersonated,
        Self::Closing,
        Self::SecondFactorRequired,
        Self::AddressNotAllowed,
        Self::OutsideHours,
        Self::FlagOff,
        Self::RoleMissing,
        Self::AboveOwnRole,
        Self::NotTheAuthor,
        Self::NoCustomer,
        Self::Undecidable,
    ];

    /// As the audit trail stores it, and as a policy's `@reason` says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotAMember => "not_a_member",
            Self::Impersonated => "impersonated",
            Self::Closing => "closing",
            Self::SecondFactorRequired => "second_factor_required",
            Self::AddressNotAllowed => "address_not_allowed",
            Self::OutsideHours => "outside_hours",
            Self::FlagOff => "flag_off",
            Self::RoleMissing => "role_missing",
            Self::AboveOwnRole => "above_own_role",
            Self::NotTheAuthor => "not_the_author",
            Self::NoCustomer => "no_customer",
            Self::Undecidable => "undecidable",
        }
    }

    pub(crate) fn of_annotation(text: &str) -> Self {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text).unwrap_or(Self::Undecidable)
    }
}
