//! Reads the environment and `portico.toml`: the only place that does.

use std::{collections::BTreeMap, fs, io, path::Path};

use crate::config::ConfigError;

/// Names and values as set. The environment wins over the file.
///
/// # Errors
/// When the file is there and can't be read as TOML.
#[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
pub fn read() -> Result<BTreeMap<String, String>, ConfigError> {
    let mut values = from_file(Path::new("portico.toml"))?;
    values.extend(std::env::vars().filter(|(name, _)| name.starts_with("PORTICO_") || name.starts_with("LEPTOS_")));
    Ok(values)
}

/// The file has the same names in lower case.
fn from_file(path: &Path) -> Result<BTreeMap<String, String>, ConfigError> {
    let wrong = |why: String| ConfigError { name: "portico.toml".to_owned(), why };
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(wrong(error.to_string())),
    };
    // TOML's own message quotes the line, and the line may hold a key.
    let table: toml::Table = text.parse().map_err(|_| wrong("is not valid TOML".to_owned()))?;
    table
        .into_iter()
        .map(|(name, value)| match value {
            toml::Value::String(text) => Ok((name.to_uppercase(), text)),
            other if !other.is_table() && !other.is_array() => Ok((name.to_uppercase(), other.to_string())),
            _ => Err(wrong(format!("{name} must be a plain value"))),
        })
        .collect()
}
