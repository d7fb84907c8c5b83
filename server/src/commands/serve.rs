//! `portico serve`.

use std::sync::Arc;

use jobs::Pace;
use services::{
    Services,
    billing::{Guarded, Patience},
};
use tokio::net::TcpListener;

use super::{CommandError, metrics, stop::Stop};
use crate::{
    clock::SystemClock,
    config::{Config, ConfigError},
    listener, router,
    wiring::{self, Wired},
};

pub async fn run(config: Config, worker: bool) -> Result<(), CommandError> {
    if config.is_https() && config.trusted_proxies.is_empty() {
        tracing::warn!("PORTICO_TRUSTED_PROXIES is not set: behind a proxy, everybody counts as one address");
    }
    let stripe = wiring::stripe(&config)?;
    wiring::require_secret_keys(&config)?;
    if worker {
        wiring::require_mail(&config)?;
    }
    wiring::require_webhook_secrets(&config)?;
    let store = wiring::store(&config).await?;
    let services =
        wiring::running_services(&config, store, Arc::new(Guarded::new(stripe, Patience::default()))).await?;
    metrics::serve(config.metrics_addr).await?;
    let address = config.site_addr;
    let listener = TcpListener::bind(address).await.map_err(|error| ConfigError {
        name: "LEPTOS_SITE_ADDR".to_owned(),
        why: format!("{address} can't be listened on: {error}"),
    })?;
    let base_url = config.base_url.clone();
    let wired = Wired::new(config, services.clone(), Arc::new(SystemClock))?;
    let app = router::build(&wired);
    let stop = Stop::on_signals();
    tracing::info!(%address, %base_url, "listening");
    let (answered, worked) =
        tokio::join!(listener::serve(listener, app, stop.clone().told()), work(worker, services, stop));
    if !answered || !worked {
        tracing::warn!("stopping without waiting longer");
    }
    Ok(())
}

async fn work(worker: bool, services: Services, stop: Stop) -> bool {
    !worker || jobs::run(services, Pace::default(), stop.told()).await
}
