//! Points in time as people read them, UTC.

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

#[component]
pub fn Day(at: Timestamp) -> impl IntoView {
    view! { <time datetime=write(at, MACHINE)>{write(at, DAY)}</time> }
}

#[component]
pub fn Moment(at: Timestamp) -> impl IntoView {
    view! { <time class="whitespace-nowrap" datetime=write(at, MACHINE)>{write(at, MINUTE)}</time> }
}
