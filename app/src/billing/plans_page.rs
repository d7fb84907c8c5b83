//! `/o/{org}/settings/billing/plans`: choose what to pay for.

use domain::{
    billing::{Interval, Plan},
    form::Field,
};
use leptos::{prelude::*, server_fn::ServerFn};
use services::billing::{Offer, PlansView};

use super::{
    api::{StartCheckout, change_address},
    plan_grid::PlanGrid,
};
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
        let lead = match plans.offer {
            Offer::Buy => "Choose a plan. You pay on the site of our payment provider, and come back here.",
            Offer::Change { .. } => "Choose another plan. You see what it costs, to the cent, before anything changes.",
            Offer::Nothing | Offer::Later => "What the plans cost, and what they bring.",
        };
        let error = words::of_field(refused.as_ref(), Field::Plan);
        let (offer, current) = (plans.offer, Some(plans.current.clone()));
        let had = plans.current.clone();
        view! {
            <SettingsLayout scope tab=Tab::Billing title="Plans" lead>
                {error.map(|text| view! { <p class="field-error mb-4" role="alert" data-testid="form-error">{text}</p> })}
                <PlanGrid
                    catalogue=plans.catalogue current
                    offer=move |plan| match offer {
                        Offer::Buy => buy(&slug, plan).into_any(),
                        Offer::Change { interval, seats } if plan.slug == had => {
                            view! { {more_seats(&slug, plan, interval, seats)} {rhythm(&slug, plan, interval)} }.into_any()
                        }
                        Offer::Change { interval, .. } => switch(&slug, plan, interval).into_any(),
                        Offer::Nothing | Offer::Later => ().into_any(),
                    }
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
        view! {
            <form method="post" action=StartCheckout::PATH>
                <input type="hidden" name="org" value=slug/>
                <input type="hidden" name="plan" value=plan_slug.clone()/>
                {intervals(Interval::Month)}
                <BusyButton
                    label=format!("Choose {name}") busy_label="Opening…".to_owned()
                    testid=format!("choose-{plan_slug}")
                />
            </form>
        }
    })
}

/// By the month or by the year.
fn intervals(chosen: Interval) -> impl IntoView {
    let choice = |interval: Interval, label: &'static str| {
        view! {
            <label class="flex min-h-10 items-center gap-2.5 text-sm">
                <input
                    class="size-4 accent-primary" type="radio" name="interval" value=interval.as_str()
                    checked=interval == chosen
                />
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="mb-4 flex flex-wrap gap-x-5">
            <legend class="sr-only">"How to pay"</legend>
            {choice(Interval::Month, "By the month")}
            {choice(Interval::Year, "By the year")}
        </fieldset>
    }
}

/// To the page that shows what it costs: nothing is changed by looking.
fn switch(slug: &str, plan: &Plan, interval: Interval) -> impl IntoView + use<> {
    let action = format!("/o/{slug}/settings/billing/change");
    let (name, plan_slug) = (plan.name.clone(), plan.slug.clone());
    plan.prices.map(|_| {
        view! {
            <form method="get" action=action>
                <input type="hidden" name="plan" value=plan_slug.clone()/>
                {intervals(interval)}
                <button class="btn btn-primary w-full" type="submit" data-testid=format!("switch-{plan_slug}")>
                    {format!("Switch to {name}")}
                </button>
            </form>
        }
    })
}

/// Of a plan that is sold by the seat.
fn more_seats(slug: &str, plan: &Plan, interval: Interval, seats: u32) -> Option<impl IntoView + use<>> {
    let action = format!("/o/{slug}/settings/billing/change");
    let plan_slug = plan.slug.clone();
    plan.prices.filter(|prices| prices.per_seat).map(|_| {
        view! {
            <form class="mb-3 flex items-end gap-3" method="get" action=action>
                <input type="hidden" name="plan" value=plan_slug/>
                <input type="hidden" name="interval" value=interval.as_str()/>
                <div class="grow">
                    <label class="field-label" for="seats">"Seats"</label>
                    <input
                        class="input w-full" id="seats" type="number" name="seats" inputmode="numeric" min="1"
                        value=seats.to_string() required=true
                    />
                </div>
                <button class="btn btn-quiet" type="submit" data-testid="change-seats">"Change seats"</button>
            </form>
        }
    })
}

/// How the plan that is had can be paid otherwise.
fn rhythm(slug: &str, plan: &Plan, interval: Interval) -> impl IntoView + use<> {
    let (other, words) = match interval {
        Interval::Month => (Interval::Year, "Pay by the year"),
        Interval::Year => (Interval::Month, "Pay by the month"),
    };
    let href = change_address(slug, &plan.slug, other.as_str(), "");
    plan.prices.map(|_| {
        view! { <a class="btn btn-quiet w-full" href=href data-testid="switch-interval">{words}</a> }
    })
}
