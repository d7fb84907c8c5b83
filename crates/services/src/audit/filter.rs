//! Which entries somebody asks for, as a form has it.

use domain::{
    Millis, Timestamp,
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};
use store::AuditFilter;
use time::{Date, OffsetDateTime, Time, format_description::BorrowedFormatItem, macros::format_description};

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const LONGEST: usize = 254;

/// Empty is: all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedAuditFilter {
    pub action: String,
    pub outcome: String,
    /// Part of a name or address.
    pub about: String,
    /// `2026-11-26`, in UTC, both included.
    pub from: String,
    pub until: String,
}

impl TypedAuditFilter {
    pub fn is_empty(&self) -> bool {
        [&self.action, &self.outcome, &self.about, &self.from, &self.until].iter().all(|text| text.trim().is_empty())
    }

    /// With what could not be read; that part is left out.
    pub(super) fn read(&self) -> (AuditFilter, Vec<(Field, Problem)>) {
        let mut problems = Vec::new();
        let mut day = |field, text: &str, plus: Millis| match text.trim() {
            "" => None,
            text => {
                let day = midnight(text);
                if day.is_none() {
                    problems.push((field, Problem::Malformed));
                }
                day.map(|day| day + plus)
            }
        };
        let since = day(Field::From, &self.from, Millis(0));
        let before = day(Field::Until, &self.until, Millis::days(1));
        if let (Some(since), Some(before)) = (since, before)
            && before <= since
        {
            problems.push((Field::Until, Problem::TooShort));
        }
        let about: String = self.about.trim().chars().take(LONGEST).flat_map(char::to_lowercase).collect();
        let filter = AuditFilter {
            // What a list does not offer is not asked for.
            action: AuditAction::parse(&self.action),
            outcome: AuditOutcome::parse(&self.outcome),
            about: (!about.is_empty()).then_some(about),
            since,
            before,
        };
        (filter, problems)
    }
}

fn midnight(text: &str) -> Option<Timestamp> {
    let day = Date::parse(text, DAY).ok()?;
    let seconds = OffsetDateTime::new_utc(day, Time::MIDNIGHT).unix_timestamp();
    Some(Timestamp::from_millis(seconds.checked_mul(1_000)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(from: &str, until: &str) -> TypedAuditFilter {
        TypedAuditFilter { from: from.to_owned(), until: until.to_owned(), ..TypedAuditFilter::default() }
    }

    #[test]
    fn days_are_whole_and_in_utc() {
        let (filter, problems) = typed("1970-01-02", " 1970-01-03 ").read();
        assert_eq!(filter.since, Some(Timestamp::from_millis(86_400_000)));
        assert_eq!(filter.before, Some(Timestamp::from_millis(3 * 86_400_000)));
        assert_eq!(problems, []);
    }

    #[test]
    fn what_is_no_day_is_said_and_left_out() {
        for text in ["yesterday", "2026-02-30", "2026-1-1", "1e9", "26-11-2026", "-292277022-01-01"] {
            let (filter, problems) = typed(text, text).read();
            assert_eq!((filter.since, filter.before), (None, None), "{text}");
            assert_eq!(problems, [(Field::From, Problem::Malformed), (Field::Until, Problem::Malformed)], "{text}");
        }
        let (_, problems) = typed("2026-11-26", "2026-11-25").read();
        assert_eq!(problems, [(Field::Until, Problem::TooShort)]);
        assert_eq!(typed("2026-11-26", "2026-11-26").read().1, []);
    }

    #[test]
    fn words_that_are_none_ask_for_everything() {
        let typed =
            TypedAuditFilter { action: "drop table".into(), outcome: "maybe".into(), ..TypedAuditFilter::default() };
        assert_eq!(typed.read().0, AuditFilter::default());
    }
}
