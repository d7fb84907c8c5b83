//! `/o/{org}/settings/security`.

use leptos::{prelude::*, server_fn::ServerFn};
use services::orgs::SecurityView;

use super::{access_form::AccessForm, api::SetSecurity};
use crate::{
    flash::{Flash, Form},
    layouts::{
        account::NoticeLine,
        settings::{SettingsLayout, Tab},
    },
    orgs::membership::OrgScope,
    request::flash,
    second_factors::page::State,
};

#[component]
pub fn SecurityPage() -> impl IntoView {
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let security = scope.services.show_security(&scope.actor, scope.slug()).await?;
        Ok((scope, security))
    };
    let flash = flash();
    let notice = flash.as_ref().and_then(Flash::notice);
    let refused = flash.and_then(|flash| flash.refused(Form::AccessRules));
    crate::errors::or_error_page(load, move |(scope, security): (OrgScope, SecurityView)| {
        let slug = scope.slug().to_owned();
        let (rules, address) = (security.access_rules.clone(), security.address);
        let limited = !rules.is_empty();
        view! {
            <SettingsLayout scope tab=Tab::Security title="Security" lead="What this organization asks of everybody in it.">
                <NoticeLine notice/>
                <section class="panel p-5 sm:p-6" aria-labelledby="second-factor-title">
                    <div class="flex flex-wrap items-center gap-3">
                        <h2 class="text-lg font-semibold" id="second-factor-title">"Require two-factor sign-in"</h2>
                        <State on=security.requires_second_factor/>
                    </div>
                    <p class="mt-1 max-w-xl text-pretty text-muted">
                        "Members who signed in with a password alone are asked to set up a second proof before they get to anything here. What they do elsewhere is not touched."
                    </p>
                    <Switch security slug=slug.clone()/>
                </section>
                <section class="panel mt-6 p-5 sm:p-6" aria-labelledby="access-title">
                    <div class="flex flex-wrap items-center gap-3">
                        <h2 class="text-lg font-semibold" id="access-title">"When and from where"</h2>
                        <State on=limited/>
                    </div>
                    <p class="mt-1 max-w-xl text-pretty text-muted">
                        "Outside these hours and networks, everything here is closed to everybody. Owners can get in for an hour if they must; that is written into the audit log and mailed to all owners."
                    </p>
                    <AccessForm rules address slug refused/>
                </section>
            </SettingsLayout>
        }
    })
}

#[component]
fn Switch(security: SecurityView, slug: String) -> impl IntoView {
    if !security.requires_second_factor && !security.has_shown_one {
        return view! {
            <p class="mt-5 max-w-xl text-pretty">
                "Set up yours first, so that you don't lock yourself out: "
                <a class="link font-medium" href="/account/two-factor">"two-factor sign-in"</a> "."
            </p>
        }
        .into_any();
    }
    let (value, label, class) = if security.requires_second_factor {
        ("", "Stop requiring it", "btn btn-quiet")
    } else {
        ("required", "Require it from everybody", "btn btn-primary")
    };
    view! {
        <form method="post" action=SetSecurity::PATH class="mt-5">
            <input type="hidden" name="org" value=slug/>
            <input type="hidden" name="second_factor" value=value/>
            <button class=class type="submit" data-testid="require-second-factor">{label}</button>
        </form>
    }
    .into_any()
}
