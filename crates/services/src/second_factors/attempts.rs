//! How often a second factor may be tried. Counted before it is looked at, as passwords are.

use domain::{
    UserId,
    accounts::throttle::{Limit, PER_RECOVERY, PER_SECOND_FACTOR, PER_SECOND_FACTOR_AND_DAY},
};

use crate::{ServiceError, Services};

impl Services {
    /// # Errors
    /// [`ServiceError::Throttled`].
    pub(crate) async fn count_attempt(&self, subject: &str, limit: Limit) -> Result<(), ServiceError> {
        let now = self.now();
        if self.store.count_attempt(subject, limit.window_start(now)).await? > limit.attempts {
            return Err(ServiceError::Throttled { retry_after_seconds: limit.retry_after_seconds(now) });
        }
        Ok(())
    }

    pub(super) async fn count_totp(&self, user: UserId) -> Result<(), ServiceError> {
        self.count_attempt(&quarter(user), PER_SECOND_FACTOR).await?;
        self.count_attempt(&day(user), PER_SECOND_FACTOR_AND_DAY).await
    }

    /// A right one: the quarter begins anew; of the day only this one is taken back, or
    /// somebody else's tries would be forgotten with every sign-in.
    pub(super) async fn totp_was_right(&self, user: UserId) -> Result<(), ServiceError> {
        self.store.clear_attempts(&quarter(user)).await?;
        let window = PER_SECOND_FACTOR_AND_DAY.window_start(self.now());
        Ok(self.store.give_back_attempt(&day(user), window).await?)
    }

    pub(super) async fn count_recovery(&self, user: UserId) -> Result<(), ServiceError> {
        self.count_attempt(&format!("recovery:{user}"), PER_RECOVERY).await
    }
}

fn quarter(user: UserId) -> String {
    format!("totp:{user}")
}

fn day(user: UserId) -> String {
    format!("totp-day:{user}")
}
