//! The organization's data taken along, and its end.

use domain::{
    form::Field,
    orgs::{Organization, Slug},
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::{DeleteOrganization, ExportOrganization};
use crate::{
    flash::Refused,
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

#[component]
pub fn Danger(organization: Organization, refused: Option<Refused>) -> impl IntoView {
    let refused = refused.as_ref();
    let typed = refused.map(|refused| refused.typed(Field::Confirmation)).unwrap_or_default();
    let error = words::of_confirmation(refused);
    let (slug, address) = (organization.slug.clone(), organization.slug);
    view! {
        <section class="panel mt-6 p-5 sm:p-6" aria-labelledby="export-title">
            <h2 class="text-lg font-semibold" id="export-title">"Export"</h2>
            <p class="mt-1 max-w-xl text-pretty text-muted">
                "Members, invitations, settings and the audit log of this organization, as a JSON file. No passwords and no secrets."
            </p>
            <ExportForm slug=slug.clone()/>
        </section>
        <section class="panel mt-6 p-5 sm:p-6" aria-labelledby="delete-title">
            <h2 class="text-lg font-semibold" id="delete-title">"Delete this organization"</h2>
            <p class="mt-1 max-w-xl text-pretty text-muted">
                "It is closed to everybody at once, and deleted after 30 days. Until then an owner can take that back. Open invitations are taken back for good."
            </p>
            <form method="post" action=DeleteOrganization::PATH class="mt-5 grid max-w-xl gap-5" novalidate>
                <input type="hidden" name="org" value=slug/>
                <p>"To confirm, type its address: " <code class="text-sm font-medium wrap-anywhere">{address}</code></p>
                <TextField name="confirmation" label="Address of the organization" value=typed error=error maxlength=Slug::MAX/>
                <div class="danger"><BusyButton label="Delete this organization".to_owned() busy_label="Closing it…".to_owned() testid="delete-organization".to_owned()/></div>
            </form>
        </section>
    }
}

/// A plain button: the page stays when the file comes.
#[component]
pub fn ExportForm(slug: String) -> impl IntoView {
    view! {
        <form method="post" action=ExportOrganization::PATH class="mt-5">
            <input type="hidden" name="org" value=slug/>
            <button class="btn btn-quiet" type="submit" data-testid="export-organization">"Export its data"</button>
        </form>
    }
}
