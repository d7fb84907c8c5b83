//! The plans beside each other, as people compare them: what each costs, and what it brings.

use std::sync::Arc;

use domain::billing::{Catalogue, Entitlement, Plan};
use leptos::prelude::*;

use crate::ui::icon::{CHECK, Icon};

#[component]
pub fn PlanGrid(
    catalogue: Arc<Catalogue>,
    /// By slug: the one that is had.
    #[prop(optional_no_strip)]
    current: Option<String>,
    /// Whether there is room for all of them beside each other.
    #[prop(optional)]
    is_wide: bool,
    offer: impl Fn(&Plan) -> AnyView + 'static,
) -> impl IntoView {
    let plans = catalogue
        .plans
        .iter()
        .map(|plan| {
            let is_current = current.as_deref() == Some(plan.slug.as_str());
            let below = offer(plan);
            view! {
                <li
                    class="panel flex flex-col p-5 sm:p-6" class:border-primary=is_current
                    data-testid="plan" data-plan=plan.slug.clone()
                >
                    <h2 class="flex flex-wrap items-center gap-x-3 text-lg font-semibold">
                        {plan.name.clone()}
                        {is_current.then(|| view! { <span class="badge badge-soft badge-success font-medium">"Your plan"</span> })}
                    </h2>
                    <p class="mt-1 text-sm text-pretty text-muted">{plan.summary.clone()}</p>
                    {price(&catalogue, plan)}
                    <ul class="mt-5 mb-6 grid gap-2 text-sm">{grants(&catalogue, plan)}</ul>
                    <div class="mt-auto">{below}</div>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="grid gap-4 sm:grid-cols-2" class=("lg:grid-cols-4", is_wide)>{plans}</ul> }
}

fn price(catalogue: &Catalogue, plan: &Plan) -> AnyView {
    let Some(prices) = plan.prices else {
        return view! {
            <p class="mt-4 text-3xl font-semibold tracking-tight">{catalogue.money(0).short()}</p>
            <p class="text-sm text-muted">"For as long as you like."</p>
        }
        .into_any();
    };
    let per = if prices.per_seat { " a seat and month" } else { " a month" };
    let yearly = format!("or {} a year, {}% less", catalogue.money(prices.yearly).short(), prices.saved_by_the_year());
    view! {
        <p class="mt-4">
            <span class="text-3xl font-semibold tracking-tight">{catalogue.money(prices.monthly).short()}</span>
            <span class="text-sm text-muted">{per}</span>
        </p>
        <p class="text-sm text-muted">{yearly}</p>
        {plan.trial.map(|trial| {
            let card = if trial.card { "" } else { ", without a card" };
            view! { <p class="mt-2 text-sm font-medium">{format!("{} days free{card}", trial.days)}</p> }
        })}
    }
    .into_any()
}

fn grants(catalogue: &Catalogue, plan: &Plan) -> impl IntoView + use<> {
    catalogue
        .features
        .iter()
        .filter_map(|(slug, name)| said(plan.grants.get(slug)?, name))
        .map(|text| {
            view! {
                <li class="flex items-center gap-2.5">
                    <span class="text-success"><Icon drawing=CHECK class="size-4"/></span>
                    {text}
                </li>
            }
        })
        .collect_view()
}

/// In words; nothing where it is not had.
fn said(granted: &Entitlement, name: &str) -> Option<String> {
    match granted {
        Entitlement::Switch(true) => Some(name.to_owned()),
        Entitlement::Switch(false) => None,
        Entitlement::Limit(many) => Some(format!("{name}: up to {}", grouped(*many))),
        Entitlement::Tier(tier) if tier == "none" => None,
        Entitlement::Tier(tier) => Some(format!("{name}: {tier}")),
    }
}

/// `1,000`
fn grouped(number: u32) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let groups = digits.as_bytes()[first..].chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());
    std::iter::once(digits[..first].to_owned())
        .filter(|group| !group.is_empty())
        .chain(groups)
        .collect::<Vec<_>>()
        .join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_had_is_not_said() {
        assert_eq!(said(&Entitlement::Switch(false), "Single sign-on"), None);
        assert_eq!(said(&Entitlement::Tier("none".to_owned()), "Analytics"), None);
        assert_eq!(said(&Entitlement::Limit(1000), "Projects").as_deref(), Some("Projects: up to 1,000"));
        assert_eq!((grouped(7), grouped(100), grouped(1_234_567)), ("7".into(), "100".into(), "1,234,567".into()));
    }
}
