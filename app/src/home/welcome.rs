//! What a stranger sees: what this is, in ten seconds.

use leptos::prelude::*;

use super::illustration::Portico;
use crate::{
    layouts::public::PublicLayout,
    ui::icon::{CARD, DATABASE, Icon, KEY, LAYERS, LIST, PEOPLE},
};

/// What is there today, said plainly.
const PARTS: [(&str, &str, &str); 6] = [
    (KEY, "Sign-in", "Email and password, throttled against guessing. Signing out ends the session on every server."),
    (
        PEOPLE,
        "Organizations and roles",
        "Owner, Admin, Editor, Viewer. One set of policies decides, for pages and actions alike.",
    ),
    (
        CARD,
        "Payments",
        "Owners open the billing portal from settings and come back signed in. Nobody else sees the button.",
    ),
    (LIST, "Audit log", "Who did what and when, and why it was refused."),
    (LAYERS, "Plain pages", "Rendered on the server. Every form works with JavaScript off; scripts add comfort only."),
    (DATABASE, "SQLite or PostgreSQL", "Start with a file, grow to a server. The same code, tested on both."),
];

#[component]
pub fn Welcome() -> impl IntoView {
    view! {
        <PublicLayout title="Portico" offers_sign_in=true>
            <div class="grid items-center gap-10 py-10 sm:py-16 lg:grid-cols-[1fr_28rem] lg:gap-14 lg:py-20">
                <div>
                    <h1 class="text-4xl leading-[1.08] font-semibold tracking-tight sm:text-5xl">
                        "The front door of your SaaS product"
                    </h1>
                    <p class="mt-5 max-w-lg text-lg text-pretty text-muted">
                        "Sign-in, organizations with roles, and payments, done and tested. One Rust codebase to start from; what you sell goes behind it."
                    </p>
                    <p class="mt-8 flex flex-wrap gap-3">
                        <a class="btn btn-primary btn-lg" href="/sign-up">"Create an account"</a>
                        <a class="btn btn-lg btn-quiet" href="/pricing">"See the pricing"</a>
                    </p>
                </div>
                <Portico/>
            </div>
            <section class="border-t border-base-300 py-10 sm:py-14" aria-labelledby="parts">
                <h2 class="text-xl font-semibold tracking-tight" id="parts">"What stands behind the door"</h2>
                <ul class="mt-6 grid gap-x-10 gap-y-8 sm:grid-cols-2 lg:grid-cols-3"><Parts/></ul>
            </section>
            <footer class="border-t border-base-300 py-6 text-sm text-muted">
                "Portico is open source, under MIT or Apache-2.0 as you like."
            </footer>
        </PublicLayout>
    }
}

#[component]
fn Parts() -> impl IntoView {
    PARTS
        .into_iter()
        .map(|(drawing, name, text)| {
            view! {
                <li>
                    <span class="text-secondary"><Icon drawing class="size-6"/></span>
                    <h3 class="mt-2 font-semibold">{name}</h3>
                    <p class="mt-1 text-pretty text-muted">{text}</p>
                </li>
            }
        })
        .collect_view()
}
