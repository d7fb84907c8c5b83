//! `/api/auth/password-strength`: what the meter beside a new password asks while it is typed.
//! Nothing of it is stored, and nothing logged.

use domain::form::{Field, Problem};
use leptos::prelude::*;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use services::accounts::Strength;

use crate::{
    error::AppError,
    request::{actor, answer, origin, services},
    words,
};

/// What the meter shows: of four bars so many, and words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    pub level: u8,
    pub words: String,
}

impl From<Result<Strength, Problem>> for Meter {
    fn from(judged: Result<Strength, Problem>) -> Self {
        let (level, words) = match judged {
            Ok(Strength::Strong) => (4, "Strong.".to_owned()),
            Ok(Strength::Good) => (3, "Good. One more word makes it strong.".to_owned()),
            Ok(Strength::Fair) => (2, "Good enough, but not strong. Make it longer.".to_owned()),
            Err(problem) => (1, words::problem(Field::NewPassword, problem)),
        };
        Self { level, words }
    }
}

#[server(name = PasswordStrength, prefix = "/api", endpoint = "auth/password-strength")]
pub async fn password_strength(
    #[server(default)] password: String,
    #[server(default)] name: String,
    #[server(default)] email: String,
    #[server(default)] organization: String,
) -> Result<Meter, AppError> {
    let services = answer(services())?;
    let mut known = vec![name, email, organization];
    if let Ok(actor) = actor() {
        known.extend([actor.person().name.clone(), actor.person().email.clone()]);
        known.extend(actor.memberships().iter().map(|membership| membership.organization.name.clone()));
    }
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let judged = services.password_strength(SecretString::from(password), &known, &answer(origin())?).await;
    Ok(answer(judged.map_err(AppError::from))?.into())
}
