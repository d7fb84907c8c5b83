//! Pages of an organisation: which one, who you are, the way out.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use crate::{accounts::api::SignOut, orgs::membership::OrgScope, request::path_and_query};

#[component]
pub fn Brand() -> impl IntoView {
    view! {
        <a class="flex items-center gap-2 font-semibold" href="/">
            <svg class="size-6" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" aria-hidden="true">
                <path d="M3 9 12 4l9 5M4.5 9v10M9.5 12v7M14.5 12v7M19.5 9v10M3 20h18"/>
            </svg>
            "Portico"
        </a>
    }
}

#[component]
pub fn SignOutForm() -> impl IntoView {
    view! {
        <form method="post" action=SignOut::PATH>
            <button class="btn btn-ghost btn-sm" type="submit">"Sign out"</button>
        </form>
    }
}

#[component]
pub fn OrgLayout(scope: OrgScope, title: String, children: Children) -> impl IntoView {
    let name = scope.organization.name.clone();
    let home = format!("/o/{}", scope.slug());
    let settings = format!("{home}/settings");
    let in_settings = path_and_query().starts_with(&settings);
    view! {
        <Title text=format!("{title} · {name}")/>
        <a class="skip-link" href="#content">"Skip to content"</a>
        <header class="border-b border-base-300">
            <div class="page flex h-14 items-center gap-2 sm:gap-4">
                <span class="hidden sm:inline"><Brand/></span>
                <OrganizationSwitcher scope=scope.clone()/>
                <nav class="flex items-center gap-1" aria-label="Organization">
                    <a class="nav-link hidden sm:inline-flex" href=home aria-current=(!in_settings).then_some("page")>"Overview"</a>
                    <a class="nav-link" href=settings aria-current=in_settings.then_some("page")>"Settings"</a>
                </nav>
                <div class="ml-auto"><PersonMenu scope/></div>
            </div>
        </header>
        <main class="page py-8" id="content">{children()}</main>
    }
    // Erased: a layout inside a layout would make types too deep to compile.
    .into_any()
}

/// A menu without script: `<details>` opens it, links leave it.
#[component]
fn OrganizationSwitcher(scope: OrgScope) -> impl IntoView {
    let here = scope.organization.id;
    let items = scope
        .actor
        .memberships()
        .iter()
        .map(|membership| {
            let current = membership.organization.id == here;
            view! {
                <li>
                    <a href=format!("/o/{}", membership.organization.slug) aria-current=current.then_some("true")>
                        <span class="truncate">{membership.organization.name.clone()}</span>
                        <span class="text-muted">{membership.role.as_str()}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <details class="dropdown">
            <summary class="btn btn-ghost btn-sm max-w-40 flex-nowrap sm:max-w-64" data-testid="organization-switcher">
                <span class="truncate">{scope.organization.name.clone()}</span>
                <span class="sr-only">"Switch organization"</span>
                <Chevron/>
            </summary>
            <ul class="menu dropdown-content z-10 mt-2 w-64 rounded-box border border-base-300 bg-base-100 p-2 shadow-lg">
                {items}
            </ul>
        </details>
    }
}

#[component]
fn PersonMenu(scope: OrgScope) -> impl IntoView {
    let person = scope.actor.person().clone();
    let initials: String = person.name.split(' ').filter_map(|word| word.chars().next()).take(2).collect();
    view! {
        <details class="dropdown dropdown-end">
            <summary class="btn btn-circle btn-ghost btn-sm" data-testid="person-menu">
                <span aria-hidden="true">{initials}</span>
                <span class="sr-only">"Your account"</span>
            </summary>
            <div class="dropdown-content z-10 mt-2 w-64 rounded-box border border-base-300 bg-base-100 p-4 shadow-lg">
                <p class="font-medium">{person.name}</p>
                <p class="break-all text-muted">{person.email}</p>
                <div class="mt-3 border-t border-base-300 pt-3"><SignOutForm/></div>
            </div>
        </details>
    }
}

#[component]
fn Chevron() -> impl IntoView {
    view! {
        <svg class="size-4 shrink-0" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.75" aria-hidden="true">
            <path d="m6 8 4 4 4-4"/>
        </svg>
    }
}
