//! What became of something that the payment provider told us (ADR 0028).

/// As its row says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventState {
    Waiting,
    Applied,
    Ignored,
    Quarantined,
    Parked,
}

impl EventState {
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Applied, Self::Ignored, Self::Quarantined, Self::Parked];

    /// As stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Applied => "applied",
            Self::Ignored => "ignored",
            Self::Quarantined => "quarantined",
            Self::Parked => "parked",
        }
    }

    /// As operators read it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Applied => "Applied",
            Self::Ignored => "Ignored",
            Self::Quarantined => "Quarantined",
            Self::Parked => "Parked",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}
