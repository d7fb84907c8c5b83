//! Organisations, looked for and looked at.

use domain::{
    OrgId,
    billing::{Invoice, Subscription},
};
use policy::console::Errand;
use store::{EventFilter, EventSummary, FlagSetting, Member, OrganizationSummary, Paged, StoreError};
use uuid::Uuid;

use crate::{Actor, ServiceError, Services};

const PAGE_SIZE: u64 = 50;
/// Of each thing on an organisation's page; what more there is has a page of its own.
const NEWEST: u64 = 5;
const FLAGS: u64 = 100;
/// Longer than any name, address or customer.
const LONGEST_SEARCH: usize = 254;

pub struct OrganizationsView {
    pub organizations: Vec<OrganizationSummary>,
    /// The address behind which the next page begins.
    pub next: Option<String>,
}

pub struct OrganizationView {
    pub summary: OrganizationSummary,
    pub subscription: Option<Subscription>,
    pub invoices: Vec<Invoice>,
    pub events: Vec<EventSummary>,
    pub flags: Vec<FlagSetting>,
    pub members: Paged<Member>,
    pub member_count: u64,
    /// The customer's page at the payment provider.
    pub customer_page: Option<String>,
}

impl Services {
    /// # Errors
    /// As [`Services::operate`], or the database's.
    pub async fn list_organizations(
        &self,
        actor: &Actor,
        text: &str,
        after: Option<&str>,
    ) -> Result<OrganizationsView, ServiceError> {
        self.operate(actor, Errand::Look).await?;
        let text: String = text.trim().chars().take(LONGEST_SEARCH).collect();
        let found = self.store.search_organizations(&text, after, PAGE_SIZE).await?;
        let last = found.rows.last().filter(|_| found.has_more);
        let next = last.map(|summary| summary.organization.slug.clone());
        Ok(OrganizationsView { organizations: found.rows, next })
    }

    /// `after`: the address behind which the page of its members begins.
    ///
    /// # Errors
    /// As [`Services::operate`]; [`ServiceError::NotFound`] when there is none of that id; the database's.
    pub async fn show_organization(
        &self,
        actor: &Actor,
        id: &str,
        after: Option<&str>,
    ) -> Result<OrganizationView, ServiceError> {
        self.operate(actor, Errand::Look).await?;
        let org = OrgId::from_uuid(Uuid::parse_str(id).map_err(|_| ServiceError::NotFound)?);
        let summary = self.store.show_organization(org).await?.ok_or(ServiceError::NotFound)?;
        let customer = summary.customer.as_ref();
        let of_customer = EventFilter {
            customer: customer.map(|customer| customer.id.as_str().to_owned()),
            ..EventFilter::default()
        };
        // Without a customer there is nothing to look for; with no filter it would be everybody's.
        let events = async {
            match customer {
                Some(_) => Ok(self.store.find_billing_events(&of_customer, None, NEWEST).await?.rows),
                None => Ok::<_, StoreError>(Vec::new()),
            }
        };
        let (subscription, invoices, events, flags, members, member_count) = tokio::try_join!(
            self.store.find_subscription(org),
            self.store.list_invoices(org, NEWEST),
            events,
            self.store.list_flag_settings(Some(org), FLAGS),
            self.store.page_members(org, after, PAGE_SIZE),
            self.store.count_members(org),
        )?;
        let customer_page = customer.map(|customer| self.customer_page(customer));
        let flags = flags.into_iter().filter(|setting| setting.org.is_some()).collect();
        Ok(OrganizationView { summary, subscription, invoices, events, flags, members, member_count, customer_page })
    }

    /// Where operators see a customer at the payment provider.
    fn customer_page(&self, customer: &store::BillingCustomer) -> String {
        let pages = &self.settings.customer_pages;
        let page = if customer.livemode { &pages.live } else { &pages.test };
        page.replace("{customer}", customer.id.as_str())
    }
}
