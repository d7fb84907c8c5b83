//! Saving a change before it is answered.

use std::sync::Arc;

use crate::http::errors::{ApiError, ErrorType};
use crate::memory::Sandbox;
use crate::state::StateFile;

/// Waits until change `number` is in the file, if there is one.
///
/// One write at a time: who comes to it writes everything that changed until then, so those who
/// waited meanwhile find that theirs is there.
pub async fn save(sandbox: &Arc<Sandbox>, number: u64) -> Result<(), ApiError> {
    let Some(file) = &sandbox.state_file else { return Ok(()) };
    let _turn = sandbox.writing.lock().await;
    if file.holds(number) {
        return Ok(());
    }
    let snapshot = StateFile::snapshot(&sandbox.memory());
    let writer = Arc::clone(sandbox);
    let written = tokio::task::spawn_blocking(move || {
        writer.state_file.as_ref().map_or(Ok(()), |file| file.write(snapshot).map_err(|error| error.to_string()))
    });
    let problem = match written.await {
        Ok(Ok(())) => {
            sandbox.courier.notify_one();
            return Ok(());
        }
        Ok(Err(problem)) => problem,
        Err(_) => "the writer panicked".to_owned(),
    };
    tracing::error!(problem, "the state could not be saved");
    Err(ApiError::new(500, ErrorType::Api, "sandbox_state_not_saved", problem))
}
