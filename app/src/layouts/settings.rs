//! The settings of an organisation: its four pages side by side.

use leptos::prelude::*;

use super::org::OrgLayout;
use crate::orgs::membership::OrgScope;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    General,
    Members,
    Billing,
    Audit,
}

impl Tab {
    const ALL: [Self; 4] = [Self::General, Self::Members, Self::Billing, Self::Audit];

    const fn label(self) -> &'static str {
        match self {
            Self::General => "General",
            Self::Members => "Members",
            Self::Billing => "Billing",
            Self::Audit => "Audit log",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::General => "",
            Self::Members => "/members",
            Self::Billing => "/billing",
            Self::Audit => "/audit",
        }
    }
}

#[component]
pub fn SettingsLayout(
    scope: OrgScope,
    tab: Tab,
    title: &'static str,
    lead: &'static str,
    children: Children,
) -> impl IntoView {
    let base = format!("/o/{}/settings", scope.slug());
    let links = Tab::ALL
        .into_iter()
        .map(|each| {
            let current = (each == tab).then_some("page");
            view! {
                <li><a class="nav-link" href=format!("{base}{}", each.path()) aria-current=current>{each.label()}</a></li>
            }
        })
        .collect_view();
    view! {
        <OrgLayout scope title=title.to_owned()>
            <div class="grid gap-8 md:grid-cols-[12rem_1fr]">
                <nav aria-label="Settings">
                    <ul class="flex gap-1 overflow-x-auto md:flex-col">{links}</ul>
                </nav>
                <div class="min-w-0">
                    <h1 class="text-2xl font-semibold">{title}</h1>
                    <p class="mt-1 mb-6 text-muted">{lead}</p>
                    {children()}
                </div>
            </div>
        </OrgLayout>
    }
    // Erased: a layout inside a layout would make types too deep to compile.
    .into_any()
}
