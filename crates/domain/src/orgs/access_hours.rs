//! The hours in which an organisation may be used, in its own time zone.
//!
//! What counts is the clock on its wall: on the night that a clock is set forwards, the hour
//! that is left out is left out here too; on the one that it is set back, it counts twice.

use std::sync::OnceLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    form::{Field, Problem},
};

const MINUTES_OF_A_DAY: u16 = 24 * 60;

/// From `from` until just before `until`, minutes since midnight, on the days that are set. Where
/// `until` comes before `from` it is on the next morning, and the day is the one it began on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessHours {
    /// A name of the IANA time zone database.
    zone: String,
    /// Bit 0 is Monday.
    days: u8,
    from: u16,
    until: u16,
}

/// The database that is built in: what the machine has installed plays no part.
fn zone(name: &str) -> Option<TimeZone> {
    static ZONES: OnceLock<TimeZoneDatabase> = OnceLock::new();
    ZONES.get_or_init(TimeZoneDatabase::bundled).get(name).ok()
}

/// `HH:MM`, as `<input type="time">` sends it; `24:00` is the end of the day.
fn minute(typed: &str) -> Option<u16> {
    let (hours, minutes) = typed.trim().split_once(':')?;
    let two = |text: &str| (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?;
    let (hours, minutes): (u16, u16) = (two(hours)?, two(minutes)?);
    let minute = hours * 60 + minutes;
    (minutes < 60 && minute <= MINUTES_OF_A_DAY).then_some(minute)
}

impl AccessHours {
    pub const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    /// `days` are names of [`Self::DAYS`].
    ///
    /// # Errors
    /// What is wrong with which field.
    pub fn parse(zone_name: &str, days: &[&str], from: &str, until: &str) -> Result<Self, Vec<(Field, Problem)>> {
        let mut problems = Vec::new();
        // Spelled as the database spells it.
        let found = zone(zone_name.trim()).and_then(|zone| zone.iana_name().map(str::to_owned));
        if found.is_none() {
            let problem = if zone_name.trim().is_empty() { Problem::Missing } else { Problem::Malformed };
            problems.push((Field::TimeZone, problem));
        }
        let mut bits = 0;
        for day in days {
            match Self::DAYS.iter().position(|known| known == day) {
                Some(index) => bits |= 1 << index,
                None => problems.push((Field::Days, Problem::Malformed)),
            }
        }
        if days.is_empty() {
            problems.push((Field::Days, Problem::Missing));
        }
        let (from, until) = (minute(from), minute(until));
        if from.is_none_or(|from| from == MINUTES_OF_A_DAY) {
            problems.push((Field::From, Problem::Malformed));
        }
        if until.is_none() || until == from {
            problems.push((Field::Until, Problem::Malformed));
        }
        match (found, from, until) {
            (Some(zone), Some(from), Some(until)) if problems.is_empty() => Ok(Self { zone, days: bits, from, until }),
            _ => Err(problems),
        }
    }

    /// Whether it is open. A zone or a time that can't be worked out is closed.
    pub fn contain(&self, now: Timestamp) -> bool {
        let Some(zone) = zone(&self.zone) else { return false };
        let Ok(now) = jiff::Timestamp::from_millisecond(now.as_millis()) else { return false };
        let local = zone.to_datetime(now);
        let minute = u16::try_from(i32::from(local.hour()) * 60 + i32::from(local.minute())).unwrap_or(0);
        let today = u8::try_from(local.weekday().to_monday_zero_offset()).unwrap_or(0);
        let is_set = |day: u8| self.days & (1 << (day % 7)) != 0;
        if self.from < self.until {
            is_set(today) && (self.from..self.until).contains(&minute)
        } else {
            is_set(today) && minute >= self.from || is_set(today + 6) && minute < self.until
        }
    }

    /// What stands for hours that can't be read: never open.
    pub(crate) const fn none() -> Self {
        Self { zone: String::new(), days: 0, from: 0, until: 0 }
    }

    pub fn zone(&self) -> &str {
        &self.zone
    }

    /// Names of the days that are set.
    pub fn days(&self) -> impl Iterator<Item = &'static str> {
        Self::DAYS.into_iter().enumerate().filter(|(index, _)| self.days & (1 << index) != 0).map(|(_, day)| day)
    }

    /// As the form has it.
    pub fn from(&self) -> String {
        clock(self.from)
    }

    pub fn until(&self) -> String {
        clock(self.until)
    }
}

fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_millis(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn hours(zone: &str, days: &[&str], from: &str, until: &str) -> AccessHours {
        AccessHours::parse(zone, days, from, until).unwrap()
    }

    #[test]
    fn a13_office_hours_are_those_of_the_wall_clock() {
        // 2026-11-26 is a Thursday; Berlin is an hour ahead in winter, two in summer.
        let office = hours("Europe/Berlin", &["Mon", "Tue", "Wed", "Thu", "Fri"], "08:00", "18:00");
        for (instant, open) in [
            ("2026-11-26T06:59:59Z", false),
            ("2026-11-26T07:00:00Z", true),
            ("2026-11-26T16:59:59Z", true),
            ("2026-11-26T17:00:00Z", false),
            ("2026-07-16T06:00:00Z", true),
            ("2026-07-16T16:00:00Z", false),
            ("2026-11-28T10:00:00Z", false),
        ] {
            assert_eq!(office.contain(at(instant)), open, "{instant}");
        }
    }

    #[test]
    fn a13_a_night_belongs_to_the_day_it_began_on() {
        let nights = hours("America/New_York", &["Fri"], "22:00", "06:00");
        for (instant, open) in [
            ("2026-11-28T02:59:00Z", false), // Friday 21:59
            ("2026-11-28T03:00:00Z", true),  // Friday 22:00
            ("2026-11-28T10:59:00Z", true),  // Saturday 05:59
            ("2026-11-28T11:00:00Z", false), // Saturday 06:00
            ("2026-11-27T03:00:00Z", false), // Thursday 22:00
            ("2026-11-29T04:00:00Z", false), // Saturday 23:00
        ] {
            assert_eq!(nights.contain(at(instant)), open, "{instant}");
        }
        let sundays = hours("UTC", &["Sun"], "23:00", "01:00");
        assert!(sundays.contain(at("2026-11-30T00:30:00Z")), "Sunday's night reaches into Monday");
    }

    #[test]
    fn a13_the_whole_day_and_the_nights_of_the_clock_change() {
        let all_day = hours("Europe/Berlin", &["Sun"], "00:00", "24:00");
        // The hour that is left out on 2026-03-29, and the one that comes twice on 2026-10-25.
        for instant in ["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"]
        {
            assert!(all_day.contain(at(instant)), "{instant}");
        }
        let half = hours("Europe/Berlin", &["Sun"], "02:00", "03:00");
        assert!(!half.contain(at("2026-03-29T01:00:00Z")), "it is three o'clock already");
        assert!(half.contain(at("2026-10-25T00:30:00Z")) && half.contain(at("2026-10-25T01:30:00Z")));
    }

    #[test]
    fn a13_what_is_no_hours_is_refused_beside_its_field() {
        let day: &[&str] = &["Mon"];
        for (zone, days, from, until, field) in [
            ("Mars/Olympus", day, "08:00", "18:00", Field::TimeZone),
            ("", day, "08:00", "18:00", Field::TimeZone),
            ("../etc/passwd", day, "08:00", "18:00", Field::TimeZone),
            ("UTC", &[], "08:00", "18:00", Field::Days),
            ("UTC", &["Funday"], "08:00", "18:00", Field::Days),
            ("UTC", day, "8:00", "18:00", Field::From),
            ("UTC", day, "24:00", "18:00", Field::From),
            ("UTC", day, "08:60", "18:00", Field::From),
            ("UTC", day, "+8:00", "18:00", Field::From),
            ("UTC", day, "08:00", "24:01", Field::Until),
            ("UTC", day, "08:00", "", Field::Until),
            ("UTC", day, "08:00", "08:00", Field::Until),
        ] {
            let problems = AccessHours::parse(zone, days, from, until).unwrap_err();
            assert_eq!(
                problems.iter().map(|(field, _)| *field).collect::<Vec<_>>(),
                [field],
                "{zone} {days:?} {from} {until}"
            );
        }
        assert_eq!(hours("europe/berlin", day, "08:00", "18:00").zone(), "Europe/Berlin");
    }

    proptest! {
        /// Of any week, a minute is open in a window or in what is left of the day, never in both.
        #[test]
        fn a13_a_window_and_its_complement_share_the_day(from in 0u16..1440, until in 0u16..1440, ms in 0i64..4_000_000_000_000) {
            prop_assume!(from != until);
            let every = &AccessHours::DAYS;
            let window = hours("Asia/Kolkata", every, &clock(from), &clock(until));
            let rest = hours("Asia/Kolkata", every, &clock(until), &clock(from));
            let now = Timestamp::from_millis(ms);
            prop_assert!(window.contain(now) != rest.contain(now));
        }
    }
}
