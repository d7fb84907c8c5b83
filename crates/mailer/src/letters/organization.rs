//! What happened in an organisation.

use domain::Timestamp;

use crate::{
    moment,
    words::{Words, literal},
};

pub fn invitation(inviter: &str, organization: &str, role: &str, link: &str) -> Words {
    Words::new(
        "You are invited",
        "You are invited",
        "You don't know them, or did not expect this? Then there is nothing to do: without you nothing happens.",
    )
    .say(["You are invited by ".into(), literal(inviter), " to join an organization on Portico.".into()])
    .fact("Organization", organization)
    .fact("Your role", role)
    .action("See the invitation", link, Some("The link is good for seven days."))
}

pub fn role_changed(name: &str, organization: &str, role: &str, link: &str) -> Words {
    Words::new("Your role was changed", "Your role was changed", "Questions? Ask an owner of the organization.")
        .to(name)
        .say(["You can do other things from now on in one of your organizations.".into()])
        .fact("Organization", organization)
        .fact("Your role", role)
        .action("Open it", link, None)
}

pub fn removed(name: &str, organization: &str) -> Words {
    Words::new(
        "You were removed from an organization",
        "You were removed",
        "Questions? Ask an owner of the organization. Your account stays.",
    )
    .to(name)
    .say(["You no longer belong to an organization on Portico, and can't open it any more.".into()])
    .fact("Organization", organization)
}

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

pub fn impersonated(name: &str, organization: &str, reason: &str, (at, until): (Timestamp, Timestamp)) -> Words {
    Words::new(
        "Support acts as you for a while",
        "Support acts as you",
        "You did not ask for help? Tell an owner of the organization: its audit log says who it was.",
    )
    .to(name)
    .say(["Somebody of our support uses Portico as you, to see what you see in one of your organizations. They can write and change projects and posts in your name; the audit log tells theirs from yours. Deleting, billing, your account and how you sign in stay closed to them.".into()])
    .fact("Organization", organization)
    .fact("Why", reason)
    .fact("Since", &moment::minute(at))
    .fact("Until at the latest", &moment::minute(until))
}

pub fn closing(name: &str, who: &str, organization: &str, due: Timestamp, keep: &str) -> Words {
    Words::new(
        "An organization of yours will be deleted",
        "It will be deleted",
        "You get this because you own the organization.",
    )
    .to(name)
    .say([
        "An owner closed one of your organizations. Nobody can use it any more, and everything in it will be deleted on "
            .into(),
        literal(&moment::day(due)),
        ". Until then you can take that back; afterwards it can't be brought back.".into(),
    ])
    .fact("Organization", organization)
    .fact("Closed by", who)
    .action("Keep it, or take its data along", keep, None)
}

pub fn reopened(name: &str, who: &str, organization: &str, link: &str) -> Words {
    Words::new("An organization of yours stays", "It stays", "You get this because you own the organization.")
        .to(name)
        .say(["The deletion of one of your organizations was taken back. Everything is as it was, but for invitations that were open: send those again.".into()])
        .fact("Organization", organization)
        .fact("Kept by", who)
        .action("Open it", link, None)
}

pub fn deleted(name: &str, organization: &str) -> Words {
    Words::new("An organization of yours was deleted", "It was deleted", "Your own account stays.")
        .to(name)
        .say(["One of your organizations and everything in it are deleted, as an owner asked thirty days ago. Invoices stay where the law wants them kept.".into()])
        .fact("Organization", organization)
}
