//! `/metrics`, beside whatever a command does.

use std::{future::pending, net::SocketAddr};

use services::LogAndCount;
use tokio::net::TcpListener;

use super::CommandError;
use crate::{config::ConfigError, http::metrics, listener};

const DEFAULT: ([u8; 4], u16) = ([127, 0, 0, 1], 9464);

/// # Errors
/// When the address that was asked for can't be listened on.
pub async fn serve(address: Option<SocketAddr>) -> Result<(), CommandError> {
    let Some(handle) = metrics::install() else { return Ok(()) };
    LogAndCount::begin();
    let listener = match TcpListener::bind(address.unwrap_or(DEFAULT.into())).await {
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
