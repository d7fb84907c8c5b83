//! `/o/{org}/settings/billing`.

use domain::form::Field;
use leptos::prelude::*;
use services::billing::BillingView;

use super::{
    confirming::{Confirming, looks},
    plan_card::PlanCard,
    portal_card::PortalCard,
};
use crate::{
    flash::{Flash, Form},
    layouts::{
        account::NoticeLine,
        settings::{SettingsLayout, Tab},
    },
    orgs::membership::OrgScope,
    request::flash,
    words,
};

#[component]
pub fn BillingPage() -> impl IntoView {
    let load = async move {
        let scope = OrgScope::of_address().await?;
        let billing = scope.services.show_billing(&scope.actor, scope.slug()).await?;
        Ok((scope, billing))
    };
    let flash = flash();
    let notice = flash.as_ref().and_then(Flash::notice);
    let refused = flash.and_then(|flash| flash.refused(Form::ChangePlan));
    crate::errors::or_error_page(load, move |(scope, billing): (OrgScope, BillingView)| {
        let slug = scope.slug().to_owned();
        let error = words::of_field(refused.as_ref(), Field::Plan);
        let confirming =
            looks().filter(|_| !billing.goes_on).map(|looks| view! { <Confirming slug=slug.clone() looks/> });
        let plans = format!("/o/{slug}/settings/billing/plans");
        let invoices = format!("/o/{slug}/settings/billing/invoices");
        view! {
            <SettingsLayout scope tab=Tab::Billing title="Billing" lead="Your plan, and where to change how you pay.">
                <NoticeLine notice/>
                <div class="grid gap-6">
                    {error.map(|text| view! { <p class="field-error" role="alert" data-testid="form-error">{text}</p> })}
                    {confirming}
                    <PlanCard
                        plan=billing.plan status=billing.status cancel_at=billing.cancel_at
                        current_period_end=billing.current_period_end plans invoices
                        may_choose=billing.may_manage && !billing.goes_on
                        seats=billing.seats next=billing.next_invoice change=billing.change
                        keep=billing.may_manage.then(|| slug.clone())
                    />
                    <PortalCard entry=billing.portal slug/>
                </div>
            </SettingsLayout>
        }
    })
}
