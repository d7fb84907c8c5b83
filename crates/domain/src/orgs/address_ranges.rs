//! The network addresses from which an organisation may be used.

use std::net::IpAddr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::form::Problem;

/// At least one range, at most [`Self::MOST`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AddressRanges(Vec<IpNet>);

impl AddressRanges {
    pub const MOST: usize = 50;

    /// One range or address a line, or between commas: `203.0.113.0/24`, `2001:db8::1`.
    ///
    /// # Errors
    /// [`Problem::Missing`], [`Problem::Malformed`], [`Problem::TooLong`] for too many.
    pub fn parse(typed: &str) -> Result<Self, Problem> {
        let words = typed.split([',', '\n', '\r', ' ', '\t']).filter(|word| !word.is_empty());
        let ranges = words.map(range).collect::<Option<Vec<_>>>().ok_or(Problem::Malformed)?;
        match ranges.len() {
            0 => Err(Problem::Missing),
            1..=Self::MOST => Ok(Self(IpNet::aggregate(&ranges))),
            _ => Err(Problem::TooLong),
        }
    }

    /// What stands for ranges that can't be read: nobody is in it.
    pub(crate) const fn none() -> Self {
        Self(Vec::new())
    }

    /// An address that is not known is in none.
    pub fn contain(&self, address: Option<IpAddr>) -> bool {
        address.is_some_and(|address| {
            let address = address.to_canonical();
            self.0.iter().any(|range| range.contains(&address))
        })
    }

    /// One a line, as the form has it.
    pub fn lines(&self) -> String {
        let line = |range: &IpNet| match range {
            range if range.prefix_len() == range.max_prefix_len() => range.addr().to_string(),
            range => range.to_string(),
        };
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

fn range(word: &str) -> Option<IpNet> {
    let range = word.parse::<IpNet>().or_else(|_| word.parse::<IpAddr>().map(IpNet::from)).ok()?;
    Some(range.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(ranges: &str, address: &str) -> bool {
        AddressRanges::parse(ranges).unwrap().contain(Some(address.parse().unwrap()))
    }

    #[test]
    fn a13_ranges() {
        assert!(holds("203.0.113.0/24", "203.0.113.255"));
        assert!(!holds("203.0.113.0/24", "203.0.114.0"));
        assert!(holds("203.0.113.7", "203.0.113.7"));
        assert!(!holds("203.0.113.7", "203.0.113.8"));
        // As a listener on both families sees an IPv4 client.
        assert!(holds("203.0.113.7", "::ffff:203.0.113.7"));
        assert!(holds("2001:db8::/32, 10.0.0.0/8", "2001:db8:1::5"));
        assert!(holds("2001:db8::/32\r\n10.0.0.0/8", "10.255.0.1"));
        assert!(!holds("::/0", "10.0.0.1"), "all of IPv6 is nothing of IPv4");
        assert!(!AddressRanges::parse("0.0.0.0/0 ::/0").unwrap().contain(None));
    }

    #[test]
    fn a13_what_is_no_range() {
        for bad in ["example.test", "300.1.1.1", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8;", "<script>", "010.0.0.1"] {
            assert_eq!(AddressRanges::parse(bad), Err(Problem::Malformed), "{bad}");
        }
        assert_eq!(AddressRanges::parse(" \n "), Err(Problem::Missing));
        let many = (0..=50).map(|n| format!("10.0.{n}.1")).collect::<Vec<_>>().join("\n");
        assert_eq!(AddressRanges::parse(&many), Err(Problem::TooLong));
    }

    #[test]
    fn a13_what_is_shown_reads_back() {
        let ranges = AddressRanges::parse("10.1.2.3/8, 192.0.2.1\n2001:db8::1/64").unwrap();
        assert_eq!(ranges.lines(), "10.0.0.0/8\n192.0.2.1\n2001:db8::/64");
        assert_eq!(AddressRanges::parse(&ranges.lines()).unwrap(), ranges);
    }
}
