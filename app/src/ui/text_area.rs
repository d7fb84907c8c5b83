//! A labelled field of several lines with its hint and its error beside it.

use leptos::prelude::*;

#[component]
pub fn TextArea(
    name: &'static str,
    label: &'static str,
    value: String,
    #[prop(into, optional)] hint: String,
    /// What is wrong with it.
    #[prop(optional_no_strip)]
    error: Option<String>,
    #[prop(default = 4)] rows: u8,
    maxlength: usize,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{name}-hint"), format!("{name}-error"));
    let described: Vec<&str> = [(!hint.is_empty()).then_some(&*hint_id), error.is_some().then_some(&*error_id)]
        .into_iter()
        .flatten()
        .collect();
    let described_by = (!described.is_empty()).then(|| described.join(" "));
    // The framework writes the text of this one element as it is (leptos #4819), so we escape it.
    // A browser drops the first line break, so one goes before what was typed.
    let escaped = format!("\n{}", html_escape::encode_text(&value));
    view! {
        <div>
            <label class="field-label mb-1.5" for=name>{label}</label>
            <textarea
                class="textarea w-full" id=name name=name rows=rows.to_string() maxlength=maxlength.to_string()
                aria-invalid=error.as_ref().map(|_| "true") aria-describedby=described_by inner_html=escaped
            ></textarea>
            {(!hint.is_empty()).then(|| view! { <p class="mt-1.5 text-sm text-muted" id=hint_id>{hint}</p> })}
            {error.map(|text| view! {
                <p class="field-error" id=error_id data-testid="form-error">{text}</p>
            })}
        </div>
    }
}
