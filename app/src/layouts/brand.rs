//! The mark, a door between two columns, and the name beside it.

use leptos::{prelude::*, tachys::html::InertElement};

const MARK: &str = r#"<svg class="size-8 shrink-0" viewBox="0 0 32 32" aria-hidden="true"><rect class="fill-primary" width="32" height="32" rx="8"></rect><path class="fill-primary-content" d="M16 5.5 27 12v2H5v-2zM7.5 15.5h3V24h-3zM21.5 15.5h3V24h-3zM5 25h22v2H5z"></path><path class="fill-accent dark:fill-secondary-content" d="M13 24v-4.5a3 3 0 0 1 6 0V24z"></path></svg>"#;

/// The way to the start page. Where room is scarce the name is heard, not seen. Written as one
/// string, for the same reason as an [`Icon`](crate::ui::icon::Icon).
#[component]
pub fn Brand(#[prop(default = "")] name_class: &'static str) -> impl IntoView {
    InertElement::new(format!(
        "<a class=\"flex items-center gap-2.5 rounded-field font-semibold tracking-tight\" href=\"/\">{MARK}\
         <span class=\"{name_class}\">Portico</span></a>"
    ))
}
