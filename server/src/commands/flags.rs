//! `portico flags list|set`.

use std::sync::Arc;

use clap::Subcommand;
use domain::{
    flags::{self, Rollout},
    orgs::Slug,
};

use super::CommandError;
use crate::{config::Config, wiring};

#[derive(Subcommand)]
pub enum FlagsCommand {
    /// Every flag with what is set.
    List,
    /// Set a flag: on, off, or a share of organisations such as 25%. Every node follows within a second.
    Set {
        name: String,
        rollout: String,
        /// For one organisation only (its slug): on or off. Off for everybody still wins.
        #[arg(long)]
        org: Option<String>,
    },
}

pub async fn run(config: Config, command: FlagsCommand) -> Result<(), CommandError> {
    let store = wiring::store(&config).await?;
    // Flags need no payment provider; the key may be missing here.
    let services = wiring::services(&config, store, Arc::new(NoPayments)).await?;
    match command {
        FlagsCommand::List => {
            let stored = services.list_flags().await.map_err(CommandError::failed)?;
            for flag in flags::ALL {
                let default = if flag.default { "on" } else { "off" };
                println!("{}  (default {default})  {}", flag.name, flag.about);
                if let Some(word) = config.flag_overrides.get(flag.name) {
                    println!("  environment: {} (wins)", if *word { "on" } else { "off" });
                }
                for row in stored.iter().filter(|row| row.name == flag.name) {
                    let whom = row.org.map_or_else(|| "everybody".to_owned(), |org| format!("organization {org}"));
                    println!("  {whom}: {}", row.rollout);
                }
            }
        }
        FlagsCommand::Set { name, rollout, org } => {
            let flag = flags::find(&name)
                .ok_or_else(|| CommandError::Failed(format!("no flag {name:?}; see `portico flags list`")))?;
            let rollout: Rollout = rollout.parse().map_err(CommandError::failed)?;
            let slug = match org.as_deref() {
                Some(slug) => Some(Slug::parse(slug).ok_or_else(|| no_org(slug))?),
                None => None,
            };
            if slug.is_some() && matches!(rollout, Rollout::Percent(_)) {
                return Err(CommandError::Failed("one organization is on or off, not a share".to_owned()));
            }
            services.set_flag(flag, slug.as_ref(), rollout).await.map_err(|error| match (error, org) {
                (services::ServiceError::NotFound, Some(org)) => no_org(&org),
                (error, _) => CommandError::failed(error),
            })?;
            if let Some(word) = config.flag_overrides.get(flag.name) {
                let word = if *word { "on" } else { "off" };
                println!("note: PORTICO_FLAG_{} is {word} here and wins", flag.name.to_uppercase());
            }
            println!("{} is {rollout} for {}", flag.name, slug.as_ref().map_or("everybody", Slug::as_str));
        }
    }
    Ok(())
}

fn no_org(slug: &str) -> CommandError {
    CommandError::Failed(format!("no organization {slug:?}"))
}

/// For commands that make no payment calls: every call is refused.
pub(super) struct NoPayments;

#[async_trait::async_trait]
impl services::billing::Payments for NoPayments {
    fn livemode(&self) -> bool {
        false
    }

    fn api_version(&self) -> &'static str {
        ""
    }

    fn read_event(&self, _: &[u8]) -> Option<domain::billing::event::ProviderEvent> {
        None
    }

    async fn billing_of(
        &self,
        _: &domain::CustomerId,
    ) -> Result<services::billing::BillingSeen, services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn create_customer(
        &self,
        _: &services::billing::NewCustomer,
        _: &str,
    ) -> Result<services::billing::Customer, services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn find_customer(
        &self,
        _: domain::OrgId,
        _: domain::Timestamp,
    ) -> Result<Option<services::billing::Customer>, services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn create_portal_session(
        &self,
        _: &domain::CustomerId,
        _: &url::Url,
        _: &str,
    ) -> Result<services::billing::PortalSession, services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn open_checkouts(
        &self,
        _: &domain::CustomerId,
    ) -> Result<Vec<domain::billing::checkout::OpenCheckout>, services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn checkout(&self, _: &str) -> Result<services::billing::CheckoutSession, services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn create_checkout(
        &self,
        _: &services::billing::NewCheckout<'_>,
        _: &str,
    ) -> Result<services::billing::CheckoutSession, services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn expire_checkout(&self, _: &str) -> Result<(), services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn next_invoice(
        &self,
        _: &domain::SubscriptionId,
    ) -> Result<Option<domain::billing::NextInvoice>, services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn preview_change(
        &self,
        _: &services::billing::PlanChange<'_>,
        _: services::billing::PriceWanted<'_>,
        _: domain::Timestamp,
    ) -> Result<services::billing::ChangePreview, services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn change_plan(
        &self,
        _: &services::billing::PlanChange<'_>,
        _: &str,
        _: domain::Timestamp,
        _: &str,
    ) -> Result<domain::billing::Money, services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn schedule_change(
        &self,
        _: &services::billing::PlanChange<'_>,
        _: services::billing::PriceWanted<'_>,
        _: Option<&str>,
        _: &str,
    ) -> Result<(), services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn release_schedule(&self, _: &str) -> Result<(), services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }

    async fn keep_subscription(&self, _: &domain::SubscriptionId) -> Result<(), services::billing::PaymentsError> {
        Err(services::billing::PaymentsError::Unreachable)
    }
}
