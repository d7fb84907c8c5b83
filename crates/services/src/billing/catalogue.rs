//! Reading `plans.toml`.

use domain::billing::{Catalogue, CatalogueError};
use thiserror::Error;

#[derive(Debug, Error)]
pub enum CatalogueFileError {
    #[error("plans.toml: {0}")]
    Syntax(#[from] toml::de::Error),
    #[error("plans.toml: {0}")]
    Rule(#[from] CatalogueError),
}

/// The catalogue in a text, checked.
///
/// # Errors
/// What can't be read, or breaks a rule; names the plan.
pub fn read_catalogue(text: &str) -> Result<Catalogue, CatalogueFileError> {
    let catalogue: Catalogue = toml::from_str(text)?;
    catalogue.check()?;
    Ok(catalogue)
}
