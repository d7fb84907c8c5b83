//! `/admin/organizations`.

use leptos::prelude::*;
use services::console::{OrganizationSummary, OrganizationsView};

use super::address::{LIST, of, with};
use crate::{
    console::{
        layout::{ConsoleLayout, ConsoleTab},
        parts::{Nothing, Pager},
    },
    layouts::moment::Day,
    request::{actor, query_value, services},
    ui::text_field::TextField,
};

#[component]
pub fn OrganizationsPage() -> impl IntoView {
    let (text, after) = (query_value("q").unwrap_or_default(), query_value("after"));
    let asked = (text.clone(), after.clone());
    let load = async move {
        let (text, after) = asked;
        Ok(services()?.list_organizations(&*actor()?, &text, after.as_deref()).await?)
    };
    crate::errors::or_error_page(load, move |view: OrganizationsView| {
        let first = after.is_some().then(|| with(LIST, &[("q", &text)]));
        let next = view.next.as_deref().map(|next| with(LIST, &[("q", &text), ("after", next)]));
        let list = if view.organizations.is_empty() {
            view! { <Nothing title="No such organization" text="Look for a part of its name or address, or for the whole id of its customer."/> }
                .into_any()
        } else {
            let rows = view.organizations.into_iter().map(row).collect_view();
            view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }.into_any()
        };
        view! {
            <ConsoleLayout tab=ConsoleTab::Organizations title="Organizations".to_owned() lead="Everybody who uses the product, by address.">
                <form method="get" action=LIST class="panel mb-6 flex flex-wrap items-start gap-4 p-5 sm:p-6" role="search" novalidate>
                    <div class="basis-full sm:grow sm:basis-0">
                        <TextField name="q" label="Name, address or customer" value=text required=false/>
                    </div>
                    <button class="btn btn-primary sm:mt-6.5" type="submit">"Look for it"</button>
                </form>
                {list}
                <Pager first next older="More"/>
            </ConsoleLayout>
        }
    })
}

fn row(summary: OrganizationSummary) -> impl IntoView {
    let plan = match (summary.plan, summary.status) {
        (Some(plan), Some(status)) => format!("{plan}, {}", status.replace('_', " ")),
        _ => "No plan".to_owned(),
    };
    let closing = summary
        .closing
        .map(|_| view! { <span class="badge badge-soft badge-warning badge-sm font-medium">"Closing"</span> });
    view! {
        <li class="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-4 sm:px-6" data-testid="organization-row">
            <div class="min-w-0 grow basis-56">
                <a class="stretched font-medium wrap-anywhere" href=of(summary.organization.id)>{summary.organization.name}</a>
                <p class="text-sm text-muted wrap-anywhere">{summary.organization.slug} ", since " <Day at=summary.created_at/></p>
            </div>
            {closing}
            <span class="text-sm">{plan}</span>
        </li>
    }
}
