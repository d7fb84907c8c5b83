//! What a form leaves for the page that comes after it: stored for a few minutes,
//! read once. Never a password.

use serde::{Deserialize, Serialize};

use crate::error::{AppError, FieldName, FieldProblem};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Flash {
    /// A refused form, with what was typed in its other fields.
    SignIn {
        email: String,
        error: AppError,
    },
    SignedOut,
}

impl Flash {
    /// What is wrong with one field.
    pub fn problem(&self, field: FieldName) -> Option<FieldProblem> {
        match self {
            Self::SignIn { error: AppError::Invalid(problems), .. } => {
                problems.iter().find(|(name, _)| *name == field).map(|(_, problem)| *problem)
            }
            _ => None,
        }
    }
}
