//! `/o/{org}/settings/billing/change?plan=…&interval=…&seats=…`: what a change is, before it is confirmed
//! (L-06).

use domain::{
    billing::{Entitlement, Interval, change::When},
    form::{Field, Problem},
};
use leptos::{either::Either, prelude::*, server_fn::ServerFn};
use services::billing::{ChangePreview, ChangeView, Side, Wish, what_is_wrong};

use super::api::ChangePlan;
use crate::{
    flash::Form,
    layouts::{
        moment::Day,
        settings::{SettingsLayout, Tab},
    },
    orgs::membership::OrgScope,
    request::{flash, query_value},
    ui::busy_button::BusyButton,
    words,
};

#[component]
pub fn ChangePage() -> impl IntoView {
    let asked = |name| query_value(name).unwrap_or_default();
    let wish = Wish { plan: asked("plan"), interval: asked("interval"), seats: asked("seats") };
    let shown_wish = wish.clone();
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let change = match scope.services.show_change(&scope.actor, scope.slug(), &wish).await {
            Ok(change) => Ok(change),
            // In its place, with the way on.
            Err(error) => Err(what_is_wrong(&error).ok_or(error)?),
        };
        Ok((scope, change))
    };
    let refused = flash().and_then(|flash| flash.refused(Form::ChangePlan));
    crate::errors::or_error_page(load, move |(scope, change): (OrgScope, Result<ChangeView, (Field, Problem)>)| {
        let slug = scope.slug().to_owned();
        let plans = format!("/o/{slug}/settings/billing/plans");
        let error = words::of_field(refused.as_ref(), Field::Plan).or(words::of_field(refused.as_ref(), Field::Seats));
        let inner = match change {
            Ok(change) => Either::Left(view! { <Change slug change wish=shown_wish plans/> }),
            Err((field, problem)) => Either::Right(view! {
                <div class="panel p-5 sm:p-6">
                    <p class="field-error" role="alert" data-testid="form-error">{words::problem(field, problem)}</p>
                    <p class="mt-4"><a class="link font-medium" href=plans>"Back to the plans"</a></p>
                </div>
            }),
        };
        view! {
            <SettingsLayout scope tab=Tab::Billing title="Change your plan" lead="Look at what changes, then confirm.">
                {error.map(|text| view! { <p class="field-error mb-4" role="alert" data-testid="form-error">{text}</p> })}
                {inner}
            </SettingsLayout>
        }
    })
}

#[component]
fn Change(slug: String, change: ChangeView, wish: Wish, plans: String) -> impl IntoView {
    let due = change.preview.as_ref().map(|preview| preview.due.clone());
    let (label, busy) = match (&due, change.is_trial) {
        (Some(due), false) if due.amount > 0 => (format!("Pay {due} and switch"), "Paying…"),
        (Some(_), _) => (format!("Switch to {}", change.to.name), "Switching…"),
        (None, _) => ("Confirm the switch".to_owned(), "One moment…"),
    };
    let at = change.at.as_millis();
    let losses = (change.when == When::AtPeriodEnd || change.is_trial).then(|| lost(&change));
    view! {
        <div class="grid gap-6">
            <section class="panel p-5 sm:p-6" aria-labelledby="change-title">
                <h2 class="sr-only" id="change-title">"What changes"</h2>
                <dl class="grid gap-4 sm:grid-cols-2">
                    <div><dt class="text-sm font-medium text-muted">"You have"</dt>{side(&change.from, "from")}</div>
                    <div><dt class="text-sm font-medium text-muted">"You switch to"</dt>{side(&change.to, "to")}</div>
                </dl>
                {seats(&slug, &change)}
            </section>
            <section class="panel p-5 sm:p-6" aria-labelledby="when-title">
                {match change.when {
                    When::Now => Either::Left(now(&change)),
                    When::AtPeriodEnd => Either::Right(later(&change)),
                }}
                {losses}
                <form class="mt-6 flex flex-wrap items-center gap-x-5 gap-y-3" method="post" action=ChangePlan::PATH>
                    <input type="hidden" name="org" value=slug/>
                    <input type="hidden" name="plan" value=wish.plan/>
                    <input type="hidden" name="interval" value=wish.interval/>
                    <input type="hidden" name="seats" value=change.to.seats.map(|seats| seats.to_string()).unwrap_or_default()/>
                    <input type="hidden" name="due" value=due.map(|due| due.amount.to_string()).unwrap_or_default()/>
                    <input type="hidden" name="at" value=at.to_string()/>
                    <BusyButton label busy_label=busy.to_owned() testid="confirm-change".to_owned()/>
                    <a class="link font-medium" href=plans>"Back to the plans"</a>
                </form>
            </section>
        </div>
    }
}

fn side(side: &Side, testid: &'static str) -> impl IntoView + use<> {
    let per = match side.interval {
        Interval::Month => "a month",
        Interval::Year => "a year",
    };
    let seats = side.seats.map(|seats| if seats == 1 { "1 seat, ".to_owned() } else { format!("{seats} seats, ") });
    view! {
        <dd data-testid=testid>
            <span class="text-xl font-semibold tracking-tight">{side.name.clone()}</span>
            <span class="block text-sm text-muted">{seats} {side.price.as_ref().map(|price| format!("{} {per}", price.short()))}</span>
        </dd>
    }
}

/// A plan that is sold by the seat: how many, before it is confirmed.
fn seats(slug: &str, change: &ChangeView) -> Option<impl IntoView + use<>> {
    let (least, most) = change.seats?;
    let action = format!("/o/{slug}/settings/billing/change");
    let seats = change.to.seats.unwrap_or(least);
    Some(view! {
        <form class="mt-5 flex flex-wrap items-end gap-3" method="get" action=action>
            <input type="hidden" name="plan" value=change.to.plan.clone()/>
            <input type="hidden" name="interval" value=change.to.interval.as_str()/>
            <div>
                <label class="field-label" for="seats">"Seats"</label>
                <input
                    class="input w-28" id="seats" type="number" name="seats" inputmode="numeric"
                    min=least.to_string() max=most.to_string() value=seats.to_string() required=true
                />
            </div>
            <button class="btn btn-quiet" type="submit">"Show the amount"</button>
        </form>
    })
}

fn now(change: &ChangeView) -> impl IntoView + use<> {
    let preview = change.preview.clone();
    if change.is_trial {
        let due = preview.map(|preview| preview.due);
        return Either::Left(view! {
            <h2 class="text-lg font-semibold" id="when-title">"Nothing to pay now"</h2>
            <p class="mt-1 text-pretty text-muted">
                "Your trial goes on, with this plan"
                {change.period_end.map(|end| view! { ", until " <span class="font-medium text-base-content"><Day at=end/></span> })}
                {due.map(|due| view! { ". Then you pay " <span class="font-medium text-base-content" data-testid="due-later">{due.to_string()}</span> })}
                "."
            </p>
        });
    }
    Either::Right(preview.map(|preview| {
        let per = match change.to.interval {
            Interval::Month => "a month",
            Interval::Year => "a year",
        };
        let price = change.to.price.as_ref().map(|price| format!("{} {per}", price.short()));
        let until = preview.until;
        view! {
            <h2 class="text-lg font-semibold" id="when-title">"It changes at once"</h2>
            <p class="mt-1 text-pretty text-muted">
                "What you paid for and did not use is taken off. These are the lines of the invoice."
            </p>
            {bill(&preview)}
            <p class="mt-4 text-sm text-pretty text-muted">
                {price.map(|price| format!("After that it is {price}, before discounts"))}
                {until.map(|until| view! { ", the next time on " <Day at=until/> })} "."
            </p>
        }
    }))
}

fn bill(preview: &ChangePreview) -> impl IntoView + use<> {
    let lines = preview
        .lines
        .iter()
        .map(|line| {
            view! {
                <tr>
                    <td class="py-2 pr-4 text-pretty">{line.what.clone()}</td>
                    <td class="py-2 text-right align-top whitespace-nowrap tabular-nums">{line.amount.to_string()}</td>
                </tr>
            }
        })
        .collect_view();
    let mut credit = preview.total.clone();
    let credit = (credit.amount < 0).then(|| {
        credit.amount = -credit.amount;
        view! {
            <p class="mt-2 text-sm text-pretty text-muted">
                {format!("{credit} stays as credit, and is taken off your next invoices.")}
            </p>
        }
    });
    view! {
        <table class="mt-4 w-full text-sm" data-testid="change-lines">
            <caption class="sr-only">"The invoice of this change"</caption>
            <tbody class="divide-y divide-base-300">{lines}</tbody>
            <tfoot>
                <tr class="border-t border-base-300 text-base font-semibold">
                    <th class="py-3 pr-4 text-left" scope="row">"To pay now"</th>
                    <td class="py-3 text-right whitespace-nowrap tabular-nums" data-testid="due-now">{preview.due.to_string()}</td>
                </tr>
            </tfoot>
        </table>
        {credit}
    }
}

fn later(change: &ChangeView) -> impl IntoView + use<> {
    let per = match change.to.interval {
        Interval::Month => "a month",
        Interval::Year => "a year",
    };
    let price = change.to.price.as_ref().map(|price| format!(" It is {} {per} then, before discounts.", price.short()));
    let (from, to) = (change.from.name.clone(), change.to.name.clone());
    let begins = if from == to { "The change begins then.".to_owned() } else { format!("{to} begins then.") };
    view! {
        <h2 class="text-lg font-semibold" id="when-title">"It changes when this period is over"</h2>
        <p class="mt-1 text-pretty text-muted">
            "Nothing to pay now. What you paid for stays yours"
            {change.period_end.map(|end| view! { " until " <span class="font-medium text-base-content" data-testid="change-day"><Day at=end/></span> })}
            ". " {begins} {price}
        </p>
    }
}

/// What is not had any more.
fn lost(change: &ChangeView) -> impl IntoView + use<> {
    let of = |granted: &Option<Entitlement>| match granted {
        None | Some(Entitlement::Switch(false)) => "none".to_owned(),
        Some(Entitlement::Switch(true)) => "yes".to_owned(),
        Some(Entitlement::Limit(many)) => many.to_string(),
        Some(Entitlement::Tier(tier)) => tier.clone(),
    };
    let losses: Vec<_> = change
        .losses
        .iter()
        .map(|loss| match &loss.had {
            Some(Entitlement::Switch(_)) => loss.feature.clone(),
            had => format!("{}: {} instead of {}", loss.feature, of(&loss.gets), of(had)),
        })
        .map(|text| view! { <li>{text}</li> })
        .collect();
    (!losses.is_empty()).then(|| {
        view! {
            <h3 class="mt-5 font-semibold">"What you will not have any more"</h3>
            <ul class="mt-2 grid list-disc gap-1 pl-5 text-sm" data-testid="losses">{losses}</ul>
            <p class="mt-2 text-sm text-muted">"Nothing that you made is deleted."</p>
        }
    })
}
