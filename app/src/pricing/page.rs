//! `/pricing`.

use std::sync::Arc;

use domain::billing::{Catalogue, Plan};
use leptos::prelude::*;

use crate::{
    billing::plan_grid::PlanGrid,
    layouts::public::PublicLayout,
    request::{actor, services},
};

#[component]
pub fn PricingPage() -> impl IntoView {
    let load = async move { Ok(Arc::clone(&services()?.settings().catalogue)) };
    let is_in = actor().is_ok();
    crate::errors::or_error_page(load, move |catalogue: Arc<Catalogue>| {
        view! {
            <PublicLayout title="Pricing" offers_sign_in=true>
                <div class="py-10 sm:py-16">
                    <h1 class="title">"Pricing"</h1>
                    <p class="mt-1 mb-8 max-w-xl text-pretty text-muted">
                        "Start for free. Choose another plan, or cancel, whenever you like."
                    </p>
                    <PlanGrid catalogue is_wide=true offer=move |plan| way_in(plan, is_in)/>
                </div>
            </PublicLayout>
        }
    })
}

/// Plans are chosen in an organization's settings: strangers make one first.
fn way_in(plan: &Plan, is_in: bool) -> AnyView {
    let (href, words) = match (is_in, plan.prices.is_some()) {
        (true, _) => ("/", "Go to your organizations".to_owned()),
        (false, true) => ("/sign-up", format!("Start with {}", plan.name)),
        (false, false) => ("/sign-up", "Start for free".to_owned()),
    };
    view! { <a class="btn btn-quiet w-full" href=href>{words}</a> }.into_any()
}
