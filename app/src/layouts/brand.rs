//! The mark: a door between two columns.

use maud::{Markup, html};

pub fn mark(class: &str) -> Markup {
    html! {
        svg class={ (class) " shrink-0" } viewBox="0 0 32 32" aria-hidden="true" {
            rect class="fill-primary" width="32" height="32" rx="8" {}
            path class="fill-primary-content" d="M16 5.5 27 12v2H5v-2zM7.5 15.5h3V24h-3zM21.5 15.5h3V24h-3zM5 25h22v2H5z" {}
            path class="fill-accent dark:fill-secondary-content" d="M13 24v-4.5a3 3 0 0 1 6 0V24z" {}
        }
    }
}

/// The way to the start page. Where room is scarce the name is heard, not seen.
pub fn brand(name_class: &str) -> Markup {
    html! {
        a class="flex items-center gap-2.5 rounded-field font-semibold tracking-tight" href="/" {
            (mark("size-8"))
            span class=(name_class) { "Portico" }
        }
    }
}
