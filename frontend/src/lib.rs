//! The browser's entry: hydrates islands, nothing else.

// Linked so that its islands are exported; nothing of it is called here.
pub use app::ui;

#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
