//! Which organization this is, and the others one belongs to.

use maud::{Markup, html};

use crate::{
    orgs::membership::OrgScope,
    ui::icon::{CHECK, UP_DOWN, drawn},
};

/// A menu without script: `<details>` opens it, links leave it.
pub fn organization_switcher(scope: &OrgScope) -> Markup {
    let name = &scope.organization.name;
    // With nothing to switch to, a menu would offer the page one is on.
    if scope.actor.memberships().len() == 1 {
        return html! {
            a class="truncate rounded-field px-2 text-base font-semibold" href={ "/o/" (scope.slug()) } { (name) }
        };
    }
    html! {
        details class="dropdown min-w-0" name="menu" {
            summary
                class="btn btn-ghost btn-sm max-w-full flex-nowrap gap-1.5 px-2 text-base font-semibold sm:max-w-72"
                data-testid="organization-switcher" aria-label={ (name) ": switch organization" }
            {
                span class="truncate" { (name) }
                (drawn(UP_DOWN, "size-4 text-muted"))
            }
            div class="dropdown-content menu-sheet" {
                p class="px-3 pt-1 pb-2 text-xs font-medium text-muted" { "Your organizations" }
                ul class="grid gap-0.5" { (items(scope)) }
            }
        }
    }
}

fn items(scope: &OrgScope) -> Markup {
    html! {
        @for membership in scope.actor.memberships() {
            @let organization = &membership.organization;
            @let current = organization.id == scope.organization.id;
            li {
                a
                    class="menu-item flex items-center gap-3"
                    href={ "/o/" (organization.slug) } aria-current=[current.then_some("true")]
                {
                    span class="min-w-0 grow" {
                        span class="block truncate font-medium" { (organization.name) }
                        span class="block text-muted" { (membership.role.as_str()) }
                    }
                    @if current { (drawn(CHECK, "size-4 text-primary")) }
                }
            }
        }
    }
}
