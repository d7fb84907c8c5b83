//! What the rules need to know besides who and what.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and every combination can be")]
pub struct Circumstances {
    /// The organisation has a customer at the payment provider.
    pub has_customer: bool,
    /// The flag `billing_portal` is on for it.
    pub billing_portal_flag: bool,
    /// It asks for no second factor, or this session showed one.
    pub second_factor_satisfied: bool,
    /// It may be used at this hour.
    pub within_hours: bool,
    /// It may be used from this network address.
    pub address_allowed: bool,
    /// An owner got in regardless, a short while ago.
    pub glass_broken: bool,
    /// It is about to be deleted.
    pub closing: bool,
    /// An operator acts as the one who asks.
    pub impersonated: bool,
}

impl Circumstances {
    /// Nothing stands in the way: what an organisation is to most people, most of the time.
    pub const UNHINDERED: Self = Self {
        has_customer: true,
        billing_portal_flag: true,
        second_factor_satisfied: true,
        within_hours: true,
        address_allowed: true,
        glass_broken: false,
        closing: false,
        impersonated: false,
    };

    /// Every one there can be.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..256).map(|bits| Self {
            has_customer: bits & 1 != 0,
            billing_portal_flag: bits & 2 != 0,
            second_factor_satisfied: bits & 4 != 0,
            within_hours: bits & 8 != 0,
            address_allowed: bits & 16 != 0,
            glass_broken: bits & 32 != 0,
            closing: bits & 64 != 0,
            impersonated: bits & 128 != 0,
        })
    }

    pub(crate) fn context(self) -> [(&'static str, bool); 7] {
        [
            ("billing_portal_flag", self.billing_portal_flag),
            ("second_factor_satisfied", self.second_factor_satisfied),
            ("within_hours", self.within_hours),
            ("address_allowed", self.address_allowed),
            ("glass_broken", self.glass_broken),
            ("closing", self.closing),
            ("impersonated", self.impersonated),
        ]
    }
}
