//! The mark: a door between two columns.

use leptos::prelude::*;

#[component]
pub fn Mark(#[prop(default = "size-8")] class: &'static str) -> impl IntoView {
    view! {
        <svg class=format!("{class} shrink-0") viewBox="0 0 32 32" aria-hidden="true">
            <rect class="fill-primary" width="32" height="32" rx="8"/>
            <path class="fill-primary-content" d="M16 5.5 27 12v2H5v-2zM7.5 15.5h3V24h-3zM21.5 15.5h3V24h-3zM5 25h22v2H5z"/>
            <path class="fill-accent dark:fill-secondary-content" d="M13 24v-4.5a3 3 0 0 1 6 0V24z"/>
        </svg>
    }
}

/// The way to the start page. Where room is scarce the name is heard, not seen.
#[component]
pub fn Brand(#[prop(default = "")] name_class: &'static str) -> impl IntoView {
    view! {
        <a class="flex items-center gap-2.5 rounded-field font-semibold tracking-tight" href="/">
            <Mark/>
            <span class=name_class>"Portico"</span>
        </a>
    }
}
