//! Saving a change before it is answered.

use std::sync::Arc;

use crate::http::errors::{ApiError, ErrorType};
use crate::memory::Sandbox;
use crate::state::Snapshot;

/// Writes a snapshot before the change it holds is answered.
pub async fn save(sandbox: &Arc<Sandbox>, snapshot: Snapshot) -> Result<(), ApiError> {
    let (courier, sandbox) = (Arc::clone(sandbox), Arc::clone(sandbox));
    let written = tokio::task::spawn_blocking(move || {
        sandbox.state_file.as_ref().map_or(Ok(()), |file| file.write(snapshot).map_err(|error| error.to_string()))
    });
    let problem = match written.await {
        Ok(Ok(())) => {
            courier.courier.notify_one();
            return Ok(());
        }
        Ok(Err(problem)) => problem,
        Err(_) => "the writer panicked".to_owned(),
    };
    tracing::error!(problem, "the state could not be saved");
    Err(ApiError::new(500, ErrorType::Api, "sandbox_state_not_saved", problem))
}
