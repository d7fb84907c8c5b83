//! `/o/{org}/settings/members`.

use leptos::prelude::*;

use super::membership::OrgScope;
use crate::layouts::{
    moment::Day,
    settings::{SettingsLayout, Tab},
};

#[component]
pub fn MembersPage() -> impl IntoView {
    let load = async move {
        let scope = OrgScope::of_address()?;
        let members = scope.services.list_members(&scope.actor, scope.slug()).await?;
        let you = scope.actor.person().id;
        let rows = members
            .into_iter()
            .map(|member| {
                let mine = member.person.id == you;
                view! {
                    <tr data-testid="member-row">
                        <td>
                            <span class="font-medium">{member.person.name}</span>
                            {mine.then_some(" (you)")}
                            <br/>
                            <span class="break-all text-muted">{member.person.email}</span>
                        </td>
                        <td>{member.role.as_str()}</td>
                        <td class="hidden text-muted sm:table-cell">{member.role.summary()}</td>
                        <td class="hidden md:table-cell"><Day at=member.since/></td>
                    </tr>
                }
            })
            .collect_view();
        Ok((scope, rows))
    };
    crate::errors::or_error_page(load, |(scope, rows)| {
        view! {
            <SettingsLayout scope tab=Tab::Members title="Members" lead="Everybody in this organization and what they may do.">
                <div class="card overflow-x-auto">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"Person"</th>
                                <th scope="col">"Role"</th>
                                <th scope="col" class="hidden sm:table-cell">"May"</th>
                                <th scope="col" class="hidden md:table-cell">"Since"</th>
                            </tr>
                        </thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </SettingsLayout>
        }
    })
}
