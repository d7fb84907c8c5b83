//! When and from where the organization may be used, as a form.

use std::net::IpAddr;

use domain::{
    form::Field,
    orgs::{AccessHours, AccessRules, AddressRanges},
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::SetAccessRules;
use crate::{
    flash::Refused,
    ui::{busy_button::BusyButton, text_area::TextArea, text_field::TextField},
    words,
};

/// What stands in the fields: what was typed, else what is set, else a proposal.
struct Fields {
    limits_hours: bool,
    zone: String,
    days: Vec<String>,
    from: String,
    until: String,
    limits_addresses: bool,
    addresses: String,
}

impl Fields {
    fn of(rules: &AccessRules, refused: Option<&Refused>) -> Self {
        let working_days = || AccessHours::DAYS[..5].iter().map(|day| (*day).to_owned()).collect();
        let hours = rules.hours.as_ref();
        let mut fields = Self {
            limits_hours: hours.is_some(),
            zone: hours.map_or_else(|| "UTC".to_owned(), |hours| hours.zone().to_owned()),
            days: hours.map_or_else(working_days, |hours| hours.days().map(str::to_owned).collect()),
            from: hours.map_or_else(|| "08:00".to_owned(), AccessHours::from),
            until: hours.map_or_else(|| "18:00".to_owned(), AccessHours::until),
            limits_addresses: rules.addresses.is_some(),
            addresses: rules.addresses.as_ref().map(AddressRanges::lines).unwrap_or_default(),
        };
        // A half that was switched off was sent without its fields.
        if let Some(refused) = refused {
            let typed = |field| refused.typed.get(&field).cloned();
            fields.limits_hours = typed(Field::TimeZone).is_some();
            if let Some(zone) = typed(Field::TimeZone) {
                fields.zone = zone;
                fields.days = typed(Field::Days).unwrap_or_default().split(' ').map(str::to_owned).collect();
                fields.from = typed(Field::From).unwrap_or_default();
                fields.until = typed(Field::Until).unwrap_or_default();
            }
            let addresses = typed(Field::Addresses);
            fields.limits_addresses = addresses.is_some();
            fields.addresses = addresses.unwrap_or(fields.addresses);
        }
        fields
    }
}

#[component]
pub fn AccessForm(
    rules: AccessRules,
    /// Where the one who reads this is.
    address: Option<IpAddr>,
    slug: String,
    refused: Option<Refused>,
) -> impl IntoView {
    let refused = refused.as_ref();
    let error = |field| words::of_field(refused, field);
    let fields = Fields::of(&rules, refused);
    let here = match address {
        Some(address) => format!("One address or range a line, such as 203.0.113.0/24. You are at {address} now."),
        None => "One address or range a line, such as 203.0.113.0/24.".to_owned(),
    };
    view! {
        <form method="post" action=SetAccessRules::PATH class="mt-5 grid max-w-xl gap-6" novalidate>
            <input type="hidden" name="org" value=slug/>
            <fieldset class="grid gap-4">
                <Switch limit="hours" on=fields.limits_hours label="Only at certain hours"/>
                <div class="grid gap-4 ps-8">
                    <TextField name="time_zone" label="Time zone" value=fields.zone error=error(Field::TimeZone) required=false
                        maxlength=64 hint="By its name, such as Europe/Berlin or America/New_York."/>
                    <Days chosen=fields.days error=error(Field::Days)/>
                    <div class="grid grid-cols-2 gap-4">
                        <TextField name="from" label="From" kind="time" value=fields.from error=error(Field::From) required=false maxlength=5/>
                        <TextField name="until" label="Until" kind="time" value=fields.until error=error(Field::Until) required=false maxlength=5/>
                    </div>
                </div>
            </fieldset>
            <fieldset class="grid gap-4">
                <Switch limit="addresses" on=fields.limits_addresses label="Only from certain networks"/>
                <div class="ps-8">
                    <TextArea name="addresses" label="Addresses" value=fields.addresses hint=here error=error(Field::Addresses) maxlength=4_000/>
                </div>
            </fieldset>
            <div><BusyButton label="Save".to_owned() busy_label="Saving…".to_owned() testid="save-access-rules".to_owned()/></div>
        </form>
    }
}

#[component]
fn Switch(limit: &'static str, on: bool, label: &'static str) -> impl IntoView {
    view! {
        <label class="flex items-center gap-3 font-medium">
            <input class="checkbox" type="checkbox" name="limits[]" value=limit checked=on/>
            {label}
        </label>
    }
}

#[component]
fn Days(chosen: Vec<String>, error: Option<String>) -> impl IntoView {
    let described_by = error.as_ref().map(|_| "days-error");
    let day = |day: &'static str| {
        let on = chosen.iter().any(|chosen| chosen == day);
        view! {
            <label class="flex items-center gap-2 text-sm">
                <input class="checkbox checkbox-sm" type="checkbox" name="days[]" value=day checked=on/>
                {day}
            </label>
        }
    };
    view! {
        <fieldset aria-describedby=described_by>
            <legend class="field-label mb-1.5">"Days"</legend>
            <div class="flex flex-wrap gap-x-4 gap-y-2">{AccessHours::DAYS.map(day)}</div>
            {error.map(|text| view! { <p class="field-error" id="days-error" data-testid="form-error">{text}</p> })}
        </fieldset>
    }
}
