//! When and from where an organisation may be used. What comes of an answer of no is
//! said by the policies.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{AccessHours, AddressRanges};
use crate::{
    Millis, Timestamp,
    form::{Field, Problem},
};

/// How long an owner who broke the glass is let in.
pub const GLASS_STAYS_BROKEN: Millis = Millis::minutes(60);

/// None of both is no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRules {
    pub hours: Option<AccessHours>,
    pub addresses: Option<AddressRanges>,
}

/// What the rules say of one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admission {
    pub within_hours: bool,
    pub address_allowed: bool,
}

impl Admission {
    /// Where there are no rules.
    pub const FREE: Self = Self { within_hours: true, address_allowed: true };
}

/// The form as it was sent.
#[derive(Clone, Debug, Default)]
pub struct TypedAccessRules<'a> {
    /// Whether there are hours at all; else what stands in their fields plays no part.
    pub limits_hours: bool,
    pub zone: &'a str,
    pub days: &'a [&'a str],
    pub from: &'a str,
    pub until: &'a str,
    pub limits_addresses: bool,
    pub addresses: &'a str,
}

impl AccessRules {
    /// # Errors
    /// What is wrong with which field.
    pub fn parse(typed: &TypedAccessRules) -> Result<Self, Vec<(Field, Problem)>> {
        let hours =
            typed.limits_hours.then(|| AccessHours::parse(typed.zone, typed.days, typed.from, typed.until)).transpose();
        let addresses = typed
            .limits_addresses
            .then(|| AddressRanges::parse(typed.addresses).map_err(|problem| vec![(Field::Addresses, problem)]))
            .transpose();
        match (hours, addresses) {
            (Ok(hours), Ok(addresses)) => Ok(Self { hours, addresses }),
            (hours, addresses) => Err(hours.err().into_iter().chain(addresses.err()).flatten().collect()),
        }
    }

    /// What stands for stored rules that can't be read: closed, until an owner breaks the glass
    /// and writes new ones.
    pub const fn unreadable() -> Self {
        Self { hours: Some(AccessHours::none()), addresses: Some(AddressRanges::none()) }
    }

    pub fn is_empty(&self) -> bool {
        self.hours.is_none() && self.addresses.is_none()
    }

    pub fn admission(&self, now: Timestamp, address: Option<IpAddr>) -> Admission {
        Admission {
            within_hours: self.hours.as_ref().is_none_or(|hours| hours.contain(now)),
            address_allowed: self.addresses.as_ref().is_none_or(|ranges| ranges.contain(address)),
        }
    }

    /// What would shut out whoever is here now, beside the field that does it.
    pub fn shut_out(&self, now: Timestamp, address: Option<IpAddr>) -> Vec<(Field, Problem)> {
        let Admission { within_hours, address_allowed } = self.admission(now, address);
        [(within_hours, Field::From), (address_allowed, Field::Addresses)]
            .into_iter()
            .filter_map(|(fine, field)| (!fine).then_some((field, Problem::ShutsOneselfOut)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPED: TypedAccessRules = TypedAccessRules {
        limits_hours: true,
        zone: "Europe/Berlin",
        days: &["Mon", "Fri"],
        from: "08:00",
        until: "18:00",
        limits_addresses: true,
        addresses: "203.0.113.0/24",
    };

    #[test]
    fn a13_problems_of_both_halves_are_said_at_once() {
        let typed = TypedAccessRules { zone: "?", addresses: "?", ..TYPED };
        let problems = AccessRules::parse(&typed).unwrap_err();
        assert_eq!(problems.iter().map(|(field, _)| *field).collect::<Vec<_>>(), [Field::TimeZone, Field::Addresses]);
    }

    #[test]
    fn a13_a_half_that_is_off_is_not_read() {
        let typed =
            TypedAccessRules { limits_hours: false, limits_addresses: false, zone: "?", addresses: "?", ..TYPED };
        assert_eq!(AccessRules::parse(&typed), Ok(AccessRules::default()));
    }

    #[test]
    fn a13_nobody_shuts_themselves_out() {
        let rules = AccessRules::parse(&TYPED).unwrap();
        let friday_noon = Timestamp::from_millis(1_795_777_200_000); // 2026-11-27T11:00:00Z
        let (here, elsewhere) = (Some([203, 0, 113, 9].into()), Some([198, 51, 100, 9].into()));
        assert_eq!(rules.shut_out(friday_noon, here), []);
        assert_eq!(rules.shut_out(friday_noon, elsewhere), [(Field::Addresses, Problem::ShutsOneselfOut)]);
        let at_night = Timestamp::from_millis(1_795_777_200_000 + 12 * 3_600_000);
        assert_eq!(rules.shut_out(at_night, here), [(Field::From, Problem::ShutsOneselfOut)]);
        assert_eq!(rules.admission(at_night, None), Admission { within_hours: false, address_allowed: false });
        assert_eq!(AccessRules::default().admission(at_night, None), Admission::FREE);
    }

    #[test]
    fn a13_what_cannot_be_read_is_closed() {
        let now = Timestamp::from_millis(1_795_777_200_000);
        let admission = AccessRules::unreadable().admission(now, Some([203, 0, 113, 9].into()));
        assert_eq!(admission, Admission { within_hours: false, address_allowed: false });
    }

    #[test]
    fn a13_rules_survive_being_stored() {
        let rules = AccessRules::parse(&TYPED).unwrap();
        let stored = serde_json::to_string(&rules).unwrap();
        assert_eq!(serde_json::from_str::<AccessRules>(&stored).unwrap(), rules);
    }
}
