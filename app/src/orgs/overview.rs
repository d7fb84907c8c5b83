//! `/o/{org}`: where the product built on this begins.

use leptos::prelude::*;

use super::membership::OrgScope;
use crate::{
    flash::Flash,
    layouts::{account::NoticeLine, org::OrgLayout},
    request::flash,
    ui::icon::{CARD, DOCUMENT, Icon, LIST, PEOPLE, SLIDERS},
};

#[component]
pub fn OverviewPage() -> impl IntoView {
    let notice = flash().as_ref().and_then(Flash::notice);
    crate::errors::or_error_page(OrgScope::of_address(), move |scope: OrgScope| {
        let name = scope.organization.name.clone();
        let first_name = scope.actor.person().name.split(' ').next().unwrap_or_default().to_owned();
        let settings = format!("/o/{}/settings", scope.slug());
        let projects = format!("/o/{}/projects", scope.slug());
        // Closed to an operator who acts as them: nothing leads there.
        let billing = (!scope.actor.is_impersonated()).then(|| format!("{settings}/billing"));
        let audit = scope.reads_audit.then(|| format!("{settings}/audit"));
        view! {
            <OrgLayout scope title=name.clone()>
                <NoticeLine notice/>
                <h1 class="title">{name}</h1>
                <p class="mt-1 text-muted">"Welcome, " {first_name} "."</p>
                <YourProduct/>
                <ul class="mt-6 grid gap-4 sm:grid-cols-2">
                    <Tile drawing=DOCUMENT href=projects title="Projects" text="What you are working on, in posts"/>
                    <Tile drawing=PEOPLE href=format!("{settings}/members") title="Members" text="Who is in, and what they may do"/>
                    {billing.map(|href| view! { <Tile drawing=CARD href title="Billing" text="Plan, payment method and invoices"/> })}
                    {audit.map(|href| view! { <Tile drawing=LIST href title="Audit log" text="Who did what, and when"/> })}
                    <Tile drawing=SLIDERS href=settings title="General" text="Name, address and your role"/>
                </ul>
            </OrgLayout>
        }
    })
}

/// The empty place. Whoever builds on this begins by replacing it.
#[component]
fn YourProduct() -> impl IntoView {
    view! {
        <section class="mt-6 rounded-box border-2 border-dashed border-base-300 px-6 py-12 text-center sm:py-16">
            <h2 class="text-lg font-semibold">"Your product goes here"</h2>
            <p class="mx-auto mt-2 max-w-md text-pretty text-muted">
                "This is the first page of every organization. It is written in "
                <code class="text-sm text-base-content wrap-anywhere">"app/src/orgs/overview.rs"</code> "."
            </p>
        </section>
    }
}

#[component]
fn Tile(drawing: &'static str, href: String, title: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <li class="panel panel-link flex items-center gap-4 p-4 sm:p-5">
            <span class="initials size-11"><Icon drawing/></span>
            <div class="min-w-0">
                <h2 class="font-semibold"><a class="stretched" href=href>{title}</a></h2>
                <p class="text-sm text-muted">{text}</p>
            </div>
        </li>
    }
}
