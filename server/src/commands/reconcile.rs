//! `portico reconcile`.

use std::sync::Arc;

use super::CommandError;
use crate::{config::Config, wiring};

pub async fn run(config: Config, org: Option<String>, dry_run: bool) -> Result<(), CommandError> {
    let stripe = wiring::stripe(&config)?;
    let store = wiring::store(&config).await?;
    let services = wiring::services(&config, store, Arc::new(stripe)).await?;
    let looked = services.reconcile(org.as_deref(), !dry_run).await.map_err(CommandError::failed)?;
    let (mut differences, mut concerns) = (0, 0);
    for one in &looked {
        for drift in &one.drifts {
            println!("{}: {drift}", one.slug);
        }
        for concern in &one.concerns {
            println!("{}: {concern}", one.slug);
        }
        if !one.drifts.is_empty() {
            println!("{}: {}", one.slug, if one.repaired { "set right" } else { "left as it is" });
        }
        differences += one.drifts.len();
        concerns += one.concerns.len();
    }
    println!("{differences} differences, {concerns} for people to look at");
    if concerns > 0 {
        return Err(CommandError::Failed("something needs a person's judgement, see above".to_owned()));
    }
    Ok(())
}
