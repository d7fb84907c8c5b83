//! So many requests a second, and no more, when a test or a developer wants it so.

use serde::Serialize;

use super::errors::{ApiError, ErrorType};

/// Counts the requests of one second of the sandbox's clock.
#[derive(Debug, Default, Serialize)]
pub struct RateLimit {
    /// `None`: no limit.
    pub per_second: Option<u32>,
    #[serde(skip)]
    second: i64,
    #[serde(skip)]
    used: u32,
}

impl RateLimit {
    /// Sets or lifts the limit and begins to count anew.
    pub fn set(&mut self, per_second: Option<u32>) {
        *self = Self { per_second, ..Self::default() };
    }

    /// Counts a request at `now`.
    ///
    /// # Errors
    /// 429 once the second's requests are used up; it asks to try again after a second.
    pub fn count(&mut self, now: i64) -> Result<(), ApiError> {
        let Some(most) = self.per_second else {
            return Ok(());
        };
        if self.second != now {
            (self.second, self.used) = (now, 0);
        }
        if self.used >= most {
            let message = "Request rate limit exceeded. You can learn more about rate limits here \
                           https://stripe.com/docs/rate-limits.";
            return Err(ApiError::new(429, ErrorType::InvalidRequest, "rate_limit", message));
        }
        self.used += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::RateLimit;

    #[test]
    fn a_second_has_its_requests_and_the_next_one_again() {
        let mut limit = RateLimit::default();
        assert!((0..100).all(|_| limit.count(7).is_ok()), "no limit");
        limit.set(Some(2));
        let taken: Vec<bool> = [7, 7, 7, 8, 8, 8].iter().map(|now| limit.count(*now).is_ok()).collect();
        assert_eq!(taken, [true, true, false, true, true, false]);
    }
}
