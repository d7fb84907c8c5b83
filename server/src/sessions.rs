//! Sessions for tower-sessions, kept by our store.
//!
//! What must hold: the stored key is a hash of the id in the cookie (check S01);
//! a session that ended does not come back through a request still in flight
//! (check S04); idle and absolute limits are ours, not the cookie's (check S05).

use std::{cell::RefCell, fmt, future::Future, sync::Arc};

use app::accounts::session::{DEVICE, HALF, IMPERSONATING, LEAVING, USER};
use async_trait::async_trait;
use domain::{
    UserId,
    accounts::{SessionDevice, SessionLifetime},
};
use services::Clock;
use sha2::{Digest, Sha256};
use store::{NewSession, PersonWithMemberships, Store, StoreError};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

tokio::task_local! {
    /// Where [`StoredSessions::load`] leaves the person it read together with the session.
    static READ_ALONG: RefCell<Option<PersonWithMemberships>>;
}

/// Runs what may load a session; with its result comes the session's person, if one was
/// loaded. Session and person are one statement: half of what a page asks the database.
pub async fn with_person<F: Future>(reading: F) -> (F::Output, Option<PersonWithMemberships>) {
    READ_ALONG
        .scope(RefCell::default(), async {
            let read = reading.await;
            (read, READ_ALONG.with(RefCell::take))
        })
        .await
}

#[derive(Clone)]
pub struct StoredSessions {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    pub lifetime: SessionLifetime,
}

impl fmt::Debug for StoredSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredSessions")
    }
}

fn backend(error: &StoreError) -> Error {
    Error::Backend(error.to_string())
}

/// An id is 128 random bits, so one plain hash is enough: there is nothing to guess.
fn hash(id: &Id) -> String {
    Sha256::digest(id.to_string()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        use fmt::Write;
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Whose it is, also of one that is only half signed in, opens nothing but the way back, or is an
/// operator's who acts as them: it ends with their others, and with the account.
fn user_of(record: &Record) -> Option<UserId> {
    let data = &record.data;
    let half = || [HALF, LEAVING, IMPERSONATING].iter().find_map(|key| data.get(*key)?.get("user"));
    let user = data.get(USER).or_else(half)?;
    serde_json::from_value(user.clone()).ok()
}

fn device_of(record: &Record) -> Option<SessionDevice> {
    record.data.get(DEVICE).and_then(|value| serde_json::from_value(value.clone()).ok())
}

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

#[async_trait]
impl SessionStore for StoredSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let data = encode(record)?;
        let (id_hash, device) = (hash(&record.id), device_of(record));
        let session = NewSession { id_hash: &id_hash, user: user_of(record), data: &data, device: device.as_ref() };
        let inserted = self.store.insert_session(&session, self.clock.now()).await;
        inserted.map_err(|error| backend(&error))
    }

    /// Changes a row that is there or nothing.
    async fn save(&self, record: &Record) -> Result<()> {
        let data = encode(record)?;
        let saved = self.store.update_session(&hash(&record.id), user_of(record), &data).await;
        saved.map_err(|error| backend(&error))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let key = hash(id);
        let now = self.clock.now();
        let Some(found) = self.store.find_session(&key).await.map_err(|error| backend(&error))? else {
            return Ok(None);
        };
        if !self.lifetime.is_live(found.times, now) {
            // It counts as ended whether or not its row can be removed now.
            if let Err(error) = self.store.delete_session(&key).await {
                tracing::debug!(%error, "an ended session's row stays for the sweep");
            }
            return Ok(None);
        }
        if self.lifetime.is_touch_due(found.times, now) {
            // Reading must not fail because writing is busy.
            if let Err(error) = self.store.touch_session(&key, now).await {
                tracing::debug!(%error, "last seen is not written this time");
            }
        }
        // Outside of `with_person` nobody asked for the person.
        let _ = READ_ALONG.try_with(|slot| slot.replace(found.person));
        let ends = found.times.created_at + self.lifetime.absolute;
        Ok(Some(Record {
            id: *id,
            data: serde_json::from_str(&found.data).map_err(|error| Error::Decode(error.to_string()))?,
            expiry_date: OffsetDateTime::from_unix_timestamp(ends.as_seconds())
                .map_err(|error| Error::Decode(error.to_string()))?,
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.delete_session(&hash(id)).await.map(|_| ()).map_err(|error| backend(&error))
    }
}
