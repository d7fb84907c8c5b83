//! `/admin`: what waits for somebody.

use leptos::prelude::*;
use services::console::Overview;

use super::layout::{ConsoleLayout, ConsoleTab};
use crate::{
    layouts::moment::Moment,
    request::{actor, services},
};

#[component]
pub fn ConsolePage() -> impl IntoView {
    let load = async move { Ok(services()?.show_overview(&*actor()?).await?) };
    crate::errors::or_error_page(load, |seen: Overview| {
        let since = seen.oldest_event.map(|at| view! { "Oldest since " <Moment at/> });
        view! {
            <ConsoleLayout tab=ConsoleTab::Overview title="Overview".to_owned() lead="What waits for somebody to look at it. Times are UTC.">
                <ul class="grid gap-3 sm:grid-cols-2">
                    <Count label="Events parked" count=seen.events_parked href="/admin/events?state=parked" tone="text-error">
                        "Tried for three days and given up."
                    </Count>
                    <Count label="Events quarantined" count=seen.events_quarantined href="/admin/events?state=quarantined" tone="text-warning">
                        "Stored, and not applied on purpose."
                    </Count>
                    <Count label="Events waiting" count=seen.events_waiting href="/admin/events?state=waiting" tone="">
                        {since}
                    </Count>
                    <Count label="Mails given up" count=seen.mail_parked href="/admin/mail" tone="text-error">
                        "They can be sent again."
                    </Count>
                    {(seen.work_parked > 0).then(|| view! {
                        <li class="panel p-5" data-testid="work-parked">
                            <p class="text-2xl font-semibold tabular-nums text-error">{seen.work_parked}</p>
                            <p class="font-medium">"Other work given up"</p>
                            <p class="mt-1 text-sm text-muted">"It can't be done again from here. Look for “parked” in the log."</p>
                        </li>
                    })}
                </ul>
            </ConsoleLayout>
        }
    })
}

#[component]
fn Count(label: &'static str, count: u64, href: &'static str, tone: &'static str, children: Children) -> impl IntoView {
    let tone = if count == 0 { "" } else { tone };
    view! {
        <li class="panel panel-link p-5">
            <p class=format!("text-2xl font-semibold tabular-nums {tone}") data-testid="count">{count}</p>
            <a class="stretched font-medium" href=href>{label}</a>
            <p class="mt-1 text-sm text-muted">{children()}</p>
        </li>
    }
}
