//! What the page shows on which a plan is chosen.

use std::sync::Arc;

use domain::billing::Catalogue;
use policy::Action;

use crate::{Actor, ServiceError, Services};

pub struct PlansView {
    pub catalogue: Arc<Catalogue>,
    /// The slug of the plan that is in effect.
    pub current: String,
    /// Whether this person may choose one, and none is paid for already.
    pub may_buy: bool,
}

impl Services {
    /// # Errors
    /// [`ServiceError::NotFound`] or [`ServiceError::Forbidden`].
    pub async fn show_plans(&self, actor: &Actor, slug: &str) -> Result<PlansView, ServiceError> {
        let membership = self.authorize(actor, slug, Action::ReadBilling).await?;
        let may_manage = self.decide(actor, membership, Action::ManageBilling).await.allowed;
        let catalogue = Arc::clone(&self.settings.catalogue);
        let subscription = membership.billing.subscription.as_ref();
        let paid = subscription.filter(|one| one.status.grants()).and_then(|one| catalogue.plan(&one.plan));
        let current = paid.or_else(|| catalogue.free()).map(|plan| plan.slug.clone()).unwrap_or_default();
        let goes_on = subscription.is_some_and(|one| one.status.goes_on());
        Ok(PlansView { current, may_buy: may_manage && !goes_on, catalogue })
    }
}
