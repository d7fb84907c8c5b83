//! `/o/{org}/settings/audit`.

use leptos::prelude::*;
use services::audit::{AuditView, TypedAuditFilter};

use super::{
    address::of_page,
    entries::Entries,
    filter_form::{ExportForm, FilterForm},
    retention_form::RetentionForm,
};
use crate::{
    flash::{Flash, Form},
    layouts::{
        account::NoticeLine,
        settings::{SettingsLayout, Tab},
    },
    orgs::membership::OrgScope,
    request::{flash, query_value},
};

fn typed() -> TypedAuditFilter {
    let value = |name| query_value(name).unwrap_or_default();
    TypedAuditFilter {
        action: value("action"),
        outcome: value("outcome"),
        about: value("about"),
        from: value("from"),
        until: value("until"),
    }
}

#[component]
pub fn AuditPage() -> impl IntoView {
    let typed = typed();
    let asked = typed.clone();
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let page = query_value("page").and_then(|page| page.parse().ok()).unwrap_or(0u32).min(10_000);
        let audit = scope.services.list_audit(&scope.actor, scope.slug(), (&asked, page)).await?;
        Ok((scope, audit))
    };
    let flash = flash();
    let notice = flash.as_ref().and_then(Flash::notice);
    let refused = flash.and_then(|flash| flash.refused(Form::AuditRetention));
    crate::errors::or_error_page(load, move |(scope, audit): (OrgScope, AuditView)| {
        let slug = scope.slug().to_owned();
        let newer = (audit.page > 0).then(|| of_page(&slug, &typed, audit.page - 1));
        let older = audit.has_more.then(|| of_page(&slug, &typed, audit.page + 1));
        let list = if audit.entries.is_empty() {
            view! { <Nothing is_filtered=!typed.is_empty()/> }.into_any()
        } else {
            view! { <Entries audit=&audit/> }.into_any()
        };
        let retention = audit.may_configure.then(|| {
            let slug = slug.clone();
            view! { <RetentionForm slug retention=audit.retention refused/> }
        });
        view! {
            <SettingsLayout scope tab=Tab::Audit title="Audit log" lead="Who did what in this organization, newest first. Times are UTC.">
                <NoticeLine notice/>
                <FilterForm slug=slug.clone() typed=typed.clone() problems=audit.problems/>
                {list}
                <Pager newer older/>
                <ExportForm slug typed/>
                {retention}
            </SettingsLayout>
        }
    })
}

#[component]
fn Nothing(is_filtered: bool) -> impl IntoView {
    let (title, text) = if is_filtered {
        ("Nothing fits", "Take something out of the form above, or choose more days.")
    } else {
        ("Nothing to see yet", "When somebody opens the billing portal, or is refused, it is written down here.")
    };
    view! {
        <div class="panel px-6 py-12 text-center" data-testid="no-entries">
            <h2 class="font-semibold">{title}</h2>
            <p class="mx-auto mt-1 max-w-sm text-pretty text-muted">{text}</p>
        </div>
    }
}

#[component]
fn Pager(newer: Option<String>, older: Option<String>) -> impl IntoView {
    (newer.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="mt-4 flex justify-between gap-4" aria-label="Pages">
                {newer.map(|href| view! { <a class="btn btn-sm btn-quiet" href=href rel="prev">"Newer"</a> })}
                {older.map(|href| view! { <a class="btn btn-sm btn-quiet" href=href rel="next">"Older"</a> })}
            </nav>
        }
    })
}
