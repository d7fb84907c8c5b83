//! The way to the portal: the action for those who may, words for those who may
//! not, and nothing at all when it is switched off (P-01, P-06).

use leptos::{prelude::*, server_fn::ServerFn};
use policy::Reason;
use services::billing::PortalEntry;

use super::api::OpenPortal;
use crate::ui::busy_button::BusyButton;

#[component]
pub fn PortalCard(entry: PortalEntry, slug: String) -> impl IntoView {
    match entry {
        PortalEntry::Open => view! {
            <Card lead="Update your card, download invoices or cancel. You will come back here when you are done.">
                <PortalForm slug label="Billing portal" testid="billing-portal-action"/>
            </Card>
        }
        .into_any(),
        PortalEntry::SetUp => view! {
            <Card lead="Nothing is set up for this organization yet. We create its billing account and take you there.">
                <PortalForm slug label="Set up billing" testid="billing-setup-action"/>
            </Card>
        }
        .into_any(),
        PortalEntry::Hidden(Reason::RoleMissing) => view! {
            <Card lead="Invoices and payment methods are handled by the owners of this organization.">
                <p><a class="link" href=format!("/o/{slug}/settings/members")>"See who the owners are"</a></p>
            </Card>
        }
        .into_any(),
        PortalEntry::Hidden(_) => ().into_any(),
    }
}

#[component]
fn Card(lead: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="card" aria-labelledby="portal-title">
            <div class="card-body">
                <h2 class="card-title" id="portal-title">"Payment and invoices"</h2>
                <p class="text-muted">{lead}</p>
                {children()}
            </div>
        </section>
    }
}

/// A real form: POST and 303, never a link (check B10).
#[component]
fn PortalForm(slug: String, label: &'static str, testid: &'static str) -> impl IntoView {
    view! {
        <form method="post" action=OpenPortal::PATH class="card-actions">
            <input type="hidden" name="org" value=slug/>
            <BusyButton label=label.to_owned() busy_label="Opening…".to_owned() testid=testid.to_owned()/>
        </form>
    }
}
