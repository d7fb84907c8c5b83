//! Text that is looked for, as `LIKE` takes it.

/// With what `LIKE` would read as a pattern taken as it is; `\` is the sign for that.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_taken_as_they_are() {
        assert_eq!(escaped("100%_\\é"), "100\\%\\_\\\\é");
    }
}
