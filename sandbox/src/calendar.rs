//! Billing periods and dates as people read them, in UTC.

use time::{Month, OffsetDateTime, util::days_in_month};

/// The moment `count` intervals after `start` (seconds). Months keep the day of the month and
/// are cut to the last day of a shorter month, as Stripe does.
///
/// `None` for an unknown interval or a moment outside the calendar.
pub fn after(start: i64, interval: &str, count: i64) -> Option<i64> {
    const DAY: i64 = 86_400;
    match interval {
        "day" => start.checked_add(count.checked_mul(DAY)?),
        "week" => start.checked_add(count.checked_mul(7 * DAY)?),
        "month" => months_after(start, count),
        "year" => months_after(start, count.checked_mul(12)?),
        _ => None,
    }
}

fn months_after(start: i64, count: i64) -> Option<i64> {
    let from = OffsetDateTime::from_unix_timestamp(start).ok()?;
    let months = i64::from(from.year()) * 12 + i64::from(u8::from(from.month())) - 1 + count;
    let year = i32::try_from(months.div_euclid(12)).ok()?;
    let month = Month::try_from(u8::try_from(months.rem_euclid(12) + 1).ok()?).ok()?;
    let day = from.day().min(days_in_month(month, year));
    let date = time::Date::from_calendar_date(year, month, day).ok()?;
    Some(from.replace_date(date).unix_timestamp())
}

/// `21 November 2026`; a moment outside the calendar is shown as its number.
pub fn day(at: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at)
        .map_or_else(|_| at.to_string(), |d| format!("{} {} {}", d.day(), d.month(), d.year()))
}

/// `2026-11-21 03:15:09 UTC`.
pub fn moment(at: i64) -> String {
    OffsetDateTime::from_unix_timestamp(at).map_or_else(
        |_| at.to_string(),
        |d| {
            let (h, m, s) = d.to_hms();
            format!("{} {h:02}:{m:02}:{s:02} UTC", d.date())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::{after, day};

    #[test]
    fn months_are_cut_to_their_last_day() {
        let january_31 = 1_769_817_600; // 2026-01-31 00:00:00 UTC
        let february = after(january_31, "month", 1).map(day);
        assert_eq!(february.as_deref(), Some("28 February 2026"));
        assert_eq!(after(january_31, "year", 1).map(day).as_deref(), Some("31 January 2027"));
        assert_eq!(after(january_31, "fortnight", 1), None);
    }
}
