//! `/o/{org}/settings/billing/invoices`.

use domain::billing::{Invoice, InvoiceStatus};
use leptos::prelude::*;
use services::billing::InvoicesView;

use crate::{
    layouts::{
        moment::Day,
        settings::{SettingsLayout, Tab},
    },
    orgs::membership::OrgScope,
};

#[component]
pub fn InvoicesPage() -> impl IntoView {
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let invoices = scope.services.show_invoices(&scope.actor, scope.slug()).await?;
        Ok((scope, invoices))
    };
    crate::errors::or_error_page(load, |(scope, view): (OrgScope, InvoicesView)| {
        let back = format!("/o/{}/settings/billing", scope.slug());
        let list = if view.invoices.is_empty() {
            view! {
                <div class="panel p-6" data-testid="no-invoices">
                    <h2 class="font-semibold">"No invoices yet"</h2>
                    <p class="mt-1 text-muted">"They stand here as soon as there is something to pay."</p>
                </div>
            }
            .into_any()
        } else {
            let rows = view.invoices.into_iter().map(row).collect_view();
            view! { <ul class="panel divide-y divide-base-300">{rows}</ul> }.into_any()
        };
        let hint = (!view.may_open)
            .then(|| view! { <p class="mt-4 text-sm text-muted">"Owners of this organization can open them."</p> });
        view! {
            <SettingsLayout scope tab=Tab::Billing title="Invoices" lead="What was paid, and what is to be paid. Days are UTC.">
                {list}
                {hint}
                <p class="mt-6"><a class="link font-medium" href=back>"Back to billing"</a></p>
            </SettingsLayout>
        }
    })
}

fn row(invoice: Invoice) -> impl IntoView {
    let number = invoice.number.unwrap_or_else(|| "Without a number".to_owned());
    let link = |href: Option<String>, words: &'static str, number: &str| {
        let label = format!("{words} of {number}");
        href.map(|href| view! { <a class="link text-sm font-medium" href=href rel="noreferrer" aria-label=label>{words}</a> })
    };
    let page = if invoice.status == InvoiceStatus::Open { "Pay" } else { "View" };
    let links = (link(invoice.page, page, &number), link(invoice.pdf, "PDF", &number));
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-4 sm:px-6" data-testid="invoice-row">
            <div class="min-w-0 grow">
                <p class="font-medium wrap-anywhere">{number}</p>
                <p class="text-sm text-muted"><Day at=invoice.created/></p>
            </div>
            <span class=tone(invoice.status)>{invoice.status.label()}</span>
            <span class="font-medium tabular-nums">{invoice.total.to_string()}</span>
            <span class="flex gap-4 max-sm:w-full">{links}</span>
        </li>
    }
}

const fn tone(status: InvoiceStatus) -> &'static str {
    match status {
        InvoiceStatus::Paid => "badge badge-soft badge-success font-medium",
        InvoiceStatus::Open | InvoiceStatus::Uncollectible => "badge badge-soft badge-warning font-medium",
        InvoiceStatus::Draft | InvoiceStatus::Void => "badge badge-soft font-medium",
    }
}
