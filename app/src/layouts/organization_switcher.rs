//! Which organization this is, and the others one belongs to.

use leptos::prelude::*;

use crate::{
    orgs::membership::OrgScope,
    ui::icon::{CHECK, Icon, UP_DOWN},
};

/// A menu without script: `<details>` opens it, links leave it.
#[component]
pub fn OrganizationSwitcher(scope: OrgScope) -> impl IntoView {
    let name = scope.organization.name.clone();
    // With nothing to switch to, a menu would offer the page one is on.
    if scope.actor.memberships().len() == 1 {
        let home = format!("/o/{}", scope.slug());
        return view! { <a class="truncate rounded-field px-2 text-base font-semibold" href=home>{name}</a> }
            .into_any();
    }
    view! {
        <details class="dropdown min-w-0" name="menu">
            <summary
                class="btn btn-ghost btn-sm max-w-full flex-nowrap gap-1.5 px-2 text-base font-semibold sm:max-w-72"
                data-testid="organization-switcher" aria-label=format!("{name}: switch organization")
            >
                <span class="truncate">{name.clone()}</span>
                <Icon drawing=UP_DOWN class="size-4 text-muted"/>
            </summary>
            <div class="dropdown-content menu-sheet">
                <p class="px-3 pt-1 pb-2 text-xs font-medium text-muted">"Your organizations"</p>
                <ul class="grid gap-0.5"><Items scope/></ul>
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn Items(scope: OrgScope) -> impl IntoView {
    scope
        .actor
        .memberships()
        .iter()
        .map(|membership| {
            let organization = &membership.organization;
            let current = organization.id == scope.organization.id;
            view! {
                <li>
                    <a
                        class="menu-item flex items-center gap-3"
                        href=format!("/o/{}", organization.slug) aria-current=current.then_some("true")
                    >
                        <span class="min-w-0 grow">
                            <span class="block truncate font-medium">{organization.name.clone()}</span>
                            <span class="block text-muted">{membership.role.as_str()}</span>
                        </span>
                        {current.then(|| view! { <Icon drawing=CHECK class="size-4 text-primary"/> })}
                    </a>
                </li>
            }
        })
        .collect_view()
}
