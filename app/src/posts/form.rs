//! The form of a post, new or not.

use domain::{
    form::Field,
    projects::{PostBody, PostTitle},
};
use leptos::prelude::*;

use crate::{
    flash::Refused,
    ui::{busy_button::BusyButton, text_area::TextArea, text_field::TextField},
    words,
};

/// What it begins with.
pub struct Draft {
    pub title: String,
    pub body: String,
    pub refused: Option<Refused>,
}

impl Draft {
    /// What was typed and refused, or else what is there.
    pub fn of(title: &str, body: &str, refused: Option<Refused>) -> Self {
        let typed =
            |field, stored: &str| refused.as_ref().map_or_else(|| stored.to_owned(), |refused| refused.typed(field));
        Self { title: typed(Field::Title, title), body: typed(Field::Body, body), refused }
    }
}

#[component]
pub fn PostForm(
    action: &'static str,
    /// Names and values.
    hidden: Vec<(&'static str, String)>,
    draft: Draft,
    label: &'static str,
    /// Where one goes without saving.
    back: String,
) -> impl IntoView {
    let Draft { title, body, refused } = draft;
    let title_error = words::of_field(refused.as_ref(), Field::Title).or_else(|| words::of_form(refused.as_ref()));
    let body_error = words::of_field(refused.as_ref(), Field::Body);
    let hidden =
        hidden.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    view! {
        <form method="post" action=action class="panel mt-6 grid gap-5 p-5 sm:p-6" novalidate>
            {hidden}
            <TextField name="title" label="Title" value=title error=title_error maxlength=PostTitle::MAX_CHARS/>
            <TextArea
                name="body" label="Text" value=body error=body_error rows=14 maxlength=PostBody::MAX_CHARS
                hint="Markdown: **bold**, *italic*, # heading, - list, [link](https://example.com), `code`."
            />
            <div class="flex flex-wrap gap-3">
                <BusyButton label=label.to_owned() busy_label="Saving…".to_owned() testid="save-post".to_owned()/>
                <a class="btn btn-quiet" href=back>"Cancel"</a>
            </div>
        </form>
    }
}
