//! The invoices of an organisation, as the payment provider last said (L-08).

use domain::billing::Invoice;
use policy::Action;

use crate::{Actor, ServiceError, Services};

/// The newest that are listed.
const LISTED: u64 = 100;

pub struct InvoicesView {
    /// Newest first.
    pub invoices: Vec<Invoice>,
    /// Whether this person pays: then the provider's pages, where whoever has the address sees and
    /// pays an invoice, are linked.
    pub may_open: bool,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`] or [`ServiceError::Forbidden`].
    pub async fn show_invoices(&self, actor: &Actor, slug: &str) -> Result<InvoicesView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadBilling).await?;
        let may_open = self.decide(actor, membership, Action::ManageBilling).await.allowed;
        let mut invoices = self.store.list_invoices(membership.organization.id, LISTED).await?;
        if !may_open {
            for invoice in &mut invoices {
                (invoice.page, invoice.pdf) = (None, None);
            }
        }
        Ok(InvoicesView { invoices, may_open })
    }
}
