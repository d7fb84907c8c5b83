//! Pages of an organization: which one, where in it, who you are.

use leptos::prelude::*;
use maud::{Markup, html};

use super::{brand::brand, organization_switcher::organization_switcher, page_title::PageTitle, person::person_menu};
use crate::{
    orgs::membership::OrgScope,
    request::path_and_query,
    ui::{menu_closer::MenuCloser, raw::Raw},
};

#[component]
pub fn OrgLayout(scope: OrgScope, title: String, children: Children) -> impl IntoView {
    let name = &scope.organization.name;
    let title = if title == *name { title } else { format!("{title} · {name}") };
    view! {
        <PageTitle text=title/>
        <Raw markup=header(&scope)/>
        <MenuCloser/>
        <main class="page grow py-8 sm:py-10" id="content">{children()}</main>
    }
    // Erased: a layout inside a layout would make types too deep to compile.
    .into_any()
}

fn header(scope: &OrgScope) -> Markup {
    html! {
        a class="skip-link" href="#content" { "Skip to content" }
        header class="border-b border-base-300 bg-base-100" {
            div class="page" {
                div class="flex h-15 items-center gap-1.5 sm:gap-2.5" {
                    (brand("sr-only sm:not-sr-only"))
                    span class="text-xl font-light text-muted/50" aria-hidden="true" { "/" }
                    (organization_switcher(scope))
                    div class="ml-auto" { (person_menu(scope.actor.person())) }
                }
                (sections(scope))
            }
        }
    }
}

fn sections(scope: &OrgScope) -> Markup {
    let overview = format!("/o/{}", scope.slug());
    let settings = format!("{overview}/settings");
    let projects = format!("{overview}/projects");
    let path = path_and_query();
    let (in_settings, in_projects) = (path.starts_with(&settings), path.starts_with(&projects));
    let here = !in_settings && !in_projects;
    html! {
        nav aria-label="Main" {
            ul class="flex gap-6" {
                li { a class="tab-link" href=(overview) aria-current=[here.then_some("page")] { "Overview" } }
                li { a class="tab-link" href=(projects) aria-current=[in_projects.then_some("true")] { "Projects" } }
                li { a class="tab-link" href=(settings) aria-current=[in_settings.then_some("true")] { "Settings" } }
            }
        }
    }
}
