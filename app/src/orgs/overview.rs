//! `/o/{org}`: where the product built on this begins.

use leptos::prelude::*;

use super::membership::OrgScope;
use crate::layouts::org::OrgLayout;

#[component]
pub fn OverviewPage() -> impl IntoView {
    crate::errors::or_error_page(async { OrgScope::of_address() }, |scope: OrgScope| {
        let name = scope.organization.name.clone();
        let first_name = scope.actor.person().name.split(' ').next().unwrap_or_default().to_owned();
        let settings = format!("/o/{}/settings", scope.slug());
        view! {
            <OrgLayout scope title=name.clone()>
                <h1 class="text-2xl font-semibold">{name}</h1>
                <p class="mt-1 text-muted">"Welcome, " {first_name} ". Your product goes here."</p>
                <ul class="mt-8 grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
                    <Tile href=format!("{settings}/members") title="Members" text="See who is in and what they may do."/>
                    <Tile href=format!("{settings}/billing") title="Billing" text="Plan, payment method and invoices."/>
                    <Tile href=settings title="Settings" text="Name, address and your role."/>
                </ul>
            </OrgLayout>
        }
    })
}

#[component]
fn Tile(href: String, title: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <li class="card card-link">
            <div class="card-body">
                <h2 class="card-title"><a class="stretched" href=href>{title}</a></h2>
                <p class="text-muted">{text}</p>
            </div>
        </li>
    }
}
