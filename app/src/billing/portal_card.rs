//! The way to the portal: the action for those who may, words for those who may
//! not, and nothing at all when it is switched off (P-01, P-06).

use leptos::{prelude::*, server_fn::ServerFn};
use policy::Reason;
use services::billing::PortalEntry;

use super::api::OpenPortal;
use crate::ui::{
    busy_button::BusyButton,
    icon::{CARD, CHANGE, DOCUMENT, Icon},
};

/// What one does in the portal.
const OFFERS: [(&str, &str); 3] =
    [(CARD, "Update the payment method"), (DOCUMENT, "Download invoices"), (CHANGE, "Change or cancel the plan")];

#[component]
pub fn PortalCard(entry: PortalEntry, slug: String) -> impl IntoView {
    match entry {
        PortalEntry::Open => view! {
            <Card lead="In the billing portal, on the site of our payment provider, you can:">
                <Offers/>
                <PortalForm slug label="Open billing portal" testid="billing-portal-action"/>
                <p class="mt-3 text-sm text-muted">"You come back to this page when you are done."</p>
            </Card>
        }
        .into_any(),
        PortalEntry::SetUp => view! {
            <Card lead="Nothing is set up for this organization yet. Setting up creates its billing account and takes you to the billing portal. It costs nothing.">
                <PortalForm slug label="Set up billing" testid="billing-setup-action"/>
            </Card>
        }
        .into_any(),
        PortalEntry::Hidden(Reason::RoleMissing) => view! {
            <Card lead="The owners of this organization look after payment methods and invoices.">
                <p class="mt-4">
                    <a class="link font-medium" href=format!("/o/{slug}/settings/members")>"See who the owners are"</a>
                </p>
            </Card>
        }
        .into_any(),
        PortalEntry::Hidden(_) => ().into_any(),
    }
}

#[component]
fn Card(lead: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="panel p-5 sm:p-6" aria-labelledby="portal-title">
            <h2 class="text-lg font-semibold" id="portal-title">"Payment and invoices"</h2>
            <p class="mt-1 max-w-xl text-pretty text-muted">{lead}</p>
            {children()}
        </section>
    }
}

#[component]
fn Offers() -> impl IntoView {
    let offers = OFFERS
        .into_iter()
        .map(|(drawing, text)| {
            view! {
                <li class="flex items-center gap-3"><span class="text-primary"><Icon drawing/></span> {text}</li>
            }
        })
        .collect_view();
    view! { <ul class="mt-4 grid gap-2.5">{offers}</ul> }
}

/// A real form: POST and 303, never a link (check B10).
#[component]
fn PortalForm(slug: String, label: &'static str, testid: &'static str) -> impl IntoView {
    view! {
        <form method="post" action=OpenPortal::PATH class="mt-6">
            <input type="hidden" name="org" value=slug/>
            <BusyButton label=label.to_owned() busy_label="Opening…".to_owned() testid=testid.to_owned()/>
        </form>
    }
}
