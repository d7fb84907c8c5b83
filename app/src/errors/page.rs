//! One page for every error: what happened, what now.

use domain::orgs::Slug;
use http::StatusCode;
use leptos::prelude::*;

use crate::{
    error::AppError,
    layouts::{moment::minutes, public::PublicLayout},
    request::{came_from, path_and_query},
};

struct Words {
    title: &'static str,
    text: &'static str,
}

fn words(error: &AppError, status: StatusCode) -> Words {
    match (error, status.as_u16()) {
        (AppError::SignInRequired, _) => Words {
            title: "Please sign in",
            text: "You were signed out, or you have not signed in yet. Sign in and try again.",
        },
        (AppError::PaymentsFailed, _) => Words {
            title: "Billing did not answer",
            text: "Our payment provider is having trouble, so nothing was opened and nothing was changed. We have been told. Please try again in a few minutes.",
        },
        (AppError::CardNumber, _) => Words {
            title: "That looks like a card number",
            text: "We never take card numbers here, so nothing of what you sent was kept. Cards are entered on the pages of our payment provider only: open them from the billing settings of your organization.",
        },
        (AppError::LinkNotGood, _) => Words {
            title: "This link is no longer good",
            text: "It was used already, a newer one took its place, or it has run out. Nothing was changed by it now. If you finished before, just sign in.",
        },
        (AppError::SecondFactorRequired, _) => Words {
            title: "Two-factor sign-in, please",
            text: "This needs a second proof that it is you, such as an app on your phone. Setting it up takes two minutes, and then you are back in.",
        },
        (AppError::NotForSupport, _) => Words {
            title: "Not while you act as somebody",
            text: "Billing, security, who belongs to an organization and everything of the person's own account stay closed to support. Ask them to do it, or end this first.",
        },
        (AppError::AddressNotAllowed, _) => Words {
            title: "Not from here",
            text: "This organization can be used from certain networks only, and yours is not one of them. Use one that is, such as your office or its VPN, or ask an owner.",
        },
        (AppError::OutsideHours, _) => Words {
            title: "Closed at this hour",
            text: "This organization can be used at certain hours only. Come back when it opens, or ask an owner.",
        },
        (AppError::Closing, _) => Words {
            title: "This organization is closing",
            text: "An owner asked for its deletion. Until it is deleted, an owner can take that back.",
        },
        (AppError::NotTheAuthor, _) => Words {
            title: "It is somebody else's",
            text: "Only its author can change or delete it, or an admin of this organization.",
        },
        (AppError::AboveOwnRole, _) => Words {
            title: "That is above your role",
            text: "You can't give a role above your own, nor change somebody who is above you. An owner can.",
        },
        (_, 404) => Words {
            title: "Page not found",
            text: "It does not exist, or your account has no access to it. Check the address, or ask an owner of the organization to invite you.",
        },
        (_, 403) => Words {
            title: "You can't do that",
            text: "Your role in this organization does not allow it. An owner can do it for you or change your role.",
        },
        (_, 405) => Words { title: "That can't be opened like this", text: "Go back and use the button on the page." },
        (_, 413) => Words {
            title: "That is too much",
            text: "What you sent is larger than we accept. Go back, shorten it and send it again.",
        },
        (_, 429) => Words { title: "Too many attempts", text: "For your safety, we have to slow this down." },
        (_, 503) => Words {
            title: "Back in a moment",
            text: "We can't reach part of our system right now. Nothing was lost. Please try again in a minute.",
        },
        (_, 400..=499) => {
            Words { title: "We could not read that request", text: "Go back, reload the page and try again." }
        }
        _ => Words {
            title: "Something went wrong",
            text: "It is our fault, and it has been written down. Please try again.",
        },
    }
}

#[component]
pub fn ErrorPage(error: AppError, status: StatusCode) -> impl IntoView {
    let Words { title, text } = words(&error, status);
    let wait = wait(&error);
    view! {
        <PublicLayout title=title>
            <div class="m-auto max-w-md py-12 text-center" data-testid="error-page">
                <p class="text-sm font-semibold text-secondary">"Error " {status.as_u16()}</p>
                <h1 class="title mt-2">{title}</h1>
                <p class="mt-3 text-pretty text-muted">{text} {wait}</p>
                <div class="mt-8 flex flex-wrap justify-center gap-3"><WaysOn error/></div>
            </div>
        </PublicLayout>
    }
}

fn wait(error: &AppError) -> Option<String> {
    let AppError::Throttled { retry_after_seconds } = error else { return None };
    Some(format!(" Try again in {}.", minutes(*retry_after_seconds)))
}

/// Where to go from here: back, if the person came from a page of ours, and the start.
#[component]
fn WaysOn(error: AppError) -> impl IntoView {
    if error == AppError::SignInRequired {
        return view! { <a class="btn btn-primary" href="/sign-in">"Sign in"</a> }.into_any();
    }
    if error == AppError::LinkNotGood {
        return view! {
            <a class="btn btn-primary" href="/sign-in">"Sign in"</a>
            <a class="btn btn-quiet" href="/forgot-password">"Forgot your password?"</a>
            <a class="btn btn-quiet" href="/sign-up">"Sign up again"</a>
        }
        .into_any();
    }
    if error == AppError::SecondFactorRequired {
        return view! {
            <a class="btn btn-primary" href="/account/two-factor">"Go to two-factor sign-in"</a>
            <a class="btn btn-quiet" href="/">"Go to the start page"</a>
        }
        .into_any();
    }
    if matches!(error, AppError::AddressNotAllowed | AppError::OutsideHours)
        && let Some(address) = page_of_organization("break-glass")
    {
        return view! {
            <a class="btn btn-primary" href="/">"Go to the start page"</a>
            <a class="btn btn-quiet" href=address>"I own it, and it is urgent"</a>
        }
        .into_any();
    }
    if error == AppError::Closing
        && let Some(address) = page_of_organization("closing")
    {
        return view! {
            <a class="btn btn-primary" href="/">"Go to the start page"</a>
            <a class="btn btn-quiet" href=address>"I own it, and want to keep it"</a>
        }
        .into_any();
    }
    let start = |class| view! { <a class=class href="/">"Go to the start page"</a> };
    match came_from() {
        Some(page) => view! {
            <a class="btn btn-primary" href=page.as_str().to_owned()>"Go back"</a>
            {start("btn btn-quiet")}
        }
        .into_any(),
        None => start("btn btn-primary").into_any(),
    }
}

/// A page of the organisation that this address is of.
fn page_of_organization(page: &str) -> Option<String> {
    let address = path_and_query();
    let slug = address.strip_prefix("/o/")?.split(['/', '?']).next()?;
    Some(format!("/o/{}/{page}", Slug::parse(slug)?.as_str()))
}
