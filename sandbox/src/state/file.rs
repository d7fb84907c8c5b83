//! The journal on disk.
//!
//! What must hold: an answered change is in the file, so `kill -9` loses nothing that a client was
//! told; what was written before a kill can be read after it (a line cut off is one that nobody
//! was told of). Changes made together are written together (`saving.rs`), outside the memory's
//! lock. Accepted: a power failure may lose the last changes, since nothing waits for the disk.
//!
//! Lines: `{"format":3}`, then `["table",[key,row],…,[key]…]` for rows put and rows gone, then
//! `{"commit":…}` with what is in no table. Lines without their commit don't count.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};

use super::saved::Saved;
use crate::memory::Memory;

const FORMAT: u64 = 3;
/// Below this size a file is not written anew.
const SMALL: u64 = 8 << 20;

/// Why a state file can't be used.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    #[error("the state file {path} can't be read or written: {source}")]
    Io { path: String, source: io::Error },
    #[error("the state file {path} is not one of this version (delete it to begin anew): {reason}")]
    Content { path: String, reason: String },
}

/// What is to be written, taken while the memory is locked; taking it costs nothing.
pub struct Snapshot {
    number: u64,
    saved: Saved,
}

/// A file, what stands in it, and what is to come.
#[derive(Debug)]
pub struct StateFile {
    path: PathBuf,
    written: Mutex<Written>,
    /// The number of the newest change that this process has written.
    newest: AtomicU64,
    /// The number of the newest delivery in the file.
    deliveries: AtomicU64,
}

#[derive(Debug, Default)]
struct Written {
    /// Open for appending, once there is a whole state in it.
    file: Option<File>,
    saved: Saved,
    rest: Vec<u8>,
    /// Bytes now, and right after it was written whole.
    size: u64,
    whole: u64,
}

impl StateFile {
    /// A file at `path`; nothing is read or written yet.
    pub fn at(path: PathBuf) -> Self {
        Self { path, written: Mutex::default(), newest: AtomicU64::new(0), deliveries: AtomicU64::new(0) }
    }

    /// Lays what was saved over `memory`; a file that isn't there changes nothing.
    pub fn load(&self, memory: &mut Memory) -> Result<(), StateError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(self.io(error)),
        };
        let content = |reason: String| StateError::Content { path: self.path.display().to_string(), reason };
        let saved = read(BufReader::new(file)).map_err(content)?;
        self.deliveries.store(saved.deliveries_made(), Ordering::SeqCst);
        saved.into_memory(memory);
        // The first change writes it whole, without what was cut off.
        Ok(())
    }

    /// What [`Self::write`] takes.
    pub fn snapshot(memory: &Memory) -> Snapshot {
        Snapshot { number: memory.changes, saved: Saved::of(memory) }
    }

    /// Whether a change stands in the file already.
    pub fn holds(&self, number: u64) -> bool {
        number <= self.newest.load(Ordering::SeqCst)
    }

    /// Writes what changed up to a snapshot; snapshots come in their order. Blocks.
    pub fn write(&self, snapshot: Snapshot) -> Result<(), StateError> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let (number, made) = (snapshot.number, snapshot.saved.deliveries_made());
        let result = self.bring_up(&mut written, snapshot.saved);
        if result.is_err() {
            // Half a line may stand there: the next one writes the file whole.
            written.file = None;
        } else {
            self.newest.store(number, Ordering::SeqCst);
            self.deliveries.store(made, Ordering::SeqCst);
        }
        result.map_err(|error| self.io(error))
    }

    fn bring_up(&self, written: &mut Written, saved: Saved) -> io::Result<()> {
        let is_whole = written.file.is_none() || written.size > SMALL.max(2 * written.whole);
        let mut lines = Vec::new();
        let rest = if is_whole {
            writeln!(lines, "{}", json!({"format": FORMAT}))?;
            changes(&saved, &Saved::default(), &[], &mut lines)?
        } else {
            changes(&saved, &written.saved, &written.rest, &mut lines)?
        };
        if is_whole {
            let beside = beside(&self.path);
            fs::write(&beside, &lines)?;
            fs::rename(&beside, &self.path)?;
            written.file = Some(OpenOptions::new().append(true).open(&self.path)?);
            (written.size, written.whole) = (0, lines.len() as u64);
        } else if let Some(file) = &mut written.file {
            file.write_all(&lines)?;
        }
        written.size += lines.len() as u64;
        (written.saved, written.rest) = (saved, rest);
        Ok(())
    }

    /// The number of the newest delivery in the file: what is not saved is not sent.
    pub fn saved_deliveries(&self) -> u64 {
        self.deliveries.load(Ordering::SeqCst)
    }

    fn io(&self, source: io::Error) -> StateError {
        StateError::Io { path: self.path.display().to_string(), source }
    }
}

/// Appends the lines from `old` to `new` and returns what is in no table.
fn changes(new: &Saved, old: &Saved, old_rest: &[u8], lines: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let before = old.tables();
    for (place, (name, table)) in new.tables().into_iter().enumerate() {
        let start = lines.len();
        write!(lines, "[\"{name}\"")?;
        let head = lines.len();
        table.write_changes(before[place].1, lines)?;
        if lines.len() == head {
            lines.truncate(start);
        } else {
            lines.extend_from_slice(b"]\n");
        }
    }
    let rest = serde_json::to_vec(&new.without_rows())?;
    if rest == old_rest {
        lines.extend_from_slice(b"{\"commit\":null}\n");
    } else {
        lines.extend_from_slice(b"{\"commit\":");
        lines.extend_from_slice(&rest);
        lines.extend_from_slice(b"}\n");
    }
    Ok(rest)
}

/// Reads a journal up to its last commit.
fn read(mut from: impl BufRead) -> Result<Saved, String> {
    let said = |error: serde_json::Error| error.to_string();
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
    let head: Value = serde_json::from_slice(&line).map_err(said)?;
    if head["format"] != FORMAT {
        return Err(format!("format {}", head["format"]));
    }
    let (mut rest, mut tables, mut open) = (None, Tables::new(), Vec::new());
    loop {
        line.clear();
        from.read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
        if line.last() != Some(&b'\n') {
            // The file appears with its first commit in it: one without has lost what it held.
            return assembled(rest.ok_or("no commit in it: the file was cut off")?, tables);
        }
        match serde_json::from_slice(&line).map_err(said)? {
            Value::Array(rows) => open.push(rows),
            mut commit => {
                let said = commit["commit"].take();
                rest = if said.is_null() { rest } else { Some(said) };
                open.drain(..).try_for_each(|rows| lay(&mut tables, rows))?;
            }
        }
    }
}

/// By table and by the text of the key: key and row as they stand in the file.
type Tables = HashMap<String, HashMap<String, (Value, Value)>>;

fn lay(tables: &mut Tables, rows: Vec<Value>) -> Result<(), String> {
    let mut rows = rows.into_iter();
    let Some(Value::String(name)) = rows.next() else { return Err("a table without a name".to_owned()) };
    let table = tables.entry(name).or_default();
    for row in rows {
        let Value::Array(parts) = row else { return Err("a row that is no list".to_owned()) };
        let mut parts = parts.into_iter();
        let (key, row) = (parts.next().unwrap_or_default(), parts.next());
        match row {
            Some(row) => drop(table.insert(key.to_string(), (key, row))),
            None => drop(table.remove(&key.to_string())),
        }
    }
    Ok(())
}

fn assembled(rest: Value, tables: Tables) -> Result<Saved, String> {
    let mut saved: Saved = serde_json::from_value(rest).map_err(|error| error.to_string())?;
    for (name, rows) in tables {
        let table = saved.table_mut(&name).ok_or_else(|| format!("a table `{name}`"))?;
        for (key, row) in rows.into_values() {
            table.lay(key, row).map_err(|error| format!("a row of `{name}`: {error}"))?;
        }
    }
    Ok(saved)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".new");
    path.with_file_name(name)
}
