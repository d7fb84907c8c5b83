//! After checkout: the payment is confirmed by the provider's word to us, not by coming back (B-04).

use leptos::prelude::*;
use leptos_meta::Meta;

use crate::request::query_value;

/// How often the page looks by itself, every few seconds.
const LOOKS: u32 = 20;

/// Whether somebody came back from checkout, and how often the page has looked since.
pub fn looks() -> Option<u32> {
    (query_value("checkout").as_deref() == Some("done"))
        .then(|| query_value("look").and_then(|look| look.parse().ok()).unwrap_or(0))
}

/// Waits, without a script: the page loads itself again for a minute.
#[component]
pub fn Confirming(slug: String, looks: u32) -> impl IntoView {
    if looks >= LOOKS {
        return view! {
            <section class="panel p-5 sm:p-6" role="status" data-testid="checkout-late">
                <h2 class="text-lg font-semibold">"This takes longer than usual"</h2>
                <p class="mt-1 text-pretty text-muted">
                    "If you paid, nothing is lost: your plan starts as soon as our payment provider tells us, and you get a receipt by mail. Reload this page later."
                </p>
            </section>
        }
        .into_any();
    }
    let again = format!("3; url=/o/{slug}/settings/billing?checkout=done&look={}", looks + 1);
    view! {
        <Meta http_equiv="refresh" content=again/>
        <section class="panel flex items-start gap-4 p-5 sm:p-6" role="status" data-testid="checkout-confirming">
            <span class="loading loading-spinner mt-0.5 text-primary" aria-hidden="true"></span>
            <div>
                <h2 class="text-lg font-semibold">"Your payment is being confirmed"</h2>
                <p class="mt-1 text-pretty text-muted">
                    "This takes a few seconds. The page looks by itself; you don't have to do anything."
                </p>
            </div>
        </section>
    }
    .into_any()
}
