//! `/admin/organizations/{organization}`.

use domain::{
    OrgId,
    billing::{Invoice, Subscription},
};
use leptos::prelude::*;
use services::console::{EventSummary, FlagSetting, Member, OrganizationView};

use super::address::{of, of_member, with};
use crate::{
    console::{
        events::list::row as event_row,
        layout::{ConsoleLayout, ConsoleTab},
        parts::{Fact, Pager},
    },
    layouts::moment::{Day, Moment},
    request::{actor, path_value, query_value, services},
};

#[component]
pub fn OrganizationPage() -> impl IntoView {
    let (id, after) = (path_value("organization").unwrap_or_default(), query_value("after"));
    let asked = after.clone();
    let load = async move { Ok(services()?.show_organization(&*actor()?, &id, asked.as_deref()).await?) };
    crate::errors::or_error_page(load, move |view: OrganizationView| {
        let summary = view.summary;
        let page = of(summary.organization.id);
        let last = view.members.rows.last().filter(|_| view.members.has_more);
        let next = last.map(|member| with(&page, &[("after", &member.person.email)]));
        let first = after.is_some().then(|| page.clone());
        let all_events = with(super::super::events::LIST, &[("about", &summary.organization.slug)]);
        let customer = summary.customer.map(|customer| {
            let id = customer.id.as_str().to_owned();
            let link = view.customer_page.map(|href| {
                view! { " " <a class="link text-sm font-medium" href=href rel="noreferrer" data-testid="customer-page">"At the payment provider"</a> }
            });
            view! { <Fact name="Customer">{id} {link}</Fact> }
        });
        let members =
            view.members.rows.into_iter().map(|member| member_row(summary.organization.id, member)).collect_view();
        view! {
            <ConsoleLayout tab=ConsoleTab::Organizations title=summary.organization.name lead="One organization, as far as support needs to know. Times are UTC.">
                <dl class="panel divide-y divide-base-300">
                    <Fact name="Address">{summary.organization.slug}</Fact>
                    <Fact name="Id">{summary.organization.id.to_string()}</Fact>
                    <Fact name="Since"><Day at=summary.created_at/></Fact>
                    {summary.closing.map(|at| view! { <Fact name="Deleted on"><Day at/></Fact> })}
                    <Fact name="Members">{view.member_count}</Fact>
                    {customer}
                    <Plan subscription=view.subscription/>
                </dl>
                <Section title="Members" id="members-title">
                    <ul class="panel divide-y divide-base-300">{members}</ul>
                    <Pager first next older="More"/>
                </Section>
                <Invoices invoices=view.invoices/>
                <Events events=view.events all=all_events/>
                <Flags flags=view.flags/>
            </ConsoleLayout>
        }
    })
}

#[component]
fn Section(title: &'static str, id: &'static str, children: Children) -> impl IntoView {
    view! {
        <section class="mt-8" aria-labelledby=id>
            <h2 class="mb-3 text-lg font-semibold" id=id>{title}</h2>
            {children()}
        </section>
    }
}

#[component]
fn Plan(subscription: Option<Subscription>) -> impl IntoView {
    let Some(subscription) = subscription else {
        return view! { <Fact name="Plan">"None"</Fact> }.into_any();
    };
    view! {
        <Fact name="Plan">{format!("{}, {}", subscription.plan, subscription.status.label())}</Fact>
        {subscription.current_period_end.map(|at| view! { <Fact name="Paid until"><Day at/></Fact> })}
        {subscription.trial_end.map(|at| view! { <Fact name="Trial ends"><Day at/></Fact> })}
        {subscription.cancel_at.map(|at| view! { <Fact name="Ends on"><Day at/></Fact> })}
    }
    .into_any()
}

fn member_row(org: OrgId, member: Member) -> impl IntoView {
    let href = of_member(&org.to_string(), &member.person.id.to_string());
    view! {
        <li class="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-4 sm:px-6" data-testid="member-row">
            <div class="min-w-0 grow basis-56">
                <a class="stretched font-medium wrap-anywhere" href=href>{member.person.name}</a>
                <p class="text-sm text-muted wrap-anywhere">{member.person.email}</p>
            </div>
            <span class="text-sm">{member.role.as_str()}</span>
        </li>
    }
}

#[component]
fn Invoices(invoices: Vec<Invoice>) -> impl IntoView {
    (!invoices.is_empty()).then(|| {
        let rows = invoices
            .into_iter()
            .map(|invoice| {
                let number = invoice.number.unwrap_or(invoice.id);
                view! {
                    <li class="flex flex-wrap gap-x-4 px-5 py-3 sm:px-6" data-testid="invoice-row">
                        <span class="min-w-0 grow wrap-anywhere">{number}</span>
                        <span>{invoice.status.label()}</span>
                        <span class="tabular-nums">{invoice.total.to_string()}</span>
                        <span class="text-sm text-muted"><Day at=invoice.created/></span>
                    </li>
                }
            })
            .collect_view();
        view! { <Section title="Newest invoices" id="invoices-title"><ul class="panel divide-y divide-base-300">{rows}</ul></Section> }
    })
}

#[component]
fn Events(events: Vec<EventSummary>, all: String) -> impl IntoView {
    (!events.is_empty()).then(|| {
        let rows = events.into_iter().map(event_row).collect_view();
        view! {
            <Section title="Newest events" id="events-title">
                <ul class="panel divide-y divide-base-300">{rows}</ul>
                <p class="mt-3"><a class="link font-medium" href=all>"All of its events"</a></p>
            </Section>
        }
    })
}

#[component]
fn Flags(flags: Vec<FlagSetting>) -> impl IntoView {
    (!flags.is_empty()).then(|| {
        let rows = flags
            .into_iter()
            .map(|setting| {
                view! {
                    <li class="flex flex-wrap gap-x-4 px-5 py-3 sm:px-6">
                        <span class="min-w-0 grow wrap-anywhere">{setting.name}</span>
                        <span class="font-medium">{setting.rollout}</span>
                        <span class="text-sm text-muted"><Moment at=setting.since/></span>
                    </li>
                }
            })
            .collect_view();
        view! { <Section title="Flags of its own" id="flags-title"><ul class="panel divide-y divide-base-300">{rows}</ul></Section> }
    })
}
