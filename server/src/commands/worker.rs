//! `portico worker`: background work alone, for nodes that answer nobody.

use std::sync::Arc;

use jobs::Pace;
use services::billing::{Guarded, Patience};

use super::{CommandError, metrics, stop::Stop};
use crate::{config::Config, wiring};

pub async fn run(config: Config) -> Result<(), CommandError> {
    let stripe = wiring::stripe(&config)?;
    wiring::require_secret_keys(&config)?;
    wiring::require_mail(&config)?;
    let store = wiring::store(&config).await?;
    let services =
        wiring::running_services(&config, store, Arc::new(Guarded::new(stripe, Patience::default()))).await?;
    metrics::serve(config.metrics_addr).await?;
    tracing::info!("working");
    if !jobs::run(services, Pace::default(), Stop::on_signals().told()).await {
        tracing::warn!("stopping without waiting longer; another worker takes what is left");
    }
    Ok(())
}
