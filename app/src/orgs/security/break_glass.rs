//! `/o/{org}/break-glass`: an owner's way around the organization's own access rules.

use domain::orgs::Slug;
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::BreakGlass;
use crate::{
    layouts::public::PublicLayout,
    request::{actor, path_value, services},
    ui::busy_button::BusyButton,
};

#[component]
pub fn BreakGlassPage() -> impl IntoView {
    let slug = path_value("org").unwrap_or_default();
    let load = async move {
        services()?.show_break_glass(&*actor()?, &slug).await?;
        Ok(slug)
    };
    crate::errors::or_error_page(load, |slug: String| {
        let slug = Slug::parse(&slug).map(|slug| slug.as_str().to_owned()).unwrap_or_default();
        view! {
            <PublicLayout title="Get in anyway">
                <div class="m-auto max-w-md py-12">
                    <h1 class="title">"Get in anyway"</h1>
                    <p class="mt-3 text-pretty text-muted">
                        "The rules of this organization say no to this hour or this network. As an owner you can get in for an hour all the same, for instance to mend the rules."
                    </p>
                    <p class="mt-3 text-pretty text-muted">
                        "It is written into the audit log, and every owner gets a mail."
                    </p>
                    <form method="post" action=BreakGlass::PATH class="mt-8">
                        <input type="hidden" name="org" value=slug/>
                        <BusyButton label="Get in for an hour".to_owned() busy_label="One moment…".to_owned() testid="break-glass".to_owned()/>
                    </form>
                </div>
            </PublicLayout>
        }
    })
}
