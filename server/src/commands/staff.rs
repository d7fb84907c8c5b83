//! `portico staff list|add|remove`.

use std::sync::Arc;

use clap::Subcommand;
use domain::accounts::Email;
use services::{ServiceError, console::StaffChange};

use super::{CommandError, flags::NoPayments};
use crate::{config::Config, wiring};

#[derive(Subcommand)]
pub enum StaffCommand {
    /// Everybody who may use the console.
    List,
    /// Make somebody with an account an operator. They must have a second factor.
    Add { email: String },
    /// They are none with their next request.
    Remove { email: String },
}

pub async fn run(config: Config, command: StaffCommand) -> Result<(), CommandError> {
    let store = wiring::store(&config).await?;
    let services = wiring::services(&config, store, Arc::new(NoPayments)).await?;
    match command {
        StaffCommand::List => {
            for staff in services.list_staff().await.map_err(CommandError::failed)? {
                println!("{}  {}", staff.person.email, staff.person.name);
            }
        }
        StaffCommand::Add { email } => {
            let parsed = parse(&email)?;
            match services.add_staff(&parsed).await.map_err(|error| nobody(error, &email))? {
                StaffChange::Done => println!("{} is an operator", parsed.as_str()),
                StaffChange::Nothing => println!("{} is an operator already", parsed.as_str()),
            }
        }
        StaffCommand::Remove { email } => {
            let parsed = parse(&email)?;
            match services.remove_staff(&parsed).await.map_err(|error| nobody(error, &email))? {
                StaffChange::Done => println!("{} is no operator any more", parsed.as_str()),
                StaffChange::Nothing => println!("{} was no operator", parsed.as_str()),
            }
        }
    }
    Ok(())
}

fn parse(email: &str) -> Result<Email, CommandError> {
    Email::parse(email).map_err(|_| CommandError::Failed(format!("{email:?} is no email address")))
}

fn nobody(error: ServiceError, email: &str) -> CommandError {
    match error {
        ServiceError::NotFound => CommandError::Failed(format!("nobody who can sign in has the address {email:?}")),
        ServiceError::Forbidden(_) => CommandError::Failed(format!(
            "{email} has no second factor: they set one up under Account, Two-factor sign-in, and then this is done again"
        )),
        error => CommandError::failed(error),
    }
}
