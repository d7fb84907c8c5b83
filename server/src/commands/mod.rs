//! The commands of `portico`.

mod doctor;
mod flags;
mod metrics;
mod migrate;
mod plans;
mod reconcile;
mod seed_demo;
mod serve;
mod staff;
mod stop;
mod worker;

use std::{fmt::Display, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{
    config::{Config, ConfigError},
    environment, log,
    wiring::WiringError,
};

/// The front door of a product: people, organisations, sign-in, plans, payments.
#[derive(Parser)]
#[command(name = "portico", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Answer requests, and work off what is to be done beside them: mails, customers, sweeping.
    Serve {
        /// Answer requests only: other nodes do the rest.
        #[arg(long)]
        no_worker: bool,
    },
    /// Work only: mails, customers, sweeping.
    Worker,
    /// Bring the database to the newest schema.
    Migrate,
    /// Put demo organisations and people into the database (development only).
    SeedDemo,
    /// Check configuration, database and payment provider, and say what is wrong.
    Doctor,
    /// Show or change feature flags.
    #[command(subcommand)]
    Flags(flags::FlagsCommand),
    /// Show or change who operates the product: the console at /admin.
    #[command(subcommand)]
    Staff(staff::StaffCommand),
    /// Make the products and prices of plans.toml at Stripe.
    #[command(subcommand)]
    Plans(plans::PlansCommand),
    /// Compare what is known of billing with what Stripe has, and set it right.
    Reconcile {
        /// One organization, by its address; all of them otherwise.
        #[arg(long)]
        org: Option<String>,
        /// Only say what differs.
        #[arg(long)]
        dry_run: bool,
    },
}

/// How a command can fail.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Wiring(#[from] WiringError),
    #[error("{0}")]
    Failed(String),
}

impl CommandError {
    fn failed(error: impl Display) -> Self {
        Self::Failed(error.to_string())
    }

    /// 2: the configuration is wrong. 1: everything else.
    fn exit_code(&self) -> ExitCode {
        match self {
            Self::Config(_) | Self::Wiring(WiringError::Config(_) | WiringError::Stripe(_) | WiringError::Store(_)) => {
                ExitCode::from(2)
            }
            _ => ExitCode::FAILURE,
        }
    }
}

/// Runs a command to its end and says how it went.
pub fn run(cli: Cli) -> ExitCode {
    match try_run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, whatever it is about.
            eprintln!("portico: {}", error.to_string().replace('\n', " "));
            error.exit_code()
        }
    }
}

/// In builds for development only: the first that comes to that place kills the process, as a power cut would
/// (check F2).
fn kill_at(place: &str) -> Result<(), CommandError> {
    let die = || {
        let _ = std::process::Command::new("kill").args(["-9", &std::process::id().to_string()]).status();
        loop {
            std::thread::park();
        }
    };
    fail::cfg_callback(place, die).map_err(CommandError::failed)
}

fn try_run(cli: Cli) -> Result<(), CommandError> {
    let mut values = environment::read()?;
    let directives = values.remove("PORTICO_LOG");
    if cfg!(debug_assertions)
        && let Some(place) = values.remove("PORTICO_KILL_AT")
    {
        kill_at(&place)?;
    }
    let config = Config::from_values(values)?;
    log::init(config.mode, directives.as_deref());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(CommandError::failed)?;
    runtime.block_on(async {
        match cli.command {
            Command::Serve { no_worker } => serve::run(config, !no_worker).await,
            Command::Worker => worker::run(config).await,
            Command::Migrate => migrate::run(config).await,
            Command::SeedDemo => seed_demo::run(config).await,
            Command::Doctor => doctor::run(config).await,
            Command::Flags(command) => flags::run(config, command).await,
            Command::Staff(command) => staff::run(config, command).await,
            Command::Plans(command) => plans::run(config, command).await,
            Command::Reconcile { org, dry_run } => reconcile::run(config, org, dry_run).await,
        }
    })
}
