//! The providers that are configured, each a form of its own.

use domain::accounts::{Provider, ReturnPath};
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::{StartGithub, StartGoogle, StartMicrosoft};
use crate::request::services;

pub const fn start_path(provider: Provider) -> &'static str {
    match provider {
        Provider::Google => StartGoogle::PATH,
        Provider::Github => StartGithub::PATH,
        Provider::Microsoft => StartMicrosoft::PATH,
    }
}

/// Those that are configured.
pub fn configured() -> Vec<Provider> {
    services().map(|services| services.providers().keys().copied().collect()).unwrap_or_default()
}

/// Below the form of the page; nothing when none is configured.
#[component]
pub fn ProviderButtons(next: Option<ReturnPath>) -> impl IntoView {
    let providers = configured();
    if providers.is_empty() {
        return ().into_any();
    }
    let forms = providers
        .into_iter()
        .map(|provider| {
            let next = next.clone().map(|next| view! { <input type="hidden" name="next" value=next.as_str().to_owned()/> });
            view! {
                <form method="post" action=start_path(provider)>
                    {next}
                    <button type="submit" class="btn btn-quiet w-full" data-testid=format!("with-{}", provider.as_str())>
                        {format!("Continue with {}", provider.label())}
                    </button>
                </form>
            }
        })
        .collect_view();
    view! {
        <p class="my-6 flex items-center gap-3 text-sm text-muted before:h-px before:grow before:bg-base-300 after:h-px after:grow after:bg-base-300">
            "or"
        </p>
        <div class="grid gap-3">{forms}</div>
    }
    .into_any()
}
