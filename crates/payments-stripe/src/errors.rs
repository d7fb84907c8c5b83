//! Stripe's errors as ours. Its messages may quote what was sent and its debug
//! text holds whole objects, so only the status and the code go on.

use services::billing::PaymentsError;
use stripe::{IdempotencyKey, RequestStrategy, StripeError};

pub(crate) fn translate(error: StripeError) -> PaymentsError {
    match error {
        // 409: the same key is in flight. 429: too many requests. 5xx: theirs.
        StripeError::Stripe(_, status) if status == 409 || status == 429 || status >= 500 => {
            PaymentsError::Failed(status)
        }
        StripeError::Stripe(said, status) => {
            PaymentsError::Refused { status, code: said.code.as_ref().map(|code| code.as_str().to_owned()) }
        }
        StripeError::JSONDeserialize(_) => PaymentsError::Unreadable,
        StripeError::Timeout => PaymentsError::Timeout,
        StripeError::ClientError(_) | StripeError::ConfigError(_) => PaymentsError::Unreachable,
    }
}

/// Once, with the key of the caller's intent.
pub(crate) fn with_key(key: &str) -> Result<RequestStrategy, PaymentsError> {
    IdempotencyKey::new(key).map(RequestStrategy::Idempotent).map_err(|_| PaymentsError::Unreadable)
}
