//! `/o/{org}/settings`.

use domain::{
    form::Field,
    orgs::{OrgName, Organization, Slug},
};
use leptos::{prelude::*, server_fn::ServerFn};
use services::orgs::GeneralView;

use super::{api::UpdateOrganization, danger::Danger};
use crate::{
    flash::{Flash, Form, Refused},
    layouts::{
        account::NoticeLine,
        settings::{SettingsLayout, Tab},
    },
    orgs::membership::OrgScope,
    request::flash,
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

#[component]
pub fn GeneralPage() -> impl IntoView {
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let general = scope.services.show_general(&scope.actor, scope.slug()).await?;
        Ok((scope, general))
    };
    let flash = flash();
    let notice = flash.as_ref().and_then(Flash::notice);
    let update = flash.clone().and_then(|flash| flash.refused(Form::Organization));
    let delete = flash.and_then(|flash| flash.refused(Form::DeleteOrganization));
    crate::errors::or_error_page(load, move |(scope, general): (OrgScope, GeneralView)| {
        let organization = scope.organization.clone();
        let role = scope.role;
        let about = if general.may_update {
            view! { <UpdateForm organization=organization.clone() refused=update/> }.into_any()
        } else {
            view! { <About organization=organization.clone()/> }.into_any()
        };
        let danger = general.may_delete.then(|| view! { <Danger organization refused=delete/> });
        view! {
            <SettingsLayout scope tab=Tab::General title="General" lead="What this organization is called, and who you are in it.">
                <NoticeLine notice/>
                {about}
                <section class="panel mt-6 p-5 sm:p-6" aria-labelledby="role-title">
                    <h2 class="text-lg font-semibold" id="role-title">"Your role"</h2>
                    <p class="mt-1 font-medium">{role.as_str()}</p>
                    <p class="text-sm text-muted">{role.summary()}</p>
                </section>
                {danger}
            </SettingsLayout>
        }
    })
}

#[component]
fn About(organization: Organization) -> impl IntoView {
    view! {
        <dl class="panel divide-y divide-base-300">
            <Row term="Name">{organization.name}</Row>
            <Row term="Address"><code class="text-sm">{format!("/o/{}", organization.slug)}</code></Row>
        </dl>
    }
}

#[component]
fn Row(term: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="grid gap-x-6 gap-y-1 px-5 py-4 sm:grid-cols-[9rem_1fr] sm:px-6">
            <dt class="text-muted">{term}</dt>
            <dd class="font-medium wrap-anywhere">{children()}</dd>
        </div>
    }
}

#[component]
fn UpdateForm(organization: Organization, refused: Option<Refused>) -> impl IntoView {
    let refused = refused.as_ref();
    let typed = |field, stored: &str| refused.map_or_else(|| stored.to_owned(), |refused| refused.typed(field));
    let (name, address) = (typed(Field::Organization, &organization.name), typed(Field::Address, &organization.slug));
    let name_error = words::of_field(refused, Field::Organization).or_else(|| words::of_form(refused));
    let address_error = words::of_field(refused, Field::Address);
    view! {
        <section class="panel p-5 sm:p-6" aria-labelledby="name-title">
            <h2 class="text-lg font-semibold" id="name-title">"Name and address"</h2>
            <form method="post" action=UpdateOrganization::PATH class="mt-4 grid max-w-xl gap-5" novalidate>
                <input type="hidden" name="org" value=organization.slug/>
                <TextField name="name" label="Name" value=name error=name_error maxlength=OrgName::MAX_CHARS/>
                <TextField
                    name="address" label="Address" value=address error=address_error maxlength=Slug::MAX
                    hint="Small letters, digits and hyphens. It stands in every link, after /o/. Links with the old one go on working."
                />
                <div><BusyButton label="Save".to_owned() busy_label="Saving…".to_owned() testid="update-organization".to_owned()/></div>
            </form>
        </section>
    }
}
