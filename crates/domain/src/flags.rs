//! Feature flags: what the stored rows and the operator's environment amount to (P-06).

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::OrgId;

/// Every flag this product knows, with what holds when nothing is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flag {
    pub name: &'static str,
    pub default: bool,
    pub about: &'static str,
}

/// The billing portal entry under settings (P-02).
pub const BILLING_PORTAL: Flag = Flag {
    name: "billing_portal",
    default: true,
    about: "The billing portal action in settings. Off: the action is gone and its endpoint answers 404.",
};

pub const ALL: [Flag; 1] = [BILLING_PORTAL];

pub fn find(name: &str) -> Option<Flag> {
    ALL.into_iter().find(|flag| flag.name == name)
}

/// A stored setting of a flag for everybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rollout {
    /// Off for everybody, also for organisations that have it on: the way back (P-06).
    Off,
    On,
    /// On for this share of organisations, 0 to 100, the same ones every time.
    Percent(u8),
}

#[derive(Debug, Error)]
#[error("want on, off or a share such as 25%")]
pub struct NotARollout;

impl FromStr for Rollout {
    type Err = NotARollout;

    fn from_str(text: &str) -> Result<Self, NotARollout> {
        match text {
            "on" => Ok(Self::On),
            "off" => Ok(Self::Off),
            share => share
                .strip_suffix('%')
                .and_then(|n| n.parse().ok())
                .filter(|n| *n <= 100)
                .map(Self::Percent)
                .ok_or(NotARollout),
        }
    }
}

impl fmt::Display for Rollout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On => f.write_str("on"),
            Self::Off => f.write_str("off"),
            Self::Percent(n) => write!(f, "{n}%"),
        }
    }
}

/// What is known about one flag for one organisation.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    /// `PORTICO_FLAG_<NAME>`: the operator's last word.
    pub environment: Option<bool>,
    pub everybody: Option<Rollout>,
    pub organization: Option<bool>,
}

/// Environment, then off for everybody, then the organisation's own setting, then
/// the share, then the default.
pub fn evaluate(flag: Flag, org: OrgId, settings: Settings) -> bool {
    match settings {
        Settings { environment: Some(word), .. } => word,
        Settings { everybody: Some(Rollout::Off), .. } => false,
        Settings { organization: Some(own), .. } => own,
        Settings { everybody: Some(Rollout::Percent(share)), .. } => bucket(flag, org) < share,
        Settings { everybody: Some(Rollout::On), .. } => true,
        Settings { everybody: None, .. } => flag.default,
    }
}

/// 0 to 99, the same for one flag and organisation on every node and in every
/// version (FNV-1a), and different between flags.
fn bucket(flag: Flag, org: OrgId) -> u8 {
    let bytes = flag.name.bytes().chain(org.as_uuid().into_bytes());
    let hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    u8::try_from((hash >> 32) % 100).unwrap_or(99)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn org(n: u128) -> OrgId {
        OrgId::from_uuid(Uuid::from_u128(n))
    }

    #[test]
    fn p06_the_environment_is_the_last_word_and_off_is_off_for_everybody() {
        let everybody =
            [None, Some(Rollout::Off), Some(Rollout::On), Some(Rollout::Percent(0)), Some(Rollout::Percent(100))];
        for everybody in everybody {
            for organization in [None, Some(true), Some(false)] {
                for environment in [None, Some(true), Some(false)] {
                    let got = evaluate(BILLING_PORTAL, org(1), Settings { environment, everybody, organization });
                    let want = match (environment, everybody, organization) {
                        (Some(word), _, _) => word,
                        (None, Some(Rollout::Off), _) => false,
                        (None, _, Some(own)) => own,
                        (None, share, None) => share != Some(Rollout::Percent(0)),
                    };
                    assert_eq!(got, want, "{environment:?} {everybody:?} {organization:?}");
                }
            }
        }
    }

    #[test]
    fn a_share_is_about_that_share_and_only_grows() {
        let on = |share| {
            (0..10_000)
                .filter(|n| {
                    let settings = Settings { everybody: Some(Rollout::Percent(share)), ..Settings::default() };
                    evaluate(BILLING_PORTAL, org(*n), settings)
                })
                .collect::<Vec<_>>()
        };
        let (quarter, half) = (on(25), on(50));
        assert!((2_200..2_800).contains(&quarter.len()), "{}", quarter.len());
        assert!(quarter.iter().all(|n| half.contains(n)), "nobody loses it when the share grows");
    }

    #[test]
    fn rollouts_read_as_written() {
        for text in ["on", "off", "0%", "25%", "100%"] {
            assert_eq!(text.parse::<Rollout>().unwrap().to_string(), text);
        }
        for text in ["", "ON", "101%", "-1%", "25", "%", "true"] {
            assert!(text.parse::<Rollout>().is_err(), "{text}");
        }
    }
}
