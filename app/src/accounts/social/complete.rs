//! `/sign-up/complete`: what is missing for an account after coming back from a provider.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};
use services::accounts::social::{Arrival, Step};

use super::api::CompleteSignUp;
use crate::{
    accounts::session,
    error::AppError,
    errors::or_error_page,
    flash::{Form, Refused},
    layouts::public::PublicLayout,
    request::flash,
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

#[component]
pub fn CompleteSignUpPage() -> impl IntoView {
    let refused = flash().and_then(|flash| flash.refused(Form::CompleteSignUp));
    or_error_page(load(), move |arrival| match arrival.step() {
        Step::AwaitMail { .. } if refused.is_none() => sent(&arrival).into_any(),
        _ => form(&arrival, refused.as_ref()).into_any(),
    })
}

async fn load() -> Result<Arrival, AppError> {
    let arrival = session::arrival().await?;
    arrival.filter(|arrival| !matches!(arrival.step(), Step::Propose { .. })).ok_or(AppError::LinkNotGood)
}

/// The same whether or not somebody has the address (check R01).
fn sent(arrival: &Arrival) -> impl IntoView + use<> {
    let email = arrival.email().unwrap_or_default().to_owned();
    view! {
        <PublicLayout title="Check your mail">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <h1 class="title">"Check your mail"</h1>
                    <p class="mt-3" data-testid="mail-sent">
                        "We sent a mail to "<strong class="wrap-anywhere">{email}</strong>
                        ". Open its link in this browser to finish. It is good for 24 hours."
                    </p>
                    <p class="mt-3 text-sm text-muted">
                        "Nothing came? Look into the spam folder, or "<a class="link" href="/sign-in">"begin again"</a>" with another address."
                    </p>
                </div>
            </div>
        </PublicLayout>
    }
}

fn form(arrival: &Arrival, refused: Option<&Refused>) -> impl IntoView + use<> {
    let known = *arrival.step() == Step::Create;
    let kept = |field, kept: Option<&str>| {
        refused.map(|refused| refused.typed(field)).or(kept.map(str::to_owned)).unwrap_or_default()
    };
    let name = kept(Field::Name, arrival.name());
    let organization = kept(Field::Organization, arrival.organization());
    let email = kept(Field::Email, arrival.email());
    let error = |field| words::of_field(refused, field);
    let (name_error, org_error) = (error(Field::Name), error(Field::Organization));
    let email_error = error(Field::Email).or(words::of_form(refused));
    let provider = arrival.provider().label();
    let (lead, label) = if known {
        (view! { "You are "<strong class="wrap-anywhere">{email.clone()}</strong>". One more thing, and you are in." }.into_any(), "Create account")
    } else {
        (
            format!(
                "{provider} does not tell us an address that we can rely on, so we ask for one and send a mail there."
            )
            .into_any(),
            "Send the mail",
        )
    };
    view! {
        <PublicLayout title="Almost there">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <h1 class="title">"Almost there"</h1>
                    <p class="mt-1 text-muted">{lead}</p>
                    <form method="post" action=CompleteSignUp::PATH class="mt-6 grid gap-5" novalidate>
                        <TextField name="name" label="Your name" autocomplete="name" maxlength=80 value=name error=name_error/>
                        {(!known).then(|| view! {
                            <TextField
                                name="email" label="Email" kind="email" autocomplete="email" inputmode="email"
                                value=email error=email_error
                            />
                        })}
                        <TextField
                            name="organization" label="Organization" autocomplete="organization" maxlength=80
                            hint="Your company, team or project. You can change it later."
                            value=organization error=org_error autofocus=known
                        />
                        <BusyButton label=label.to_owned() busy_label="One moment…".to_owned() testid="create-account".to_owned()/>
                    </form>
                </div>
            </div>
        </PublicLayout>
    }
}
