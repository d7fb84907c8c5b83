//! The last way into an account can't be removed (check O07).

/// How many ways into an account there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WaysIn {
    pub password: bool,
    pub identities: u64,
    /// Those that are enough by themselves.
    pub passkeys: u64,
}

impl WaysIn {
    /// Whether one of them can go and somebody still gets in.
    pub fn can_lose_one(self) -> bool {
        u64::from(self.password) + self.identities + self.passkeys > 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn o07_one_way_in_stays() {
        let ways = |password, identities, passkeys| WaysIn { password, identities, passkeys }.can_lose_one();
        assert!(!ways(false, 0, 0) && !ways(true, 0, 0) && !ways(false, 1, 0) && !ways(false, 0, 1));
        assert!(ways(true, 1, 0) && ways(false, 2, 0) && ways(false, 1, 1) && ways(true, 0, 1));
    }
}
