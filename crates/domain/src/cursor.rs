//! A place in a list that is ordered by time, newest first: the next page begins behind it, however
//! much came on top meanwhile.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::Timestamp;

/// The last thing of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub at: Timestamp,
    /// Orders things of the same moment.
    pub id: String,
}

/// Longer than any id that is put into one.
const LONGEST: usize = 255;

#[derive(Debug, PartialEq, Eq, Error)]
#[error("not a place in a list")]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (at, id) = text.split_once('~').ok_or(NotACursor)?;
        if id.is_empty() || id.len() > LONGEST {
            return Err(NotACursor);
        }
        Ok(Self { at: Timestamp::from_millis(at.parse().map_err(|_| NotACursor)?), id: id.to_owned() })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}~{}", self.at.as_millis(), self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_reads_as_written_and_nothing_else_does() {
        let cursor = Cursor { at: Timestamp::from_millis(1_795_219_200_000), id: "evt_1~2".to_owned() };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for text in ["", "~", "1", "1~", "x~evt_1", "99999999999999999999~evt_1"] {
            assert_eq!(text.parse::<Cursor>(), Err(NotACursor), "{text}");
        }
    }
}
