//! Which entries to show, and the same as a file.

use domain::{
    audit::{AuditAction, AuditOutcome},
    form::{Field, Problem},
};
use leptos::{prelude::*, server_fn::ServerFn};
use services::audit::TypedAuditFilter;

use super::{address::page, api::ExportAudit};
use crate::{
    ui::{
        icon::{Icon, UP_DOWN},
        text_field::TextField,
    },
    words,
};

/// A form that is sent with GET: what it asks for stands in the address, and can be kept.
#[component]
pub fn FilterForm(slug: String, typed: TypedAuditFilter, problems: Vec<(Field, Problem)>) -> impl IntoView {
    let problem = |field| problems.iter().find(|(at, _)| *at == field).map(|(_, what)| words::problem_of_days(*what));
    let (from_error, until_error) = (problem(Field::From), problem(Field::Until));
    let mut actions: Vec<AuditAction> = AuditAction::ALL.to_vec();
    actions.sort_by_key(|action| action.label());
    let actions: Vec<(&'static str, &'static str)> =
        actions.into_iter().map(|action| (action.as_str(), action.label())).collect();
    let outcomes = AuditOutcome::ALL.iter().map(|outcome| (outcome.as_str(), outcome.label())).collect();
    let clear = (!typed.is_empty()).then(|| view! { <a class="btn btn-quiet" href=page(&slug)>"Show everything"</a> });
    view! {
        <details class="panel group mb-6" open=!typed.is_empty() data-testid="audit-filter">
            <summary class="flex min-h-12 cursor-pointer items-center justify-between gap-4 rounded-box px-5 font-medium sm:px-6" data-testid="open-filter">
                "Filter" <Icon drawing=UP_DOWN class="size-4 text-muted"/>
            </summary>
            <form method="get" action=page(&slug) class="grid items-start gap-4 border-t border-base-300 p-5 sm:grid-cols-2 sm:p-6 lg:grid-cols-3" novalidate>
                <Choice name="action" label="What" all="Everything" choices=actions chosen=typed.action.clone()/>
                <Choice name="outcome" label="Outcome" all="Any" choices=outcomes chosen=typed.outcome.clone()/>
                <TextField name="about" label="Who, or about whom" value=typed.about.clone() required=false/>
                <TextField name="from" label="From" kind="date" value=typed.from.clone() error=from_error required=false/>
                <TextField name="until" label="Until" kind="date" value=typed.until.clone() error=until_error required=false/>
                <div class="flex flex-wrap gap-2 sm:col-span-2 lg:col-span-3">
                    <button class="btn btn-primary" type="submit">"Show"</button>
                    {clear}
                </div>
            </form>
        </details>
    }
}

#[component]
fn Choice(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    choices: Vec<(&'static str, &'static str)>,
    chosen: String,
) -> impl IntoView {
    let options = choices
        .into_iter()
        .map(|(value, label)| view! { <option value=value selected=value == chosen>{label}</option> })
        .collect_view();
    view! {
        <div>
            <label class="field-label mb-1.5" for=name>{label}</label>
            <select class="select w-full" id=name name=name>
                <option value="">{all}</option>
                {options}
            </select>
        </div>
    }
}

#[component]
pub fn ExportForm(slug: String, typed: TypedAuditFilter) -> impl IntoView {
    let hidden = [
        ("org", slug),
        ("action", typed.action),
        ("outcome", typed.outcome),
        ("about", typed.about),
        ("from", typed.from),
        ("until", typed.until),
    ]
    .map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <form method="post" action=ExportAudit::PATH class="mt-6 flex flex-wrap items-center gap-3">
            {hidden.into_iter().collect_view()}
            <button class="btn btn-quiet" type="submit" data-testid="export-audit">"Download as CSV"</button>
            <p class="text-sm text-muted">"What is shown above, all pages of it, the newest 50,000 at most."</p>
        </form>
    }
}
