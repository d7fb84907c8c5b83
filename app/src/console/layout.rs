//! The pages of the console, side by side.

use leptos::prelude::*;

use crate::{
    layouts::{brand::brand, page_title::PageTitle, person::person_menu},
    request::actor,
    ui::{menu_closer::MenuCloser, raw::Raw},
};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ConsoleTab {
    Overview,
    Events,
    Organizations,
    Flags,
    Mail,
}

impl ConsoleTab {
    const ALL: [Self; 5] = [Self::Overview, Self::Events, Self::Organizations, Self::Flags, Self::Mail];

    const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Events => "Events",
            Self::Organizations => "Organizations",
            Self::Flags => "Flags",
            Self::Mail => "Failed mail",
        }
    }

    pub const fn path(self) -> &'static str {
        match self {
            Self::Overview => "/admin",
            Self::Events => "/admin/events",
            Self::Organizations => "/admin/organizations",
            Self::Flags => "/admin/flags",
            Self::Mail => "/admin/mail",
        }
    }
}

#[component]
pub fn ConsoleLayout(tab: ConsoleTab, title: String, lead: &'static str, children: Children) -> impl IntoView {
    let person = actor().ok().map(|actor| actor.person().clone());
    let links = ConsoleTab::ALL
        .into_iter()
        .map(|each| {
            let current = (each == tab).then_some("page");
            view! { <li><a class="side-link" href=each.path() aria-current=current>{each.label()}</a></li> }
        })
        .collect_view();
    view! {
        <PageTitle text=format!("{title} · Console")/>
        <a class="skip-link" href="#content">"Skip to content"</a>
        <header class="border-b border-base-300 bg-base-100">
            <div class="page flex h-15 items-center gap-2.5">
                <Raw markup=brand("sr-only sm:not-sr-only")/>
                <span class="badge badge-soft badge-warning font-medium">"Console"</span>
                {person.map(|person| view! { <div class="ml-auto"><Raw markup=person_menu(&person)/></div> })}
            </div>
            <MenuCloser/>
        </header>
        <main class="page grow py-8 sm:py-10" id="content">
            <div class="grid gap-6 md:grid-cols-[11rem_1fr] md:gap-10">
                <nav aria-label="Console">
                    <ul class="flex flex-wrap xs:gap-1 md:flex-col">{links}</ul>
                </nav>
                <div class="min-w-0">
                    <h1 class="title wrap-anywhere">{title}</h1>
                    <p class="mt-1 mb-6 text-muted">{lead}</p>
                    {children()}
                </div>
            </div>
        </main>
    }
    // Erased: a layout inside a layout would make types too deep to compile.
    .into_any()
}
