//! The settings of an organization: its pages side by side, as far as this person may open them.

use leptos::prelude::*;
use maud::{Markup, html};

use super::org::OrgLayout;
use crate::{orgs::membership::OrgScope, ui::raw::Raw};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tab {
    General,
    Members,
    Billing,
    Security,
    Audit,
}

impl Tab {
    const ALL: [Self; 5] = [Self::General, Self::Members, Self::Billing, Self::Security, Self::Audit];

    const fn label(self) -> &'static str {
        match self {
            Self::General => "General",
            Self::Members => "Members",
            Self::Billing => "Billing",
            Self::Security => "Security",
            Self::Audit => "Audit log",
        }
    }

    const fn path(self) -> &'static str {
        match self {
            Self::General => "",
            Self::Members => "/members",
            Self::Billing => "/billing",
            Self::Security => "/security",
            Self::Audit => "/audit",
        }
    }

    /// Members may read everything but what needs a role.
    fn is_open_to(self, scope: &OrgScope) -> bool {
        match self {
            Self::Audit => scope.reads_audit,
            Self::Security => scope.manages_security,
            Self::Billing => !scope.actor.is_impersonated(),
            _ => true,
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
    let pages = pages(&scope, tab);
    view! {
        <OrgLayout scope title=title.to_owned()>
            <div class="grid gap-6 md:grid-cols-[11rem_1fr] md:gap-10">
                <Raw markup=pages/>
                <div class="min-w-0">
                    <h1 class="title">{title}</h1>
                    <p class="mt-1 mb-6 text-muted">{lead}</p>
                    {children()}
                </div>
            </div>
        </OrgLayout>
    }
    // Erased: a layout inside a layout would make types too deep to compile.
    .into_any()
}

/// As far as this person may open them.
fn pages(scope: &OrgScope, tab: Tab) -> Markup {
    html! {
        nav aria-label="Settings" {
            ul class="flex flex-wrap xs:gap-1 md:flex-col" {
                @for each in Tab::ALL.into_iter().filter(|each| each.is_open_to(scope)) {
                    li {
                        a
                            class="side-link" href={ "/o/" (scope.slug()) "/settings" (each.path()) }
                            aria-current=[(each == tab).then_some("page")]
                        { (each.label()) }
                    }
                }
            }
        }
    }
}
