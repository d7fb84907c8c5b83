//! `portico migrate`.

use super::CommandError;
use crate::{config::Config, wiring};

pub async fn run(config: Config) -> Result<(), CommandError> {
    let (store, _lock) = wiring::store_for_migrations(&config).await?;
    let steps = migrations::up(store.connection()).await.map_err(CommandError::failed)?;
    println!("{}", if steps == 0 { "nothing to migrate".to_owned() } else { format!("migrated {steps} steps") });
    Ok(())
}
