//! `/admin/organizations/{organization}/members/{member}`: act as them, with a reason.

use domain::{accounts::ImpersonationReason, form::Field};
use leptos::{prelude::*, server_fn::ServerFn};
use services::console::MemberView;

use super::api::Impersonate;
use crate::{
    console::{
        layout::{ConsoleLayout, ConsoleTab},
        organizations::address,
        parts::Fact,
    },
    flash::{Flash, Form, Refused},
    layouts::moment::Day,
    request::{actor, flash, path_value, services},
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

#[component]
pub fn MemberPage() -> impl IntoView {
    let value = |name| path_value(name).unwrap_or_default();
    let (org, user) = (value("organization"), value("member"));
    let load = async move { Ok(services()?.show_member(&*actor()?, &org, &user).await?) };
    let refused = flash().and_then(|flash: Flash| flash.refused(Form::Impersonate));
    crate::errors::or_error_page(load, move |MemberView { organization, member, may_impersonate }: MemberView| {
        let form = if may_impersonate {
            view! { <Act org=organization.id.to_string() user=member.person.id.to_string() refused/> }.into_any()
        } else {
            view! { <p class="mt-6 text-muted" data-testid="no-impersonation">"They operate the product themselves: nobody acts as them."</p> }.into_any()
        };
        view! {
            <ConsoleLayout tab=ConsoleTab::Organizations title=member.person.name lead="One member of an organization.">
                <dl class="panel divide-y divide-base-300">
                    <Fact name="Email">{member.person.email}</Fact>
                    <Fact name="Organization"><a class="link" href=address::of(organization.id)>{organization.name}</a></Fact>
                    <Fact name="Role">{member.role.as_str()}</Fact>
                    <Fact name="Since"><Day at=member.since/></Fact>
                </dl>
                {form}
            </ConsoleLayout>
        }
    })
}

#[component]
fn Act(org: String, user: String, refused: Option<Refused>) -> impl IntoView {
    let error = words::of_field(refused.as_ref(), Field::Reason);
    let typed = refused.as_ref().map(|refused| refused.typed(Field::Reason)).unwrap_or_default();
    view! {
        <section class="panel mt-6 p-5 sm:p-6" aria-labelledby="act-title">
            <h2 class="text-lg font-semibold" id="act-title">"Act as them"</h2>
            <p class="mt-1 max-w-xl text-pretty text-muted">
                "For 30 minutes at most you see this organization as they do, and can write and change projects and posts in their name. They are told by mail, the organization's audit log names you and your reason, and billing, security, their account and all deleting stay closed."
            </p>
            <form method="post" action=Impersonate::PATH class="mt-4 grid gap-4" novalidate>
                <input type="hidden" name="org" value=org/>
                <input type="hidden" name="user" value=user/>
                <TextField name="reason" label="Why" value=typed hint="They read it. Such as: ticket 4711, the post that can't be saved" error maxlength=ImpersonationReason::MAX_CHARS/>
                <div><BusyButton label="Act as them".to_owned() busy_label="Beginning…".to_owned() testid="impersonate".to_owned()/></div>
            </form>
        </section>
    }
}
