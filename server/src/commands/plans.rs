//! `portico plans push`.

use clap::Subcommand;
use services::billing::{missing_plans, push_plans};

use super::CommandError;
use crate::{config::Config, wiring};

#[derive(Subcommand)]
pub enum PlansCommand {
    /// Make at Stripe what plans.toml sells and is not there yet. Nothing is deleted; who has an
    /// old price keeps it.
    Push {
        /// Only say what would be made.
        #[arg(long)]
        dry_run: bool,
    },
}

pub async fn run(config: Config, command: PlansCommand) -> Result<(), CommandError> {
    let PlansCommand::Push { dry_run } = command;
    let stripe = wiring::stripe(&config)?;
    let catalogue = wiring::settings(&config)?.catalogue;
    let missing = missing_plans(&catalogue, &stripe).await.map_err(CommandError::failed)?;
    if missing.is_empty() {
        println!("nothing to do: everything in plans.toml is there");
        return Ok(());
    }
    for change in &missing {
        println!("{change}");
    }
    if dry_run {
        println!("{} to make; nothing was made", missing.len());
        return Ok(());
    }
    push_plans(&stripe, &missing).await.map_err(CommandError::failed)?;
    println!("{} made", missing.len());
    Ok(())
}
