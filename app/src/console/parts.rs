//! Small parts that several pages of the console share.

use domain::billing::EventState;
use leptos::prelude::*;

/// A choice of a filter.
#[component]
pub fn Choice(
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

/// One thing that is known, with its name.
#[component]
pub fn Fact(name: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="grid items-baseline gap-x-4 px-5 py-3 sm:grid-cols-[11rem_1fr] sm:px-6">
            <dt class="text-sm text-muted">{name}</dt>
            <dd class="min-w-0 wrap-anywhere">{children()}</dd>
        </div>
    }
}

/// Where a list has nothing.
#[component]
pub fn Nothing(title: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <div class="panel px-6 py-12 text-center" data-testid="nothing">
            <h2 class="font-semibold">{title}</h2>
            <p class="mx-auto mt-1 max-w-sm text-pretty text-muted">{text}</p>
        </div>
    }
}

/// On from a page of a list, and back to its beginning.
#[component]
pub fn Pager(first: Option<String>, next: Option<String>, older: &'static str) -> impl IntoView {
    (first.is_some() || next.is_some()).then(|| {
        view! {
            <nav class="mt-4 flex justify-between gap-4" aria-label="Pages">
                {first.map(|href| view! { <a class="btn btn-sm btn-quiet" href=href>"Back to the beginning"</a> })}
                {next.map(|href| view! { <a class="btn btn-sm btn-quiet ml-auto" href=href rel="next">{older}</a> })}
            </nav>
        }
    })
}

/// An event's state as a badge.
#[component]
pub fn State(state: EventState) -> impl IntoView {
    let class = match state {
        EventState::Applied => "badge badge-soft badge-success badge-sm font-medium",
        EventState::Waiting => "badge badge-soft badge-info badge-sm font-medium",
        EventState::Ignored => "badge badge-soft badge-sm font-medium",
        EventState::Quarantined => "badge badge-soft badge-warning badge-sm font-medium",
        EventState::Parked => "badge badge-soft badge-error badge-sm font-medium",
    };
    view! { <span class=class>{state.label()}</span> }
}

/// Why, as it is stored: a word of ours, or what went wrong.
pub fn in_words(reason: &str) -> String {
    match reason {
        "other_mode" => "Of the other mode: live at a test product, or the other way round".to_owned(),
        "other_account" => "Of another account at the payment provider".to_owned(),
        "other_organization" => "It names another organization than its customer's".to_owned(),
        other => other.replace('_', " "),
    }
}
