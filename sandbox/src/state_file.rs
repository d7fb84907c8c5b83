//! `--state FILE`: objects and idempotency keys outlive the process.
//!
//! What must hold: an answered change is in the file (so `kill -9` loses nothing that a client
//! was told), and the file is always a whole one (temporary file, then rename). Not kept are the
//! request log, faults and violations. Accepted: a power failure may lose the last changes, since
//! nothing waits for the disk.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use crate::books::Books;
use crate::http::idempotency::IdempotencyKeys;
use crate::memory::{Memory, WebhookTarget};

const FORMAT: u32 = 2;

#[derive(Serialize, Deserialize)]
struct Saved<B, K, W> {
    format: u32,
    books: B,
    keys: K,
    webhook: W,
}

/// What is to be saved, taken while the memory is locked; taking it costs nothing.
pub struct Snapshot {
    number: u64,
    books: Books,
    keys: IdempotencyKeys,
    webhook: Option<WebhookTarget>,
}

/// Why a state file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("the state file {path} can't be read or written: {source}")]
    Io { path: String, source: io::Error },
    #[error("the state file {path} is not one of this version: {reason}")]
    Content { path: String, reason: String },
}

/// A file and the number of the newest state in it.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    newest: Mutex<u64>,
}

impl StateFile {
    /// A file at `path`; nothing is read or written yet.
    pub fn at(path: PathBuf) -> Self {
        Self { path, newest: Mutex::new(0) }
    }

    /// Lays what was saved over `memory`; a file that isn't there changes nothing.
    pub fn load(&self, memory: &mut Memory) -> Result<(), StateError> {
        let text = match fs::read(&self.path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.io(error)),
        };
        let content = |reason: String| StateError::Content { path: self.path.display().to_string(), reason };
        let saved: Saved<Books, IdempotencyKeys, Option<WebhookTarget>> =
            serde_json::from_slice(&text).map_err(|error| content(error.to_string()))?;
        if saved.format != FORMAT {
            return Err(content(format!("format {}", saved.format)));
        }
        (memory.books, memory.keys, memory.webhook) = (saved.books, saved.keys, saved.webhook);
        // Their work was cut off before anything was answered.
        memory.keys.release_unfinished();
        Ok(())
    }

    /// What [`Self::write`] takes.
    pub fn snapshot(memory: &Memory) -> Snapshot {
        Snapshot {
            number: memory.changes,
            books: memory.books.clone(),
            keys: memory.keys.clone(),
            webhook: memory.webhook.clone(),
        }
    }

    /// Writes a snapshot, unless a newer one is there already. Blocks.
    pub fn write(&self, snapshot: &Snapshot) -> Result<(), StateError> {
        let mut newest = self.newest.lock().unwrap_or_else(PoisonError::into_inner);
        if snapshot.number < *newest {
            return Ok(());
        }
        let saved = Saved { format: FORMAT, books: &snapshot.books, keys: &snapshot.keys, webhook: &snapshot.webhook };
        // Serialising maps with text keys into memory has nothing to fail on.
        let text = serde_json::to_vec(&saved).unwrap_or_default();
        let half_done = beside(&self.path);
        fs::write(&half_done, &text).map_err(|error| self.io(error))?;
        fs::rename(&half_done, &self.path).map_err(|error| self.io(error))?;
        *newest = snapshot.number;
        Ok(())
    }

    fn io(&self, source: io::Error) -> StateError {
        StateError::Io { path: self.path.display().to_string(), source }
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}
