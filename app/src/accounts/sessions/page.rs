//! `/account/sessions`.

use domain::{Timestamp, accounts::device_in_words};
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::{EndOtherSessions, EndSession};
use crate::{
    accounts::session,
    error::AppError,
    flash::Flash,
    layouts::{
        account::{AccountLayout, AccountTab, NoticeLine},
        moment::Moment,
    },
    request::{actor, flash, origin, services},
};

/// A session as its row says it.
struct Seen {
    device: String,
    address: Option<String>,
    signed_in_at: Timestamp,
    last_seen_at: Timestamp,
    handle: String,
    is_this: bool,
}

async fn load() -> Result<Vec<Seen>, AppError> {
    let (services, actor) = (services()?, actor()?);
    let this = session::id_hash()?;
    let sessions = services.list_sessions(&actor).await?;
    let seen = sessions.into_iter().map(|session| Seen {
        device: device_in_words(session.user_agent.as_deref()),
        address: session.address,
        signed_in_at: session.times.created_at,
        last_seen_at: session.times.last_seen_at,
        handle: session.handle.to_string(),
        is_this: Some(session.id_hash) == this,
    });
    let mut seen: Vec<Seen> = seen.collect();
    seen.sort_by_key(|session| !session.is_this);
    Ok(seen)
}

#[component]
pub fn SessionsPage() -> impl IntoView {
    let notice = flash().as_ref().and_then(Flash::notice);
    let here = origin().ok().and_then(|origin| origin.address).map(|address| address.to_string());
    crate::errors::or_error_page(load(), move |sessions: Vec<Seen>| {
        let others = sessions.iter().any(|session| !session.is_this);
        let rows = sessions.into_iter().map(|session| view! { <Row here=here.clone() session/> }).collect_view();
        view! {
            <AccountLayout tab=AccountTab::Sessions title="Sessions" lead="The browsers in which you are signed in. Times are UTC.">
                <NoticeLine notice/>
                <ul class="panel divide-y divide-base-300">{rows}</ul>
                <div class="mt-6 max-w-xl">
                    {others.then(|| view! {
                        <form method="post" action=EndOtherSessions::PATH class="mb-3">
                            <button class="btn btn-quiet" type="submit" data-testid="end-other-sessions">"Sign out all other browsers"</button>
                        </form>
                    })}
                    <p class="text-sm text-pretty text-muted">
                        "Is one of these not yours? Sign it out, then "
                        <a class="link" href=AccountTab::Password.path()>"change your password"</a>
                        ". A browser that is signed out here is out with its next click."
                    </p>
                </div>
            </AccountLayout>
        }
    })
}

#[component]
fn Row(session: Seen, here: Option<String>) -> impl IntoView {
    let place = session.address.map(|address| {
        let same = here.as_ref() == Some(&address);
        view! {
            <span class="wrap-anywhere">{address}</span>
            {same.then_some(if session.is_this { "" } else { ", the address you have now" })}
            " · "
        }
    });
    let name = session.device.clone();
    view! {
        <li class="flex flex-wrap items-start gap-x-4 gap-y-3 px-5 py-4 sm:px-6" data-testid="session-row">
            <div class="min-w-0 grow basis-60">
                <p class="flex flex-wrap items-center gap-x-2.5 gap-y-1 font-medium">
                    {session.device}
                    {session.is_this.then(|| view! {
                        <span class="badge badge-soft badge-success badge-sm font-medium" data-testid="this-session">"This browser"</span>
                    })}
                </p>
                <p class="mt-0.5 text-sm text-muted">
                    {place}
                    {if session.is_this {
                        view! { "in use now" }.into_any()
                    } else {
                        view! { "last seen " <Moment at=session.last_seen_at/> }.into_any()
                    }}
                </p>
                <p class="text-sm text-muted">"Signed in " <Moment at=session.signed_in_at/></p>
            </div>
            {(!session.is_this).then(|| view! {
                <form method="post" action=EndSession::PATH>
                    <input type="hidden" name="session" value=session.handle/>
                    <button class="btn btn-sm btn-quiet" type="submit" data-testid="end-session">
                        "Sign out" <span class="sr-only">" " {name}</span>
                    </button>
                </form>
            })}
        </li>
    }
}
