//! Line drawings, 24 by 24. They only repeat what stands beside them in words.

use leptos::{prelude::*, tachys::html::InertElement};
use maud::{Markup, html};

pub const PEOPLE: &str = "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M16 4.3a3.5 3.5 0 0 1 0 6.4M18.5 14.2a6.5 6.5 0 0 1 3 5.8";
pub const CARD: &str = "M4.5 5h15A1.5 1.5 0 0 1 21 6.5v11a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 17.5v-11A1.5 1.5 0 0 1 4.5 5M3 10h18M7 15h3";
pub const SLIDERS: &str = "M4 7h8M18 7h2M4 17h2M12 17h8M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5M9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5";
pub const LIST: &str = "M8.5 6H21M8.5 12H21M8.5 18H21M3.5 6h.01M3.5 12h.01M3.5 18h.01";
pub const KEY: &str =
    "M14.5 14a5 5 0 1 0-4.6-3L3.5 17.4V20.5h3.1v-2.3h2.3v-2.3h1.6L12.6 13.6a5 5 0 0 0 1.9.4M16 8.5h.01";
pub const DOCUMENT: &str = "M7 3.5h7l4.5 4.5v12.5H7zM14 3.5V8h4.5M10 13h5M10 16.5h5";
pub const CHANGE: &str = "M4 8.5h13.5L14 5M20 15.5H6.5L10 19";
pub const LAYERS: &str = "m12 3.5 8.5 4.5-8.5 4.5L3.5 8zM3.5 12.2 12 16.7l8.5-4.5M3.5 16.4l8.5 4.5 8.5-4.5";
pub const DATABASE: &str = "M12 8.5c4 0 7-1.1 7-2.5s-3-2.5-7-2.5S5 4.6 5 6s3 2.5 7 2.5M5 6v12c0 1.4 3 2.5 7 2.5s7-1.1 7-2.5V6M5 12c0 1.4 3 2.5 7 2.5s7-1.1 7-2.5";
pub const ARROW: &str = "M5 12h14M13 6l6 6-6 6";
pub const UP_DOWN: &str = "m8 9.5 4-4 4 4M8 14.5l4 4 4-4";
pub const CHECK: &str = "m5 12.5 4.5 4.5L19 7.5";

/// Written as one string: an element with its attributes would be taken apart and put together for
/// every icon of every page.
#[component]
pub fn Icon(drawing: &'static str, #[prop(default = "size-5")] class: &'static str) -> impl IntoView {
    InertElement::new(drawn(drawing, class).into_string())
}

/// The same for markup.
pub fn drawn(drawing: &'static str, class: &'static str) -> Markup {
    html! {
        svg
            class={ (class) " shrink-0" } viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75"
            stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"
        {
            path d=(drawing) {}
        }
    }
}
