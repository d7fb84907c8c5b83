//! The way back up.

use leptos::prelude::*;

#[component]
pub fn Crumbs(
    slug: String,
    /// Name and address of the project one is in.
    project: Option<(String, String)>,
) -> impl IntoView {
    let project = project.map(|(name, href)| {
        view! {
            <li class="flex min-w-0 gap-2">
                <span class="text-muted" aria-hidden="true">"/"</span>
                <a class="link wrap-anywhere" href=href>{name}</a>
            </li>
        }
    });
    view! {
        <nav class="mb-3 text-sm" aria-label="Where you are">
            <ol class="flex flex-wrap gap-2">
                <li><a class="link" href=format!("/o/{slug}/projects")>"Projects"</a></li>
                {project}
            </ol>
        </nav>
    }
}
