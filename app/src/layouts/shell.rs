//! The HTML document, and the policy for what it may load (check H01).

use std::sync::Arc;

use http::{HeaderValue, header::CONTENT_SECURITY_POLICY};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::{MetaTags, provide_meta_context};

use super::built_files::BuiltFiles;
use crate::console::impersonation::banner::Banner;

/// What every page needs to know of the server's configuration. Cheap to clone.
#[derive(Clone)]
pub struct PageOptions(Arc<Page>);

struct Page {
    leptos: LeptosOptions,
    built_files: BuiltFiles,
    /// What may load, behind the scripts' nonce.
    policy_after_nonce: String,
}

impl PageOptions {
    /// `form_targets`: where a form's reply may redirect to besides us, since browsers apply
    /// `form-action` to redirects too.
    pub fn new(leptos: LeptosOptions, form_targets: &str) -> Self {
        let live_reload = match leptos.env {
            leptos::config::Env::DEV => format!(" ws://127.0.0.1:{0} ws://localhost:{0}", leptos.reload_port),
            leptos::config::Env::PROD => String::new(),
        };
        let policy_after_nonce = format!(
            "' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
             connect-src 'self'{live_reload}; manifest-src 'self'; form-action 'self' {form_targets}; \
             base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
        );
        Self(Arc::new(Page { built_files: BuiltFiles::of(&leptos), leptos, policy_after_nonce }))
    }

    /// Where the files are.
    pub fn leptos(&self) -> &LeptosOptions {
        &self.0.leptos
    }

    /// Everything from ourselves, scripts with this response's nonce, nothing inline.
    fn content_security_policy(&self, nonce: &str) -> String {
        format!("default-src 'none'; script-src 'self' 'nonce-{nonce}{}", self.0.policy_after_nonce)
    }
}

#[component]
pub fn Shell(
    options: PageOptions,
    /// The page.
    children: Children,
) -> impl IntoView {
    provide_meta_context();
    let nonce = use_nonce().map_or_else(String::new, |nonce| nonce.to_string());
    if let Some(response) = use_context::<ResponseOptions>()
        && let Ok(policy) = HeaderValue::from_str(&options.content_security_policy(&nonce))
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <meta name="description" content="Portico: sign-in, organizations, roles and payments for your product."/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <link as="font" rel="preload" href="/fonts/figtree-5.3.0.woff2" type="font/woff2" crossorigin="anonymous"/>
                {options.0.built_files.tags(&nonce)}
                <MetaTags/>
            </head>
            <body>
                <Banner/>
                {children()}
            </body>
        </html>
    }
}
