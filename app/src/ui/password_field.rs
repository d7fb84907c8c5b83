//! A password field that can show what was typed. Without JavaScript the switch
//! is not there.

use leptos::prelude::*;

#[island]
pub fn PasswordField(
    /// Its name in the form, and its id.
    name: String,
    label: String,
    /// `current-password` or `new-password`: what password managers go by.
    autocomplete: String,
    hint: Option<String>,
    error: Option<String>,
    autofocus: bool,
) -> impl IntoView {
    let (shown, set_shown) = signal(false);
    // The switch works by script, so it appears with it.
    let (scripted, set_scripted) = signal(false);
    Effect::new(move || set_scripted.set(true));
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described = [hint.is_some().then_some(hint_id.as_str()), error.is_some().then_some(error_id.as_str())];
    let described = described.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let described_by = (!described.is_empty()).then_some(described);
    view! {
        <div>
            <div class="mb-1.5 flex items-baseline justify-between">
                <label class="field-label" for=name.clone()>{label}</label>
                <button
                    type="button"
                    class="cursor-pointer rounded-field text-sm text-muted underline-offset-4 hover:text-base-content hover:underline"
                    class:hidden=move || !scripted.get()
                    aria-pressed=move || shown.get().to_string()
                    aria-controls=name.clone()
                    on:click=move |_| set_shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { "Hide password" } else { "Show password" }}
                </button>
            </div>
            <input
                class="input w-full" id=name.clone() name=name autocomplete=autocomplete maxlength="1024" required autofocus=autofocus
                type=move || if shown.get() { "text" } else { "password" }
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by
            />
            {hint.map(|text| view! { <p class="mt-1.5 text-sm text-muted" id=hint_id>{text}</p> })}
            {error.map(|text| view! {
                <p class="field-error" id=error_id data-testid="form-error">{text}</p>
            })}
        </div>
    }
}
