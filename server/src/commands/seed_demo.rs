//! `portico seed-demo`: development only.

use std::sync::Arc;

use services::billing::Payments;

use super::CommandError;
use crate::{
    config::{Config, ConfigError, Mode},
    wiring,
};

pub async fn run(config: Config) -> Result<(), CommandError> {
    if config.mode != Mode::Development {
        let why = "must be development: the demo's passwords are public".to_owned();
        return Err(ConfigError { name: "PORTICO_ENV".to_owned(), why }.into());
    }
    let stripe = Arc::new(wiring::stripe(&config)?);
    let store = wiring::store(&config).await?;
    let payments: Arc<dyn Payments> = Arc::clone(&stripe) as Arc<dyn Payments>;
    let services = wiring::services(&config, store, payments).await?;
    services.seed_demo(stripe.as_ref()).await.map_err(CommandError::failed)?;
    println!("demo data is there: acme and globex, password of everybody: {}", services::billing::DEMO_PASSWORD);
    Ok(())
}
