//! An address as somebody may see it who only has to tell two of them apart.

/// The first letter of the mailbox, and the domain: `a…@acme.test`.
pub fn masked_address(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((mailbox, domain)) => format!("{}…@{domain}", mailbox.chars().next().unwrap_or_default()),
        None => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w06_the_mailbox_is_not_told() {
        for (address, want) in
            [("ann.smith@acme.test", "a…@acme.test"), ("a@b.test", "a…@b.test"), ("no address", "…"), ("", "…")]
        {
            assert_eq!(masked_address(address), want);
        }
    }
}
