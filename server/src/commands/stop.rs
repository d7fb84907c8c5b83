//! When a command is told to stop: SIGTERM or Ctrl-C.

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Cloned for everybody who has to know.
#[derive(Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on.
    pub fn on_signals() -> Self {
        let (tell, told) = watch::channel(false);
        tokio::spawn(async move {
            asked().await;
            tracing::info!("stopping: what is under way is finished");
            let _ = tell.send(true);
            // The word stays while anybody listens.
            tell.closed().await;
        });
        Self(told)
    }

    /// Comes back when the word was given.
    pub async fn told(mut self) {
        let _ = self.0.wait_for(|told| *told).await;
    }
}

async fn asked() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
