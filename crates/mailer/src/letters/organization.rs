//! What happened in an organisation.

use domain::Timestamp;

use crate::{
    moment,
    words::{Words, literal},
};

pub fn glass_broken(
    name: &str,
    who: &str,
    organization: &str,
    (at, until): (Timestamp, Timestamp),
    address: Option<&str>,
    review: &str,
) -> Words {
    Words::new(
        "Somebody got in outside your access rules",
        "Outside your access rules",
        "You get this because you own the organization.",
    )
    .to(name)
    .say([
        "An owner, ".into(),
        literal(who),
        ", used the way around the hours and addresses of ".into(),
        literal(organization),
        " and is let in for an hour. If that was not meant to happen, sign out their browsers and take their role away.".into(),
    ])
    .fact_if("From", address)
    .fact("When", &moment::minute(at))
    .fact("Until", &moment::minute(until))
    .action("See the audit log", review, None)
}
