//! How long an organisation keeps its audit trail.

use crate::Millis;

/// For ever, or for so many days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuditRetention {
    #[default]
    Forever,
    Days(u16),
}

impl AuditRetention {
    /// What can be chosen. Three months is the least: what is found out late must be there still.
    pub const CHOICES: [Self; 5] =
        [Self::Forever, Self::Days(2_555), Self::Days(1_095), Self::Days(365), Self::Days(90)];

    pub fn from_days(days: Option<i32>) -> Self {
        days.and_then(|days| u16::try_from(days).ok()).map_or(Self::Forever, Self::Days)
    }

    pub const fn days(self) -> Option<i32> {
        match self {
            Self::Forever => None,
            Self::Days(days) => Some(days as i32),
        }
    }

    pub const fn lasts(self) -> Option<Millis> {
        match self {
            Self::Forever => None,
            Self::Days(days) => Some(Millis::days(days as i64)),
        }
    }

    /// As a form names it: days, or `forever`.
    pub fn word(self) -> String {
        match self {
            Self::Forever => "forever".to_owned(),
            Self::Days(days) => days.to_string(),
        }
    }

    /// One of [`Self::CHOICES`].
    pub fn choose(word: &str) -> Option<Self> {
        Self::CHOICES.into_iter().find(|choice| choice.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_come_back_and_nothing_else_does() {
        for choice in AuditRetention::CHOICES {
            assert_eq!(AuditRetention::choose(&choice.word()), Some(choice));
            assert_eq!(AuditRetention::from_days(choice.days()), choice);
        }
        for word in ["", "0", "-1", "1", "91", "Forever", "99999999999"] {
            assert_eq!(AuditRetention::choose(word), None, "{word}");
        }
        // What can't be, keeps everything.
        assert_eq!(AuditRetention::from_days(Some(-3)), AuditRetention::Forever);
    }
}
