//! `/admin/events`.

use domain::{billing::EventState, cursor::Cursor};
use leptos::prelude::*;
use services::console::{EventSummary, EventsView, TypedEventFilter};

use super::address::{LIST, of, of_list};
use crate::{
    console::{
        layout::{ConsoleLayout, ConsoleTab},
        parts::{Choice, Nothing, Pager, State, in_words},
    },
    layouts::moment::Moment,
    request::{actor, query_value, services},
    ui::text_field::TextField,
};

fn typed() -> TypedEventFilter {
    let value = |name| query_value(name).unwrap_or_default();
    TypedEventFilter { id: value("id"), state: value("state"), kind: value("type"), about: value("about") }
}

#[component]
pub fn EventsPage() -> impl IntoView {
    let typed = typed();
    let from: Option<Cursor> = query_value("from").and_then(|from| from.parse().ok());
    let asked = (typed.clone(), from.clone());
    let load = async move {
        let (typed, from) = asked;
        Ok(services()?.list_events(&*actor()?, &typed, from.as_ref()).await?)
    };
    crate::errors::or_error_page(load, move |view: EventsView| {
        let first = from.is_some().then(|| of_list(&typed, None));
        let next = view.next.as_ref().map(|next| of_list(&typed, Some(next)));
        let list = if view.events.is_empty() {
            view! { <Nothing title="No such event" text="Take something out of the form above, or look for less."/> }
                .into_any()
        } else {
            let rows = view.events.into_iter().map(row).collect_view();
            view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }.into_any()
        };
        view! {
            <ConsoleLayout tab=ConsoleTab::Events title="Events".to_owned() lead="What the payment provider told us, newest first. Times are UTC.">
                <FilterForm typed=typed.clone()/>
                {list}
                <Pager first next older="Older"/>
            </ConsoleLayout>
        }
    })
}

/// A form that is sent with GET: what it asks for stands in the address, and can be kept.
#[component]
fn FilterForm(typed: TypedEventFilter) -> impl IntoView {
    let states = EventState::ALL.iter().map(|state| (state.as_str(), state.label())).collect();
    let clear = (!typed.is_empty()).then(|| view! { <a class="btn btn-quiet" href=LIST>"Show everything"</a> });
    view! {
        <form method="get" action=LIST class="panel mb-6 grid items-start gap-4 p-5 sm:grid-cols-2 sm:p-6" novalidate data-testid="event-filter">
            <Choice name="state" label="State" all="Any" choices=states chosen=typed.state/>
            <TextField name="type" label="Type begins with" value=typed.kind required=false/>
            <TextField name="about" label="Organization or customer" value=typed.about hint="An organization's address, or cus_…" required=false/>
            <TextField name="id" label="Event" value=typed.id hint="evt_…" required=false/>
            <div class="flex flex-wrap gap-2 sm:col-span-2">
                <button class="btn btn-primary" type="submit">"Show"</button>
                {clear}
            </div>
        </form>
    }
}

pub fn row(event: EventSummary) -> impl IntoView {
    let whose = match (event.org, event.customer) {
        (Some(org), _) => org.name,
        (None, Some(customer)) => customer,
        (None, None) => "No customer".to_owned(),
    };
    let reason = event.reason.as_deref().map(in_words);
    view! {
        <li class="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-4 sm:px-6" data-testid="event-row">
            <div class="min-w-0 grow basis-56">
                <a class="stretched font-medium wrap-anywhere" href=of(&event.id)>{event.kind}</a>
                <p class="text-sm text-muted wrap-anywhere">{whose} " · " {event.id}</p>
                {reason.map(|reason| view! { <p class="text-sm text-muted wrap-anywhere">{reason}</p> })}
            </div>
            <State state=event.state/>
            <span class="text-sm text-muted"><Moment at=event.received_at/></span>
        </li>
    }
}
