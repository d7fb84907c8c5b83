//! What is said of a field that is wrong, and of a form that was refused: what happened, what now.

use domain::{
    accounts::{Email, PASSWORD_MIN_CHARS},
    form::{Field, Problem},
};

use crate::{error::AppError, flash::Refused, layouts::moment::minutes};

/// Beside the field.
pub fn problem(field: Field, problem: Problem) -> String {
    let text = match (field, problem) {
        (Field::Email, Problem::Missing) => "Enter your email address.",
        (Field::Email, Problem::TooLong) => "That is longer than any email address.",
        (Field::Email, Problem::Unchanged) => "That is your address already.",
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
        (Field::Name, _) => "Use 1 to 80 ordinary characters.",
        (Field::Organization, Problem::Missing) => "Enter the name of your company, team or project.",
        (Field::Organization, _) => "Use 1 to 80 ordinary characters.",
        (Field::Code, Problem::Missing) => "Enter the code.",
        (Field::Code, Problem::Used) => "That code was used already. Wait for the next one.",
        (Field::Code, _) => "That code is not right. Check it and try again.",
        (Field::Confirmation, Problem::InTheWay) => "Something came in between. Reload the page to see what.",
        (Field::Confirmation, Problem::Missing) => "Type your email address to confirm.",
        (Field::Confirmation, _) => "That is not the address of this account.",
    };
    text.to_owned()
}

/// Beside one field of a refused form.
pub fn of_field(refused: Option<&Refused>, field: Field) -> Option<String> {
    refused.and_then(|refused| refused.problem(field)).map(|what| problem(field, what))
}

/// What is wrong with the form as a whole.
pub fn of_form(refused: Option<&Refused>) -> Option<String> {
    match &refused?.error {
        AppError::WrongCredentials => Some("That email and password don't match. Check both and try again.".to_owned()),
        AppError::Throttled { retry_after_seconds } => {
            let wait = minutes(*retry_after_seconds);
            Some(format!("Too many attempts. For your safety, wait {wait} and try again."))
        }
        _ => None,
    }
}

/// The longest address that a field takes.
pub const EMAIL_MAX: usize = Email::MAX_BYTES;
