//! `/o/{org}/settings/members`.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};
use services::orgs::MembersView;

use super::{
    api::LeaveOrganization,
    invitations::{InviteForm, OpenInvitations},
    row::Row,
};
use crate::{
    flash::{Flash, Form, Refused},
    layouts::{
        account::NoticeLine,
        settings::{SettingsLayout, Tab},
    },
    orgs::membership::OrgScope,
    request::flash,
    words,
};

#[component]
pub fn MembersPage() -> impl IntoView {
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let members = scope.services.list_members(&scope.actor, scope.slug()).await?;
        Ok((scope, members))
    };
    let flash = flash();
    let notice = flash.as_ref().and_then(Flash::notice);
    let refused = flash.clone().and_then(|flash| flash.refused(Form::Members));
    let invite = flash.and_then(|flash| flash.refused(Form::Invite));
    crate::errors::or_error_page(load, move |(scope, view): (OrgScope, MembersView)| {
        let MembersView { members, invitations, grantable, may_transfer } = view;
        let (you, slug) = (scope.actor.person().id, scope.slug().to_owned());
        let rows = members
            .into_iter()
            .map(|seen| {
                let is_you = seen.member.person.id == you;
                let error = problem_of(refused.as_ref(), &seen.member.person.id.to_string());
                let may_transfer = may_transfer && !is_you;
                view! { <Row seen is_you may_transfer grantable=grantable.clone() slug=slug.clone() error/> }
            })
            .collect_view();
        let invite = (!grantable.is_empty()).then(|| {
            view! { <InviteForm grantable=grantable.clone() slug=slug.clone() refused=invite/> }
        });
        view! {
            <SettingsLayout scope tab=Tab::Members title="Members" lead="Everybody in this organization, and what they may do.">
                <NoticeLine notice/>
                {invite}
                {invitations.map(|invitations| view! { <OpenInvitations invitations slug=slug.clone()/> })}
                <ul class="panel divide-y divide-base-300">{rows}</ul>
                <Leave slug/>
            </SettingsLayout>
        }
    })
}

/// What is wrong with a form about one member, beside that member.
fn problem_of(refused: Option<&Refused>, user: &str) -> Option<String> {
    let refused = refused.filter(|refused| refused.typed(Field::Member) == user)?;
    words::of_field(Some(refused), Field::Member)
        .or_else(|| words::of_field(Some(refused), Field::Role))
        .or_else(|| words::of_form(Some(refused)))
}

#[component]
fn Leave(slug: String) -> impl IntoView {
    view! {
        <details class="mt-6">
            <summary class="link w-fit cursor-pointer text-sm">"Leave this organization"</summary>
            <div class="panel mt-3 p-5">
                <p class="text-pretty text-muted">
                    "You lose access at once. What you made here stays. To come back, somebody has to invite you."
                </p>
                <form method="post" action=LeaveOrganization::PATH class="mt-4">
                    <input type="hidden" name="org" value=slug/>
                    <button class="btn btn-error btn-soft" type="submit" data-testid="leave-organization">"Leave"</button>
                </form>
            </div>
        </details>
    }
}
