//! Deleting one's account: what goes, what is in the way, and the form.

use domain::{
    accounts::{Email, Fate, Obstacle, Stake},
    form::Field,
    orgs::Organization,
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::DeleteAccount;
use crate::{
    flash::Refused,
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

#[component]
pub fn Departure(stakes: Vec<Stake>, email: String, refused: Option<Refused>) -> impl IntoView {
    let (mut blocked, mut along) = (Vec::new(), Vec::new());
    for stake in stakes {
        match stake.fate() {
            Err(obstacle) => blocked.push((stake.organization, obstacle)),
            Ok(Fate::GoesAlong) => along.push(stake.organization.name),
            Ok(Fate::Stays) => {}
        }
    }
    let rest = if blocked.is_empty() {
        view! { <GoingAlong along/> <ConfirmForm email refused/> }.into_any()
    } else {
        view! { <InTheWay blocked/> }.into_any()
    };
    view! {
        <section class="panel mt-6 max-w-xl p-5 sm:p-6" aria-labelledby="delete-title">
            <h2 class="text-lg font-semibold" id="delete-title">"Delete your account"</h2>
            <p class="mt-1 text-pretty text-muted">
                "It is closed at once, and deleted after 14 days. Sign in within that time to keep it. What others need to understand their audit log stays, without your name and address."
            </p>
            {rest}
        </section>
    }
}

/// Each with what to do about it.
#[component]
fn InTheWay(blocked: Vec<(Organization, Obstacle)>) -> impl IntoView {
    let rows = blocked
        .into_iter()
        .map(|(organization, obstacle)| {
            let settings = format!("/o/{}/settings", organization.slug);
            let (text, href, link) = match obstacle {
                Obstacle::LastOwner => (
                    ": you are its only owner, and others are in it. Make somebody else an owner first.",
                    format!("{settings}/members"),
                    "Members",
                ),
                Obstacle::SubscriptionLives => (
                    ": nobody else is in it, so it goes with you, and its subscription still runs. Cancel that first.",
                    format!("{settings}/billing"),
                    "Billing",
                ),
            };
            view! {
                <li>
                    <span class="font-medium wrap-anywhere">{organization.name}</span> {text} " "
                    <a class="link" href=href>{link}</a>
                </li>
            }
        })
        .collect_view();
    view! {
        <div class="alert alert-warning alert-soft mt-4 block text-base-content" data-testid="deletion-blocked">
            <p class="font-medium">"Not yet: something is in the way."</p>
            <ul class="mt-2 grid list-disc gap-2 pl-5">{rows}</ul>
        </div>
    }
}

#[component]
fn GoingAlong(along: Vec<String>) -> impl IntoView {
    (!along.is_empty()).then(|| {
        let names =
            along.into_iter().map(|name| view! { <li class="font-medium wrap-anywhere">{name}</li> }).collect_view();
        view! {
            <div class="mt-4" data-testid="going-along">
                <p>"You are the only member here, so this is deleted too:"</p>
                <ul class="mt-1 list-disc pl-5">{names}</ul>
            </div>
        }
    })
}

#[component]
fn ConfirmForm(email: String, refused: Option<Refused>) -> impl IntoView {
    let typed = refused.as_ref().map(|refused| refused.typed(Field::Confirmation)).unwrap_or_default();
    let error = words::of_field(refused.as_ref(), Field::Confirmation);
    view! {
        <form method="post" action=DeleteAccount::PATH class="mt-5 grid gap-5" novalidate>
            <p>"To confirm, type your email address: " <span class="font-medium wrap-anywhere">{email}</span></p>
            <TextField
                name="confirmation" label="Your email address" value=typed error=error inputmode="email"
                maxlength=Email::MAX_BYTES
            />
            <div class="danger"><BusyButton label="Delete my account".to_owned() busy_label="Closing it…".to_owned() testid="delete-account".to_owned()/></div>
        </form>
    }
}
