//! What is said of a field that is wrong, and of a form that was refused: what happened, what now.

use domain::{
    accounts::{Email, PASSWORD_MIN_CHARS, linking::Unfinished},
    form::{Field, Problem},
};

use crate::{error::AppError, flash::Refused, layouts::moment::minutes};

/// Beside the field.
pub fn problem(field: Field, problem: Problem) -> String {
    let text = match (field, problem) {
        (Field::Email, Problem::Missing) => "Enter your email address.",
        (Field::Email, Problem::TooLong) => "That is longer than any email address.",
        (Field::Email, Problem::Unchanged) => "That is your address already.",
        (Field::Email, Problem::Used) => "They are invited already. Send that invitation again instead.",
        (Field::Email, Problem::AlreadyThere) => "They are a member already.",
        (Field::Email, Problem::TooMany) => {
            "Too many invitations are open. Take some back, or wait until they are accepted."
        }
        (Field::Email, _) => "Enter an address like name@example.com.",
        (Field::Password, Problem::Missing) => "Enter your password.",
        (Field::Password, Problem::Wrong) => "That is not your password. Try again.",
        (Field::NewPassword, Problem::Missing) => "Choose a password.",
        (Field::Password | Field::NewPassword, Problem::TooShort) => {
            return format!("Use at least {PASSWORD_MIN_CHARS} characters. A few words in a row are easy to remember.");
        }
        (Field::Password | Field::NewPassword, Problem::TooLong) => {
            "That is longer than we can keep. Use 1000 characters at most."
        }
        (Field::Password | Field::NewPassword, Problem::TooCommon) => {
            "That is one of the first passwords somebody would try. A few unrelated words in a row are much better."
        }
        (Field::Password | Field::NewPassword, Problem::TooPersonal) => {
            "That has your name, address or organization in it, which is what somebody would try first. Choose something else."
        }
        (Field::Password | Field::NewPassword, Problem::Unchanged) => {
            "That is your password already. Choose another one."
        }
        (Field::Password | Field::NewPassword, _) => "Choose another password.",
        (Field::Name, Problem::Missing) => "Enter your name.",
        (Field::Organization, Problem::Missing) => "Enter the name of your company, team or project.",
        (Field::Project, Problem::Missing) => "Enter a name for the project.",
        (Field::Name | Field::Organization | Field::Project, _) => "Use 1 to 80 ordinary characters.",
        (Field::Address, Problem::AlreadyThere) => "That address is taken. Choose another one.",
        (Field::Address, _) => "Use 1 to 40 small letters, digits and single hyphens, such as acme-labs.",
        (Field::Code, Problem::Missing) => "Enter the code.",
        (Field::Code, Problem::Used) => "That code was used already. Wait for the next one.",
        (Field::RecoveryCode, Problem::Missing) => "Enter one of your recovery codes.",
        (Field::RecoveryCode, _) => {
            "That is not one of your recovery codes, or it was used already. Check it, or take another one."
        }
        (Field::Passkey, Problem::TooLong) => "You have as many passkeys as an account can have. Remove one first.",
        (Field::Passkey, _) => "That passkey was not accepted. Try again, or take another way.",
        (Field::PasskeyName, _) => "Use 1 to 40 ordinary characters for its name.",
        (Field::Code, _) => "That code is not right. Check it and try again.",
        (Field::Confirmation, Problem::InTheWay) => "Something came in between. Reload the page to see what.",
        (Field::Confirmation, Problem::Missing) => "Type your email address to confirm.",
        (Field::Member, Problem::LastOwner) => {
            "Somebody has to own this organization. Make somebody else an owner first."
        }
        (Field::Member, Problem::Unchanged) => "You own it already. Choose somebody else.",
        (Field::Member, _) => "That could not be changed. Reload the page and try again.",
        (Field::Role, _) => "Choose one of the roles.",
        (Field::Invitation, _) => "That invitation is gone. Reload the page.",
        (Field::TimeZone, _) => "Choose a time zone from the list, such as Europe/Berlin.",
        (Field::Days, _) => "Choose at least one day.",
        (Field::From, Problem::ShutsOneselfOut) => {
            "These hours would shut you out right now. Choose hours that include this moment."
        }
        (Field::From, _) => "Enter a time such as 08:00.",
        (Field::Until, _) => "Enter another time than the first, such as 18:00.",
        (Field::Addresses, Problem::ShutsOneselfOut) => {
            "These addresses would shut you out: yours is not among them. Add it, or use a network that is."
        }
        (Field::Addresses, Problem::Missing) => "Enter at least one address or range.",
        (Field::Addresses, Problem::TooLong) => "That are too many. Use 50 ranges at most.",
        (Field::Addresses, _) => "Enter one address or range a line, such as 203.0.113.7 or 203.0.113.0/24.",
        (Field::Title, Problem::Missing) => "Enter a title.",
        (Field::Title, _) => "Use 1 to 120 ordinary characters.",
        (Field::Body, Problem::Missing) => "Write something.",
        (Field::Body, Problem::TooLong) => "That is too long. Use 20,000 characters at most, or make two posts of it.",
        (Field::Body, Problem::InTheWay) => {
            "Somebody changed this post while you were writing. What you wrote is here still: compare it with theirs in another tab, then save again."
        }
        (Field::Body, _) => "There is something in it that can't be shown. Take out characters that you can't see.",
        (Field::Version, _) => "Reload the page and try again.",
        (Field::Retention, _) => "Choose one of the list.",
        (Field::Search, _) => "Look for something shorter.",
        (Field::Reason, Problem::Missing) => "Say why: they and their organization read it.",
        (Field::Reason, Problem::InTheWay) => "They operate the product themselves: nobody acts as them.",
        (Field::Reason, _) => "Use 1 to 200 ordinary characters.",
        (Field::Plan, problem) => of_plan(problem),
        (Field::Seats, _) => "Enter a whole number: as many seats as there are members, or more.",
        (Field::Confirmation, _) => "That is not the address of this account.",
    };
    text.to_owned()
}

const fn of_plan(problem: Problem) -> &'static str {
    match problem {
        Problem::AlreadyThere => {
            "You have a plan already, or just bought one. Look at it on the billing page; there you can change it."
        }
        Problem::Unchanged => "That is what you have already.",
        Problem::PaymentOpen => {
            "A payment is open. Settle it first: open the billing portal on the billing page and check how you pay."
        }
        Problem::OnHold => "This plan is on hold. Have it go on first, in the billing portal.",
        Problem::Ending => "This plan is canceled. Keep it first: there is a button for that on the billing page.",
        Problem::Scheduled => {
            "Another change waits for the end of the period. Take it back first: there is a button for that on the billing page."
        }
        Problem::Declined => {
            "The payment did not go through, so nothing has changed. Check how you pay in the billing portal, then try again."
        }
        Problem::Outdated => {
            "The change was worked out anew: some time has passed, or somebody else changed the plan. Look at it, and confirm once more."
        }
        _ => "Choose one of the plans below.",
    }
}

/// Beside one field of a refused form.
pub fn of_field(refused: Option<&Refused>, field: Field) -> Option<String> {
    refused.and_then(|refused| refused.problem(field)).map(|what| problem(field, what))
}

/// Beside the days of a filter.
pub fn problem_of_days(problem: Problem) -> String {
    let text = match problem {
        Problem::TooShort => "That is before the first day.",
        _ => "Enter a day such as 2026-11-26.",
    };
    text.to_owned()
}

/// Beside the field where an organization's deletion is confirmed.
pub fn of_confirmation(refused: Option<&Refused>) -> Option<String> {
    let text = match refused?.problem(Field::Confirmation)? {
        Problem::InTheWay => "Its subscription still runs. Cancel it first, in the billing settings.",
        Problem::Missing => "Type the address of the organization to confirm.",
        _ => "That is not its address. It is written above.",
    };
    Some(text.to_owned())
}

/// Beside the field where a project's deletion is confirmed.
pub fn of_project_confirmation(refused: Option<&Refused>) -> Option<String> {
    let text = match refused?.problem(Field::Confirmation)? {
        Problem::Missing => "Type the name of the project to confirm.",
        _ => "That is not its name. It is written above.",
    };
    Some(text.to_owned())
}

/// What is wrong with the form as a whole.
pub fn of_form(refused: Option<&Refused>) -> Option<String> {
    match &refused?.error {
        AppError::WrongCredentials => Some("That email and password don't match. Check both and try again.".to_owned()),
        AppError::Throttled { retry_after_seconds } => {
            let wait = minutes(*retry_after_seconds);
            Some(format!("Too many attempts. For your safety, wait {wait} and try again."))
        }
        AppError::Unfinished(why) => Some(unfinished(*why).to_owned()),
        _ => None,
    }
}

/// Why nothing came of signing in elsewhere, and what now.
pub const fn unfinished(why: Unfinished) -> &'static str {
    match why {
        Unfinished::FlowEnded => {
            "That took too long, or it was begun in another window. Nothing has changed. Please begin again."
        }
        Unfinished::Cancelled => "You came back without signing in there. Nothing has changed.",
        Unfinished::NoAnswer => {
            "They did not answer. Nothing has changed. Try again in a moment, or sign in another way."
        }
        Unfinished::NotTrusted => "Their answer did not check out, so we did not use it. Please begin again.",
        Unfinished::Disabled => "That account can't be used. Ask an owner of your organization.",
        Unfinished::Conflict => "That belongs to another account here. Sign in to that one instead.",
        Unfinished::LinkedAlready => "That is linked to your account already.",
        Unfinished::LastWayIn => "It is your last way in. Add another one first, then remove this one.",
        Unfinished::StaffNeedsOne => {
            "You operate this product, so you always need a second factor. Add another one first, then remove this one."
        }
    }
}

/// The longest address that a field takes.
pub const EMAIL_MAX: usize = Email::MAX_BYTES;
