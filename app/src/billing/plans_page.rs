//! `/o/{org}/settings/billing/plans`: choose what to pay for.

use domain::{
    billing::{Interval, Plan},
    form::Field,
};
use leptos::{prelude::*, server_fn::ServerFn};
use services::billing::PlansView;

use super::{api::StartCheckout, plan_grid::PlanGrid};
use crate::{
    flash::Form,
    layouts::settings::{SettingsLayout, Tab},
    orgs::membership::OrgScope,
    request::flash,
    ui::busy_button::BusyButton,
    words,
};

#[component]
pub fn PlansPage() -> impl IntoView {
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let plans = scope.services.show_plans(&scope.actor, scope.slug()).await?;
        Ok((scope, plans))
    };
    let refused = flash().and_then(|flash| flash.refused(Form::Checkout));
    crate::errors::or_error_page(load, move |(scope, plans): (OrgScope, PlansView)| {
        let slug = scope.slug().to_owned();
        let back = format!("/o/{slug}/settings/billing");
        let lead = if plans.may_buy {
            "Choose a plan. You pay on the site of our payment provider, and come back here."
        } else {
            "What the plans cost, and what they bring."
        };
        let error = words::of_field(refused.as_ref(), Field::Plan);
        let (may_buy, current) = (plans.may_buy, Some(plans.current.clone()));
        view! {
            <SettingsLayout scope tab=Tab::Billing title="Plans" lead>
                {error.map(|text| view! { <p class="field-error mb-4" role="alert" data-testid="form-error">{text}</p> })}
                <PlanGrid
                    catalogue=plans.catalogue current
                    offer=move |plan| if may_buy { buy(&slug, plan).into_any() } else { ().into_any() }
                />
                <p class="mt-6"><a class="link font-medium" href=back>"Back to billing"</a></p>
            </SettingsLayout>
        }
    })
}

/// A real form: POST and 303 (check B10). What it names is a plan and an interval (check B06).
fn buy(slug: &str, plan: &Plan) -> impl IntoView + use<> {
    let slug = slug.to_owned();
    let (name, plan_slug) = (plan.name.clone(), plan.slug.clone());
    plan.prices.map(|_| {
        let choice = |interval: Interval, label: &'static str, chosen: bool| {
            view! {
                <label class="flex min-h-10 items-center gap-2.5 text-sm">
                    <input class="size-4 accent-primary" type="radio" name="interval" value=interval.as_str() checked=chosen/>
                    {label}
                </label>
            }
        };
        view! {
            <form method="post" action=StartCheckout::PATH>
                <input type="hidden" name="org" value=slug/>
                <input type="hidden" name="plan" value=plan_slug.clone()/>
                <fieldset class="mb-4 flex flex-wrap gap-x-5">
                    <legend class="sr-only">"How to pay"</legend>
                    {choice(Interval::Month, "By the month", true)}
                    {choice(Interval::Year, "By the year", false)}
                </fieldset>
                <BusyButton
                    label=format!("Choose {name}") busy_label="Opening…".to_owned()
                    testid=format!("choose-{plan_slug}")
                />
            </form>
        }
    })
}
