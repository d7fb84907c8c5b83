//! `portico doctor`: what would keep `portico serve` from working, in one list.

use policy::Policy;

use super::CommandError;
use crate::{config::Config, wiring};

const NOT_MIGRATED: &str = "not migrated: run `portico migrate`";

/// Where mail goes. The server itself is not called.
fn mail(config: &Config) -> Result<String, String> {
    wiring::require_mail(config).map_err(|error| error.to_string())?;
    Ok(match &config.smtp {
        Some(server) => format!("by SMTP, {}", server.host()),
        None => "kept, and shown at /dev/mail".to_owned(),
    })
}

/// Whether the database itself keeps organisations apart.
async fn walls(store: &store::Store) -> Result<String, String> {
    match store.keeps_tenants_apart().await {
        Ok(Some(true)) => Ok("answers, migrated, and keeps organizations apart".to_owned()),
        Ok(Some(false)) => {
            Err("its user is a superuser or bypasses row-level security, so the database does not keep \
                                organizations apart: connect as an ordinary user that owns the database"
                .to_owned())
        }
        Ok(None) => Ok("answers, migrated".to_owned()),
        Err(error) => Err(format!("does not answer: {error}")),
    }
}

pub async fn run(config: Config) -> Result<(), CommandError> {
    let mut wrong = 0;
    let mut say = |what: &str, result: Result<String, String>| match result {
        Ok(fine) => println!("ok    {what}: {fine}"),
        Err(why) => {
            wrong += 1;
            println!("WRONG {what}: {why}");
        }
    };
    // Reading the configuration has already succeeded.
    say("configuration", Ok(format!("{:?}, {}", config.mode, config.base_url)));
    say("policies", Policy::load().map(|_| "fit their schema".to_owned()).map_err(|error| error.to_string()));
    let database = match wiring::store(&config).await {
        Ok(store) => match migrations::is_current(store.connection()).await {
            Ok(true) => walls(&store).await,
            Ok(false) => Err(NOT_MIGRATED.to_owned()),
            // The table that says what was migrated isn't there before the first time.
            Err(_) if store.ping().await.is_ok() => Err(NOT_MIGRATED.to_owned()),
            Err(error) => Err(format!("does not answer: {error}")),
        },
        Err(error) => Err(error.to_string()),
    };
    say("database", database);
    let stripe = wiring::stripe(&config).map(|stripe| {
        let mode = if services::billing::Payments::livemode(&stripe) { "live" } else { "test" };
        let place = config.stripe_api_url.as_ref().map_or("Stripe", |_| "a sandbox on this machine");
        format!("{mode} key for {place}")
    });
    say("payments", stripe.map_err(|error| error.to_string()));
    say("mail", mail(&config));
    match wrong {
        0 => Ok(()),
        1 => Err(CommandError::Failed("one thing is wrong".to_owned())),
        n => Err(CommandError::Failed(format!("{n} things are wrong"))),
    }
}
