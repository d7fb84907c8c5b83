//! The HTML document, and the policy for what it may load (check H01).

use http::{HeaderValue, header::CONTENT_SECURITY_POLICY};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_axum::ResponseOptions;
use leptos_meta::{HashedStylesheet, MetaTags, provide_meta_context};

use crate::routes::App;

/// What every page needs to know of the server's configuration.
#[derive(Clone)]
pub struct PageOptions {
    pub leptos: LeptosOptions,
    /// Where a form's reply may redirect to besides us: browsers apply `form-action` to redirects too.
    pub form_targets: String,
}

/// Everything from ourselves, scripts with this response's nonce, nothing inline.
fn content_security_policy(options: &PageOptions, nonce: &str) -> String {
    let live_reload = match options.leptos.env {
        leptos::config::Env::DEV => format!(" ws://127.0.0.1:{0} ws://localhost:{0}", options.leptos.reload_port),
        leptos::config::Env::PROD => String::new(),
    };
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; font-src 'self'; connect-src 'self'{live_reload}; manifest-src 'self'; \
         form-action 'self' {targets}; base-uri 'none'; object-src 'none'; frame-ancestors 'none'",
        targets = options.form_targets,
    )
}

#[component]
pub fn Shell(options: PageOptions) -> impl IntoView {
    provide_meta_context();
    if let (Some(response), Some(nonce)) = (use_context::<ResponseOptions>(), use_nonce())
        && let Ok(policy) = HeaderValue::from_str(&content_security_policy(&options, &nonce))
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
    let leptos = options.leptos;
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
                <HashedStylesheet options=leptos.clone() id="style"/>
                <AutoReload options=leptos.clone()/>
                <HydrationScripts options=leptos islands=true/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}
