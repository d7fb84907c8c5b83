//! Points in time, as a mail says them.

use domain::Timestamp;
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

const MINUTE: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none] [month repr:long] [year], [hour]:[minute] UTC");
const DAY: &[BorrowedFormatItem<'_>] = format_description!("[day padding:none] [month repr:long] [year]");

fn say(at: Timestamp, format: &[BorrowedFormatItem<'_>]) -> String {
    OffsetDateTime::from_unix_timestamp(at.as_seconds()).ok().and_then(|at| at.format(format).ok()).unwrap_or_default()
}

pub fn minute(at: Timestamp) -> String {
    say(at, MINUTE)
}

pub fn day(at: Timestamp) -> String {
    say(at, DAY)
}
