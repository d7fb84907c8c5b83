//! A submit button that says that something is happening, and takes one click.
//! Without JavaScript it is a plain submit button.

use leptos::prelude::*;

#[island]
pub fn BusyButton(label: String, busy_label: String, testid: String) -> impl IntoView {
    let (busy, set_busy) = signal(false);
    // The form is on its way once `submit` has fired; a second click would send it twice.
    // Coming back by the Back button restores the page as it was: then it must be free again.
    Effect::new(move || {
        let handle = window_event_listener_untyped("pageshow", move |_| set_busy.set(false));
        on_cleanup(move || handle.remove());
    });
    view! {
        <button
            type="submit"
            class="btn btn-primary"
            data-testid=testid
            aria-disabled=move || busy.get().then_some("true")
            on:click=move |event| {
                if busy.get_untracked() {
                    event.prevent_default();
                } else {
                    // After the browser has taken the click for the submission.
                    request_animation_frame(move || set_busy.set(true));
                }
            }
        >
            <span class="loading loading-spinner loading-sm" class:hidden=move || !busy.get() aria-hidden="true"></span>
            <span aria-live="polite">{move || if busy.get() { busy_label.clone() } else { label.clone() }}</span>
        </button>
    }
}
