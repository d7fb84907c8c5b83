//! The organisation's name in addresses: `/o/{slug}`.

/// 1 to 40 of `a-z`, `0-9` and single inner hyphens.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl Slug {
    pub const MAX: usize = 40;

    /// None for whatever can't be a slug: it then can't be an organisation either,
    /// and the caller answers as for one that does not exist.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=Self::MAX).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        fits.then(|| Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slugs() {
        for good in ["acme", "a", "a-b-1", "0"] {
            assert!(Slug::parse(good).is_some(), "{good}");
        }
        for bad in ["", "Acme", "a_b", "-a", "a-", "a--b", "a/b", "..", "é", &"a".repeat(41), "a%20"] {
            assert!(Slug::parse(bad).is_none(), "{bad}");
        }
    }
}
