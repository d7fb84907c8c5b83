//! Billing periods: anchored, so that the 31st stays the 31st after a short month.

use serde_json::Value;

use crate::calendar;
use crate::fields::Fields;

/// The first boundary after `after` of the rhythm that `anchor` sets.
pub fn next_boundary(anchor: i64, recurring: &Value, after: i64) -> Option<i64> {
    let count = recurring.maybe_int("interval_count").unwrap_or(1);
    let interval = recurring.text("interval");
    // A little too few, and then forward.
    let length = count.saturating_mul(longest(interval)?);
    let mut step = (after - anchor).div_euclid(length) - 1;
    loop {
        let boundary = calendar::after(anchor, interval, count.checked_mul(step)?)?;
        if boundary > after {
            return Some(boundary);
        }
        step += 1;
    }
}

/// The last boundary before `before`.
pub fn previous_boundary(anchor: i64, recurring: &Value, before: i64) -> Option<i64> {
    let count = recurring.maybe_int("interval_count").unwrap_or(1);
    let interval = recurring.text("interval");
    let mut step = (before - anchor).div_euclid(count.saturating_mul(longest(interval)?)) + 1;
    let mut boundary = calendar::after(anchor, interval, count.checked_mul(step)?)?;
    // Enough steps forward that it is not before, then back.
    while boundary < before {
        step += 1;
        boundary = calendar::after(anchor, interval, count.checked_mul(step)?)?;
    }
    while boundary >= before {
        step -= 1;
        boundary = calendar::after(anchor, interval, count.checked_mul(step)?)?;
    }
    Some(boundary)
}

fn longest(interval: &str) -> Option<i64> {
    let days = match interval {
        "day" => 1,
        "week" => 7,
        "month" => 31,
        "year" => 366,
        _ => return None,
    };
    Some(days * 86_400)
}

#[cfg(test)]
mod tests {
    use super::{next_boundary, previous_boundary};
    use crate::calendar::day;
    use serde_json::json;

    #[test]
    fn boundaries_follow_the_anchor() {
        let monthly = json!({"interval": "month", "interval_count": 1});
        let mut at = 1_769_817_600; // 2026-01-31
        let mut days = Vec::new();
        for _ in 0..13 {
            at = next_boundary(1_769_817_600, &monthly, at).unwrap();
            days.push(day(at));
        }
        assert_eq!(days[..3], ["28 February 2026", "31 March 2026", "30 April 2026"]);
        assert_eq!(days[11..], ["31 January 2027", "28 February 2027"]);
        assert_eq!(previous_boundary(1_769_817_600, &monthly, at).map(day).as_deref(), Some("31 January 2027"));
        assert_eq!(
            previous_boundary(1_769_817_600, &monthly, 1_769_817_600).map(day).as_deref(),
            Some("31 December 2025")
        );
        let fortnights = json!({"interval": "week", "interval_count": 2});
        assert_eq!(next_boundary(1_769_817_600, &fortnights, 1_769_817_600), Some(1_769_817_600 + 14 * 86_400));
        let years = json!({"interval": "year", "interval_count": 1});
        assert_eq!(next_boundary(1_769_817_600, &years, at).map(day).as_deref(), Some("31 January 2028"));
    }
}
