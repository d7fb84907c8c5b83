//! A labelled field with its hint and its error beside it.

use leptos::prelude::*;

#[component]
pub fn TextField(
    name: &'static str,
    label: &'static str,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional)] value: String,
    #[prop(optional)] hint: &'static str,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    error: Option<String>,
    #[prop(default = "off")] autocomplete: &'static str,
    #[prop(default = 254)] maxlength: usize,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional)] autofocus: bool,
    #[prop(default = true)] required: bool,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described: Vec<&str> = [(!hint.is_empty()).then_some(&*hint_id), error.is_some().then_some(&*error_id)]
        .into_iter()
        .flatten()
        .collect();
    let described_by = (!described.is_empty()).then(|| described.join(" "));
    view! {
        <div>
            <label class="field-label mb-1.5" for=name>{label}</label>
            <input
                class="input w-full" id=name name=name type=kind autocomplete=autocomplete inputmode=inputmode
                value=value maxlength=maxlength.to_string() required=required autofocus=autofocus
                aria-invalid=error.as_ref().map(|_| "true") aria-describedby=described_by
            />
            {(!hint.is_empty()).then(|| view! { <p class="mt-1.5 text-sm text-muted" id=hint_id>{hint}</p> })}
            {error.map(|text| view! {
                <p class="field-error" id=error_id data-testid="form-error">{text}</p>
            })}
        </div>
    }
}
