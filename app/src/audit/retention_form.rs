//! How long the log is kept. Owners decide.

use domain::{form::Field, orgs::AuditRetention};
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::SetAuditRetention;
use crate::{flash::Refused, ui::busy_button::BusyButton, words};

fn label(retention: AuditRetention) -> String {
    match retention {
        AuditRetention::Forever => "For ever".to_owned(),
        AuditRetention::Days(days @ 365..) => match days / 365 {
            1 => "One year".to_owned(),
            years => format!("{years} years"),
        },
        AuditRetention::Days(days) => format!("{days} days"),
    }
}

#[component]
pub fn RetentionForm(slug: String, retention: AuditRetention, refused: Option<Refused>) -> impl IntoView {
    let error = words::of_field(refused.as_ref(), Field::Retention);
    let options = AuditRetention::CHOICES
        .map(|choice| view! { <option value=choice.word() selected=choice == retention>{label(choice)}</option> });
    view! {
        <section class="panel mt-6 p-5 sm:p-6" aria-labelledby="retention-title">
            <h2 class="text-lg font-semibold" id="retention-title">"How long it is kept"</h2>
            <p class="mt-1 max-w-xl text-pretty text-muted">
                "Older entries are removed for good, soon after you save. Nobody can change or remove an entry any other way, and that you chose this stands in the log."
            </p>
            <form method="post" action=SetAuditRetention::PATH class="mt-4 flex flex-wrap items-end gap-4" novalidate>
                <input type="hidden" name="org" value=slug/>
                <div class="w-full max-w-60">
                    <label class="field-label mb-1.5" for="keep">"Keep entries"</label>
                    <select class="select w-full" id="keep" name="keep" aria-describedby=error.as_ref().map(|_| "keep-error")>
                        {options.into_iter().collect_view()}
                    </select>
                    {error.map(|text| view! { <p class="field-error" id="keep-error" data-testid="form-error">{text}</p> })}
                </div>
                <BusyButton label="Save".to_owned() busy_label="Saving…".to_owned() testid="set-audit-retention".to_owned()/>
            </form>
        </section>
    }
}
