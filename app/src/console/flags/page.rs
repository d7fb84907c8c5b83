//! `/admin/flags`.

use leptos::{prelude::*, server_fn::ServerFn};
use services::console::{AuditEntry, FlagSetting, FlagView, FlagsView};

use super::api::SwitchFlag;
use crate::{
    console::{
        layout::{ConsoleLayout, ConsoleTab},
        organizations::address,
    },
    flash::Flash,
    layouts::{account::NoticeLine, moment::Moment},
    request::{actor, flash, services},
};

#[component]
pub fn FlagsPage() -> impl IntoView {
    let load = async move { Ok(services()?.show_flags(&*actor()?).await?) };
    let notice = flash().as_ref().and_then(Flash::notice);
    crate::errors::or_error_page(load, move |view: FlagsView| {
        let flags = view.flags.into_iter().map(|flag| view! { <One flag/> }).collect_view();
        view! {
            <ConsoleLayout tab=ConsoleTab::Flags title="Flags".to_owned() lead="What is switched on, for whom, and who said so. Times are UTC.">
                <NoticeLine notice/>
                <div class="grid gap-6">{flags}</div>
                <History changes=view.changes/>
            </ConsoleLayout>
        }
    })
}

#[component]
fn One(flag: FlagView) -> impl IntoView {
    let FlagView { flag, environment, settings } = flag;
    let (everybody, single): (Vec<_>, Vec<_>) = settings.into_iter().partition(|setting| setting.org.is_none());
    let default = if flag.default { "on" } else { "off" };
    let (value, since) = match everybody.into_iter().next() {
        Some(FlagSetting { rollout, since, .. }) => (rollout, Some(view! { ", since " <Moment at=since/> })),
        None => (format!("{default}, as nothing is set"), None),
    };
    let environment = environment.map(|on| {
        let word = if on { "on" } else { "off" };
        view! { <p class="alert alert-warning alert-soft mt-4" role="status">{format!("The environment of this node says {word}, and has the last word.")}</p> }
    });
    let single = single
        .into_iter()
        .filter_map(|FlagSetting { org, rollout, since, .. }| {
            let org = org?;
            Some(view! {
                <li class="flex flex-wrap gap-x-4 py-2">
                    <a class="link min-w-0 grow wrap-anywhere" href=address::of(org.id)>{org.name}</a>
                    <span class="font-medium">{rollout}</span>
                    <span class="text-sm text-muted"><Moment at=since/></span>
                </li>
            })
        })
        .collect_view();
    view! {
        <section class="panel p-5 sm:p-6" aria-labelledby=format!("flag-{}", flag.name) data-testid="flag">
            <h2 class="text-lg font-semibold wrap-anywhere" id=format!("flag-{}", flag.name)>{flag.name}</h2>
            <p class="mt-1 text-pretty text-muted">{flag.about}</p>
            {environment}
            <p class="mt-4">"For everybody: " <strong data-testid="flag-value">{value}</strong> {since}</p>
            <div class="mt-4 flex flex-wrap gap-2">
                <Switch flag=flag.name to="on"/>
                <Switch flag=flag.name to="off"/>
            </div>
            <ul class="mt-4 divide-y divide-base-300 empty:hidden">{single}</ul>
        </section>
    }
}

#[component]
fn Switch(flag: &'static str, to: &'static str) -> impl IntoView {
    view! {
        <form method="post" action=SwitchFlag::PATH>
            <input type="hidden" name="flag" value=flag/>
            <input type="hidden" name="to" value=to/>
            <button class="btn btn-sm btn-quiet" type="submit" data-testid=format!("switch-{to}")>
                {format!("Turn {to} for everybody")} <span class="sr-only">{format!(": {flag}")}</span>
            </button>
        </form>
    }
}

#[component]
fn History(changes: Vec<AuditEntry>) -> impl IntoView {
    if changes.is_empty() {
        return ().into_any();
    }
    let rows = changes
        .into_iter()
        .map(|change| {
            let what = change.subject.or(change.reason).unwrap_or_default();
            let whom = if change.org.is_some() { ", for one organization" } else { "" };
            view! {
                <li class="flex flex-wrap gap-x-4 px-5 py-3 sm:px-6" data-testid="flag-change">
                    <span class="min-w-0 grow wrap-anywhere">{what} {whom}</span>
                    <span class="text-sm text-muted wrap-anywhere">{change.actor}</span>
                    <span class="text-sm text-muted"><Moment at=change.at/></span>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="mt-8" aria-labelledby="history-title">
            <h2 class="text-lg font-semibold" id="history-title">"Who set what"</h2>
            <ul class="panel mt-3 divide-y divide-base-300">{rows}</ul>
        </section>
    }
    .into_any()
}
