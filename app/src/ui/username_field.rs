//! Tells password managers whose password a form is about. Nobody sees it, and nothing reads it.

use leptos::prelude::*;

#[component]
pub fn UsernameField(email: String) -> impl IntoView {
    view! { <input type="text" name="username" autocomplete="username" value=email readonly hidden/> }
}
