//! `/admin/events/{event}`.

use domain::billing::EventState;
use leptos::{prelude::*, server_fn::ServerFn};
use services::console::{EventView, Tries};

use super::api::ReplayEvent;
use crate::{
    console::{
        layout::{ConsoleLayout, ConsoleTab},
        organizations::address,
        parts::{Fact, State, in_words},
    },
    flash::Flash,
    layouts::{account::NoticeLine, moment::Moment},
    request::{actor, flash, path_value, services},
    ui::busy_button::BusyButton,
};

#[component]
pub fn EventPage() -> impl IntoView {
    let id = path_value("event").unwrap_or_default();
    let load = async move { Ok(services()?.show_event(&*actor()?, &id).await?) };
    let notice = flash().as_ref().and_then(Flash::notice);
    crate::errors::or_error_page(load, move |EventView { event, body }: EventView| {
        let seen = event.summary;
        let whose = seen.org.map(|org| view! { <a class="link" href=address::of(org.id)>{org.name}</a> });
        let body = body.unwrap_or_else(|| "It can't be read.".to_owned());
        let id = seen.id.clone();
        view! {
            <ConsoleLayout tab=ConsoleTab::Events title=seen.kind lead="One event of the payment provider. Times are UTC.">
                <NoticeLine notice/>
                <dl class="panel divide-y divide-base-300">
                    <Fact name="State"><State state=seen.state/></Fact>
                    {seen.reason.as_deref().map(in_words).map(|why| view! { <Fact name="Why">{why}</Fact> })}
                    <Fact name="Event">{seen.id}</Fact>
                    <Fact name="Customer">{seen.customer.unwrap_or_else(|| "None".to_owned())}</Fact>
                    {whose.map(|whose| view! { <Fact name="Organization">{whose}</Fact> })}
                    {event.claimed_org.map(|org| view! { <Fact name="It names">{org}</Fact> })}
                    <Fact name="Mode">{if event.livemode { "Live" } else { "Test" }}</Fact>
                    {event.api_version.map(|version| view! { <Fact name="Version">{version}</Fact> })}
                    <Fact name="Happened"><Moment at=event.created_at/></Fact>
                    <Fact name="Received"><Moment at=seen.received_at/></Fact>
                    {event.ended_at.map(|at| view! { <Fact name="Settled"><Moment at/></Fact> })}
                    {event.attempts.map(|attempts| view! { <Fact name="Attempts">{attempts}</Fact> })}
                    {event.tries.map(|tries| view! { <Attempts tries/> })}
                </dl>
                <Replay id state=seen.state/>
                <section class="mt-6" aria-labelledby="body-title">
                    <h2 class="text-lg font-semibold" id="body-title">"What it says"</h2>
                    <p class="mt-1 text-muted">"Without what it says of people, and without links that open something."</p>
                    <pre class="panel mt-3 max-h-[32rem] overflow-auto p-4 text-sm" tabindex="0" aria-labelledby="body-title" data-testid="event-body">{body}</pre>
                </section>
            </ConsoleLayout>
        }
    })
}

/// How it goes with the customer, as long as not all of theirs is applied.
#[component]
fn Attempts(tries: Tries) -> impl IntoView {
    view! {
        <Fact name="Failed attempts">{tries.attempts}</Fact>
        <Fact name="Next attempt"><Moment at=tries.due_at/></Fact>
        {tries.last_error.map(|error| view! { <Fact name="Last error">{error}</Fact> })}
    }
}

#[component]
fn Replay(id: String, state: EventState) -> impl IntoView {
    let text = match state {
        EventState::Waiting => "It is tried at once instead of at its next turn.",
        EventState::Quarantined => "It is judged again, and applied if nothing is suspicious any more.",
        EventState::Ignored => "It is judged again: this version may know its type.",
        EventState::Applied | EventState::Parked => {
            "What its customer has now is fetched and stored. What was applied already happens no second time."
        }
    };
    view! {
        <form method="post" action=ReplayEvent::PATH class="mt-6 flex flex-wrap items-center gap-4">
            <input type="hidden" name="event" value=id/>
            <BusyButton label="Apply again".to_owned() busy_label="Applying…".to_owned() testid="replay-event".to_owned()/>
            <p class="min-w-0 grow basis-56 text-sm text-pretty text-muted">{text}</p>
        </form>
    }
}
