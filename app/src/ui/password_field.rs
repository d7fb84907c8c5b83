//! A password field that can show what was typed. Without JavaScript the switch
//! is not there.

use leptos::prelude::*;

#[island]
pub fn PasswordField(error: Option<String>) -> impl IntoView {
    let (shown, set_shown) = signal(false);
    // The switch works by script, so it appears with it.
    let (scripted, set_scripted) = signal(false);
    Effect::new(move || set_scripted.set(true));
    let described_by = error.is_some().then_some("password-error");
    view! {
        <div>
            <div class="mb-1.5 flex items-baseline justify-between">
                <label class="field-label" for="password">"Password"</label>
                <button
                    type="button"
                    class="cursor-pointer rounded-field text-sm text-muted underline-offset-4 hover:text-base-content hover:underline"
                    class:hidden=move || !scripted.get()
                    aria-pressed=move || shown.get().to_string()
                    aria-controls="password"
                    on:click=move |_| set_shown.update(|shown| *shown = !*shown)
                >
                    {move || if shown.get() { "Hide password" } else { "Show password" }}
                </button>
            </div>
            <input
                class="input w-full" id="password" name="password" autocomplete="current-password" maxlength="1024" required
                type=move || if shown.get() { "text" } else { "password" }
                aria-invalid=error.is_some().then_some("true")
                aria-describedby=described_by
            />
            {error.map(|text| view! {
                <p class="field-error" id="password-error" data-testid="form-error">{text}</p>
            })}
        </div>
    }
}
