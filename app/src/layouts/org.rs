//! Pages of an organization: which one, where in it, who you are.

use leptos::prelude::*;

use super::{brand::Brand, organization_switcher::OrganizationSwitcher, page_title::PageTitle, person::PersonMenu};
use crate::{orgs::membership::OrgScope, request::path_and_query, ui::menu_closer::MenuCloser};

#[component]
pub fn OrgLayout(scope: OrgScope, title: String, children: Children) -> impl IntoView {
    let name = &scope.organization.name;
    let title = if title == *name { title } else { format!("{title} · {name}") };
    view! {
        <PageTitle text=title/>
        <a class="skip-link" href="#content">"Skip to content"</a>
        <header class="border-b border-base-300 bg-base-100">
            <div class="page">
                <div class="flex h-15 items-center gap-1.5 sm:gap-2.5">
                    <Brand name_class="sr-only sm:not-sr-only"/>
                    <span class="text-xl font-light text-muted/50" aria-hidden="true">"/"</span>
                    <OrganizationSwitcher scope=scope.clone()/>
                    <div class="ml-auto"><PersonMenu person=scope.actor.person().clone()/></div>
                </div>
                <Sections scope/>
            </div>
            <MenuCloser/>
        </header>
        <main class="page grow py-8 sm:py-10" id="content">{children()}</main>
    }
    // Erased: a layout inside a layout would make types too deep to compile.
    .into_any()
}

#[component]
fn Sections(scope: OrgScope) -> impl IntoView {
    let overview = format!("/o/{}", scope.slug());
    let settings = format!("{overview}/settings");
    let in_settings = path_and_query().starts_with(&settings);
    view! {
        <nav aria-label="Main">
            <ul class="flex gap-6">
                <li><a class="tab-link" href=overview aria-current=(!in_settings).then_some("page")>"Overview"</a></li>
                <li><a class="tab-link" href=settings aria-current=in_settings.then_some("true")>"Settings"</a></li>
            </ul>
        </nav>
    }
}
