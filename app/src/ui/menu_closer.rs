//! Closes open `<details>` menus on Escape and on a click elsewhere. Without
//! JavaScript a menu closes by its own summary, or when another one opens.

use leptos::{
    ev,
    leptos_dom::helpers::WindowListenerHandle,
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement, Node},
};

#[island]
pub fn MenuCloser() -> impl IntoView {
    Effect::new(|| {
        let clicks = window_event_listener(ev::click, |event| {
            let clicked = event.target().and_then(|target| target.dyn_into::<Node>().ok());
            close_menus(|menu| !menu.contains(clicked.as_ref()));
        });
        let keys = window_event_listener(ev::keydown, |event| {
            if event.key() == "Escape" {
                close_menus(|menu| {
                    focus_summary(menu);
                    true
                });
            }
        });
        on_cleanup(move || [clicks, keys].into_iter().for_each(WindowListenerHandle::remove));
    });
}

fn close_menus(closes: impl Fn(&Element) -> bool) {
    // There is one open menu at most: they share a name.
    if let Ok(Some(menu)) = document().query_selector("details.dropdown[open]")
        && closes(&menu)
    {
        let _ = menu.remove_attribute("open");
    }
}

/// Closing by the keyboard leaves the keyboard where it opened the menu.
fn focus_summary(menu: &Element) {
    let summary = menu.query_selector("summary").ok().flatten();
    if let Some(summary) = summary.and_then(|summary| summary.dyn_into::<HtmlElement>().ok()) {
        let _ = summary.focus();
    }
}
