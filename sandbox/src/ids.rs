//! The only place that makes randomness: ids, the secrets in hosted pages' addresses, a key.

use rand::{
    Rng, SeedableRng,
    rngs::{SmallRng, StdRng},
};
use serde::{Deserialize, Serialize};

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A key for this process alone, from the operating system.
#[expect(clippy::disallowed_methods, reason = "this is where the sandbox's randomness comes from")]
pub fn secret_key() -> [u8; 32] {
    rand::rng().random()
}

/// Makes ids in Stripe's shape. With the same seed and the same order of calls it makes
/// the same ids again, also after it was saved and read back.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Ids {
    seed: u64,
    made: u64,
}

impl Ids {
    /// `None` takes a seed from the operating system.
    #[expect(clippy::disallowed_methods, reason = "this is where the sandbox's randomness comes from")]
    pub fn new(seed: Option<u64>) -> Self {
        Self { seed: seed.unwrap_or_else(|| rand::rng().random()), made: 0 }
    }

    /// An object's id, like `cus_` and 14 letters.
    pub fn object(&mut self, prefix: &str) -> String {
        let mut id = String::with_capacity(prefix.len() + 15);
        id.push_str(prefix);
        id.push('_');
        // Nothing hangs on nobody guessing it, and there are several for each request.
        let mut rng = SmallRng::seed_from_u64(self.next());
        id.extend((0..14).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])));
        id
    }

    /// The unguessable part of a hosted page's address: 238 bits.
    pub fn secret(&mut self) -> String {
        format!("test_{}", self.letters(40))
    }

    /// Eight capitals and digits, as Stripe prefixes a customer's invoice numbers.
    pub fn invoice_prefix(&mut self) -> String {
        self.letters(8).to_uppercase()
    }

    /// A coupon's id, where its maker names none.
    pub fn coupon(&mut self) -> String {
        self.letters(8)
    }

    /// What a customer types to get a coupon, where its maker names nothing.
    pub fn promotion_code(&mut self) -> String {
        self.letters(8).to_uppercase()
    }

    /// The secret by which a webhook endpoint knows us: 190 bits.
    pub fn signing_secret(&mut self) -> String {
        format!("whsec_{}", self.letters(32))
    }

    /// The end of a client secret.
    pub fn secret_part(&mut self) -> String {
        self.letters(25)
    }

    /// Letters and digits, as many as asked for.
    pub fn letters(&mut self, count: usize) -> String {
        let mut rng = StdRng::seed_from_u64(self.next());
        (0..count).map(|_| char::from(LETTERS[rng.random_range(0..LETTERS.len())])).collect()
    }

    /// What the next generator starts from. One per id, so that (seed, made) is the whole state.
    fn next(&mut self) -> u64 {
        let start = self.seed.wrapping_add(self.made.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        self.made += 1;
        start
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn a_seed_repeats_and_ids_differ() {
        let (mut a, mut b) = (Ids::new(Some(7)), Ids::new(Some(7)));
        let first = a.object("cus");
        assert_eq!(first, b.object("cus"));
        assert_ne!(first, a.object("cus"));
        assert!(first.starts_with("cus_") && first.len() == 18);
    }
}
