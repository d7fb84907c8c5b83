//! A submit button that says that something is happening, and lets its form go once.
//! Without JavaScript it is a plain submit button.

use leptos::{ev, leptos_dom::helpers::WindowListenerHandle, prelude::*, wasm_bindgen::JsCast, web_sys::Element};

#[island]
pub fn BusyButton(label: String, busy_label: String, testid: String) -> impl IntoView {
    let (busy, set_busy) = signal(false);
    let button = NodeRef::new();
    Effect::new(move || {
        // The form's own event, so that Enter in a field counts as well, and a click
        // that the browser refuses does not. Never `disabled`: the form is being sent.
        let submits = window_event_listener(ev::submit, move |event| {
            if !is_form_of(button, event.target()) {
                return;
            }
            if busy.get_untracked() {
                event.prevent_default();
            } else {
                set_busy.set(true);
            }
        });
        // The Back button restores a page as it was left: then it must be free again.
        let returns = window_event_listener_untyped("pageshow", move |_| set_busy.set(false));
        on_cleanup(move || [submits, returns].into_iter().for_each(WindowListenerHandle::remove));
    });
    view! {
        <button
            node_ref=button type="submit" class="btn btn-primary" data-testid=testid
            aria-disabled=move || busy.get().then_some("true")
        >
            <span class="loading loading-spinner loading-sm" class:hidden=move || !busy.get() aria-hidden="true"></span>
            <span aria-live="polite">{move || if busy.get() { busy_label.clone() } else { label.clone() }}</span>
        </button>
    }
}

fn is_form_of(button: NodeRef<leptos::html::Button>, form: Option<leptos::web_sys::EventTarget>) -> bool {
    let form = form.and_then(|form| form.dyn_into::<Element>().ok());
    form.zip(button.get_untracked()).is_some_and(|(form, button)| form.contains(Some(&button)))
}
