//! `/o/{org}/settings/members`.

use domain::{Timestamp, accounts::Person, orgs::Role};
use leptos::prelude::*;

use super::membership::OrgScope;
use crate::layouts::{
    moment::Day,
    person::initials,
    settings::{SettingsLayout, Tab},
};

#[component]
pub fn MembersPage() -> impl IntoView {
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let members = scope.services.list_members(&scope.actor, scope.slug()).await?;
        Ok((scope, members))
    };
    crate::errors::or_error_page(load, |(scope, members)| {
        let you = scope.actor.person().id;
        let rows = members
            .into_iter()
            .map(|member| {
                let is_you = member.person.id == you;
                view! { <Row person=member.person role=member.role since=member.since is_you/> }
            })
            .collect_view();
        view! {
            <SettingsLayout scope tab=Tab::Members title="Members" lead="Everybody in this organization, and what they may do.">
                <ul class="panel divide-y divide-base-300">{rows}</ul>
            </SettingsLayout>
        }
    })
}

#[component]
fn Row(person: Person, role: Role, since: Timestamp, is_you: bool) -> impl IntoView {
    view! {
        <li class="grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 px-5 py-4 sm:grid-cols-[auto_1fr_14rem] sm:px-6" data-testid="member-row">
            {initials(&person.name, "size-10")}
            <div class="min-w-0">
                <p class="font-medium">
                    {person.name}
                    {is_you.then(|| view! { <span class="font-normal text-muted">" (you)"</span> })}
                </p>
                <p class="text-sm text-muted wrap-anywhere">{person.email}</p>
            </div>
            <div class="col-start-2 text-sm sm:col-start-3">
                <p><span class="font-medium">{role.as_str()}</span> <span class="text-muted">" since " <Day at=since/></span></p>
                <p class="text-pretty text-muted">{role.summary()}</p>
            </div>
        </li>
    }
}
