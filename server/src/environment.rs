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
    for (name, value) in std::env::vars_os() {
        // What is not text can't be one of ours by name; and a value that isn't is refused without showing it.
        let Ok(name) = name.into_string() else { continue };
        if is_ours(&name) {
            let value =
                value.into_string().map_err(|_| ConfigError { name: name.clone(), why: "is not text".into() })?;
            values.insert(name, value);
        }
    }
    Ok(values)
}

fn is_ours(name: &str) -> bool {
    name.starts_with("PORTICO_") || name.starts_with("LEPTOS_")
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
            // A misspelt prefix would be a setting that silently does nothing.
            _ if !is_ours(&name.to_uppercase()) => Err(wrong(format!("{name} is not a setting of Portico"))),
            toml::Value::String(text) => Ok((name.to_uppercase(), text)),
            other if !other.is_table() && !other.is_array() => Ok((name.to_uppercase(), other.to_string())),
            _ => Err(wrong(format!("{name} must be a plain value"))),
        })
        .collect()
}
