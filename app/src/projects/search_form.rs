//! Looking for something in a list, and the pages of it.

use leptos::prelude::*;

/// Sent with GET: what was looked for stands in the address.
#[component]
pub fn SearchForm(address: String, label: &'static str, looked_for: String) -> impl IntoView {
    let clear =
        (!looked_for.is_empty()).then(|| view! { <a class="btn btn-quiet" href=address.clone()>"Show all"</a> });
    view! {
        <form method="get" action=address.clone() role="search" class="flex w-full gap-2 sm:w-auto">
            <label class="sr-only" for="q">{label}</label>
            <input class="input min-w-0 grow sm:w-72" id="q" name="q" type="search" value=looked_for placeholder=label maxlength="120"/>
            <button class="btn btn-quiet" type="submit">"Search"</button>
            {clear}
        </form>
    }
}

/// `page` counts from 0.
#[component]
pub fn Pager(address: String, looked_for: String, page: u64, has_more: bool) -> impl IntoView {
    let to = |page: u64| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        if !looked_for.is_empty() {
            query.append_pair("q", &looked_for);
        }
        format!("{address}?{}", query.append_pair("page", &page.to_string()).finish())
    };
    let (back, on) = ((page > 0).then(|| to(page - 1)), has_more.then(|| to(page + 1)));
    (back.is_some() || on.is_some()).then(|| {
        view! {
            <nav class="mt-4 flex justify-between gap-4" aria-label="Pages">
                {back.map(|href| view! { <a class="btn btn-sm btn-quiet" href=href rel="prev">"Back"</a> })}
                {on.map(|href| view! { <a class="btn btn-sm btn-quiet" href=href rel="next">"More"</a> })}
            </nav>
        }
    })
}
