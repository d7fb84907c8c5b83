//! The document's title.

use leptos::prelude::*;
use leptos_meta::Title;

/// Escaped here: `leptos_meta` 0.8.7 writes a title into the page as it is, so an
/// organization called `</title><script>` would have run in its members' browsers
/// (check H03). No island changes a title, so nobody escapes it a second time.
#[component]
pub fn PageTitle(#[prop(into)] text: String) -> impl IntoView {
    view! { <Title text=html_escape::encode_text(&text).into_owned()/> }
}
