//! Idempotency keys: the first answer is kept and sent again.
//!
//! What must hold: work under one key is done at most once; a key is bound to its first path
//! and parameters; a request that was refused before any work began leaves its key free.

use std::sync::Arc;

use crate::persistent::{MapS, SetS};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::errors::{ApiError, ErrorType};
use super::proofs::Proof;

/// How long a key is remembered, in seconds.
const REMEMBERED: i64 = 24 * 60 * 60;
/// How many keys are remembered at most; the oldest give way.
const KEPT: usize = 100_000;
/// Stripe's limit on the length of a key.
const LONGEST: usize = 255;

/// An answer as it was first sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeptAnswer {
    pub status: u16,
    pub body: Value,
    /// The `Request-Id` of the request that did the work.
    pub request: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Entry {
    path: String,
    /// Without secrets.
    params: Value,
    /// Of the secrets that were sent as well. After a restart they are not compared any more.
    #[serde(skip)]
    proof: Option<Proof>,
    at: i64,
    /// `None` while the first request is worked on.
    answer: Option<KeptAnswer>,
}

/// All remembered keys.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct IdempotencyKeys {
    pub(crate) entries: MapS<String, Arc<Entry>>,
    /// When each was claimed, oldest first.
    #[serde(skip)]
    ages: SetS<(i64, String)>,
}

/// What to do with a request that carries a key.
#[derive(Debug, PartialEq)]
pub enum Claim {
    /// Nobody used the key: do the work, then [`IdempotencyKeys::keep`] or [`IdempotencyKeys::release`].
    First,
    /// Send this again.
    Replay(KeptAnswer),
}

impl IdempotencyKeys {
    /// Claims `key` for a request, at `now` seconds. `params` are without secrets, which `proof` stands for.
    ///
    /// # Errors
    /// 400 when the key was used with another path or other parameters, 409 while the first
    /// request is worked on.
    pub fn claim(
        &mut self,
        key: &str,
        path: &str,
        (params, proof): (&Value, Option<Proof>),
        now: i64,
    ) -> Result<Claim, ApiError> {
        if key.is_empty() || key.len() > LONGEST {
            let message = format!("Idempotency keys must have 1 to {LONGEST} characters.");
            return Err(ApiError::new(400, ErrorType::Idempotency, "", message));
        }
        self.forget(now);
        let Some(entry) = self.entries.get(key) else {
            let entry = Entry { path: path.to_owned(), params: params.clone(), proof, at: now, answer: None };
            self.entries.insert_cow(key.to_owned(), Arc::new(entry));
            self.ages.insert_cow((now, key.to_owned()));
            return Ok(Claim::First);
        };
        if entry.path != path {
            let message = format!(
                "Keys for idempotent requests can only be used for the same endpoint they were first used for \
                 ('{}' vs '{path}'). Try using a key other than '{key}' if you meant to execute a different request.",
                entry.path
            );
            return Err(ApiError::new(400, ErrorType::Idempotency, "", message));
        }
        let is_other_secret = entry.proof.as_ref().zip(proof.as_ref()).is_some_and(|(kept, sent)| kept != sent);
        if entry.params != *params || is_other_secret {
            let message = format!(
                "Keys for idempotent requests can only be used with the same parameters they were first used with. \
                 Try using a key other than '{key}' if you meant to execute a different request."
            );
            return Err(ApiError::new(400, ErrorType::Idempotency, "", message));
        }
        entry.answer.clone().map(Claim::Replay).ok_or_else(|| {
            let message = format!(
                "There is currently another in-progress request using this Idempotent Key (that probably means \
                 you submitted twice, and the other request is still going through): {key}. Please try again later."
            );
            ApiError::new(409, ErrorType::Idempotency, "idempotency_key_in_use", message)
        })
    }

    /// Keeps the answer of the work done under `key`.
    pub fn keep(&mut self, key: &str, answer: KeptAnswer) {
        if let Some(entry) = self.entries.get_mut_cow(key) {
            Arc::make_mut(entry).answer = Some(answer);
        }
    }

    /// Frees a key under which no work was done.
    pub fn release(&mut self, key: &str) {
        if let Some(entry) = self.entries.remove_cow(&key.to_owned()) {
            self.ages.remove_cow(&(entry.at, key.to_owned()));
        }
    }

    /// Forgets the answers whose time is over, and the oldest of too many. Work in progress keeps its key.
    fn forget(&mut self, now: i64) {
        loop {
            let oldest = self.ages.into_iter().next().cloned();
            let Some((at, key)) = oldest else { return };
            let is_over = now - at > REMEMBERED || self.entries.len() > KEPT;
            if !is_over || self.entries.get(&key).is_some_and(|entry| entry.answer.is_none()) {
                return;
            }
            self.release(&key);
        }
    }

    /// Frees keys whose work was cut off by the end of the process.
    pub fn release_unfinished(&mut self) {
        let kept = self.entries.into_iter().filter(|(_, entry)| entry.answer.is_some());
        self.entries = kept.map(|(key, entry)| (key.clone(), Arc::clone(entry))).collect();
        self.ages = self.entries.into_iter().map(|(key, entry)| (entry.at, key.clone())).collect();
    }
}
