//! Points in time (UTC) and waits, as people read them.

use domain::Timestamp;
use leptos::prelude::*;
use time::{OffsetDateTime, format_description::BorrowedFormatItem, macros::format_description};

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[day padding:none] [month repr:short] [year]");
const MINUTE: &[BorrowedFormatItem<'_>] =
    format_description!("[day padding:none] [month repr:short] [year], [hour]:[minute]");
const MACHINE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");

fn write(at: Timestamp, format: &[BorrowedFormatItem<'_>]) -> String {
    OffsetDateTime::from_unix_timestamp(at.as_seconds()).ok().and_then(|at| at.format(format).ok()).unwrap_or_default()
}

/// A wait in words, rounded up: nobody comes back too early.
pub fn minutes(seconds: i64) -> String {
    match (seconds + 59) / 60 {
        ..=1 => "1 minute".to_owned(),
        minutes @ 120.. => format!("{} hours", (minutes + 59) / 60),
        minutes => format!("{minutes} minutes"),
    }
}

/// The time of the day.
pub fn minute(at: Timestamp) -> String {
    write(at, format_description!("[hour]:[minute]"))
}

#[component]
pub fn Day(at: Timestamp) -> impl IntoView {
    view! { <time datetime=write(at, MACHINE)>{write(at, DAY)}</time> }
}

#[component]
pub fn Moment(at: Timestamp) -> impl IntoView {
    view! { <time class="whitespace-nowrap" datetime=write(at, MACHINE)>{write(at, MINUTE)}</time> }
}
