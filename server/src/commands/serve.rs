//! `portico serve`.

use std::{future::pending, net::SocketAddr, sync::Arc, time::Duration};

use domain::{Millis, accounts::throttle};
use services::{LogAndCount, Services};
use tokio::net::TcpListener;

use super::CommandError;
use crate::{
    clock::SystemClock,
    config::{Config, ConfigError},
    http::metrics,
    listener, router,
    wiring::{self, Wired},
};

const SWEEP_EVERY: Duration = Duration::from_secs(600);
const TICK: Duration = Duration::from_secs(1);
const METRICS_DEFAULT: ([u8; 4], u16) = ([127, 0, 0, 1], 9464);

pub async fn run(config: Config) -> Result<(), CommandError> {
    for name in &config.not_used {
        tracing::warn!("{name} is set, and not used by this version");
    }
    if config.is_https() && config.trusted_proxies.is_empty() {
        tracing::warn!("PORTICO_TRUSTED_PROXIES is not set: behind a proxy, everybody counts as one address");
    }
    wiring::require_secret_keys(&config)?;
    let stripe = wiring::stripe(&config)?;
    let store = wiring::store(&config).await?;
    let services = wiring::services(&config, store, Arc::new(stripe)).await?;
    serve_metrics(config.metrics_addr).await?;
    let address = config.site_addr;
    let listener = TcpListener::bind(address).await.map_err(|error| ConfigError {
        name: "LEPTOS_SITE_ADDR".to_owned(),
        why: format!("{address} can't be listened on: {error}"),
    })?;
    let base_url = config.base_url.clone();
    let wired = Wired::new(config, services.clone(), Arc::new(SystemClock))?;
    let app = router::build(&wired);
    tracing::info!(%address, %base_url, "listening");
    let sweeping = tokio::spawn(sweep(services));
    let ticking = tokio::spawn(tick());
    let stop = async {
        asked_to_stop().await;
        tracing::info!("stopping: requests under way are finished");
    };
    if !listener::serve(listener, app, stop).await {
        tracing::warn!("stopping without waiting longer");
    }
    sweeping.abort();
    ticking.abort();
    Ok(())
}

async fn serve_metrics(address: Option<SocketAddr>) -> Result<(), CommandError> {
    let Some(handle) = metrics::install() else { return Ok(()) };
    LogAndCount::begin();
    let listener = match TcpListener::bind(address.unwrap_or(METRICS_DEFAULT.into())).await {
        Ok(listener) => listener,
        Err(error) if address.is_none() => {
            tracing::warn!(%error, "no metrics: the default address is taken; set PORTICO_METRICS_ADDR");
            return Ok(());
        }
        Err(error) => {
            let why = format!("can't be listened on: {error}");
            return Err(ConfigError { name: "PORTICO_METRICS_ADDR".to_owned(), why }.into());
        }
    };
    tokio::spawn(listener::serve(listener, metrics::router(handle), pending()));
    Ok(())
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return std::future::pending().await };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

/// A timer that is to end before all others wakes a thread for that, with a system call. Every
/// statement sets one, to be given up after four seconds: with this one there is always an earlier.
async fn tick() {
    let mut ticks = tokio::time::interval(TICK);
    loop {
        ticks.tick().await;
    }
}

/// Removes what has run out. Nothing depends on it: what has run out is refused anyway.
async fn sweep(services: Services) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    loop {
        ticks.tick().await;
        let now = services.now();
        let life = services.settings().session_lifetime;
        let store = services.store();
        let counted_before = now - Millis(2 * throttle::PER_ACCOUNT.window.0);
        let swept = tokio::join!(
            store.delete_dead_sessions(now - life.idle, now - life.absolute),
            store.delete_dead_flashes(now),
            store.delete_dead_counters(counted_before),
        );
        if let (Err(error), ..) | (_, Err(error), _) | (.., Err(error)) = swept {
            tracing::warn!(%error, "sweeping");
        }
    }
}
