//! `/sign-in/link`: the provider's address has an account here. Whoever owns it signs in
//! first; only then is the provider linked (check O05).

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};
use services::accounts::social::{Arrival, Step};

use super::api::AcceptLink;
use crate::{
    accounts::session,
    error::AppError,
    errors::or_error_page,
    flash::{Form, Refused},
    layouts::public::PublicLayout,
    request::flash,
    ui::{busy_button::BusyButton, password_field::PasswordField},
    words,
};

#[component]
pub fn LinkProposalPage() -> impl IntoView {
    let refused = flash().and_then(|flash| flash.refused(Form::AcceptLink));
    or_error_page(load(), move |arrival| form(&arrival, refused.as_ref()))
}

async fn load() -> Result<Arrival, AppError> {
    let arrival = session::arrival().await?;
    arrival.filter(|arrival| matches!(arrival.step(), Step::Propose { .. })).ok_or(AppError::LinkNotGood)
}

fn form(arrival: &Arrival, refused: Option<&Refused>) -> impl IntoView + use<> {
    let error = words::of_field(refused, Field::Password).or(words::of_form(refused));
    let provider = arrival.provider().label();
    let email = arrival.email().unwrap_or_default().to_owned();
    view! {
        <PublicLayout title="You already have an account">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <h1 class="title">"You already have an account"</h1>
                    <p class="mt-1 text-muted">
                        <strong>{email.clone()}</strong>
                        {format!(" has an account here. Enter its password once, and from then on {provider} opens it as well.")}
                    </p>
                    <form method="post" action=AcceptLink::PATH class="mt-6 grid gap-5" novalidate>
                        // For password managers; the account is known on the server.
                        <input type="hidden" name="username" autocomplete="username" value=email/>
                        <PasswordField
                            name="password".to_owned() label="Password".to_owned() autocomplete="current-password".to_owned()
                            hint=None error=error autofocus=true
                        />
                        <BusyButton
                            label=format!("Sign in and link {provider}") busy_label="Signing in…".to_owned() testid="accept-link".to_owned()
                        />
                    </form>
                </div>
                <p class="mt-5 px-6 text-center text-sm text-pretty text-muted">
                    "No password? "<a class="link" href="/sign-in">"Sign in the way you usually do"</a>
                    {format!(", then link {provider} under Account, Sign-in methods.")}
                </p>
            </div>
        </PublicLayout>
    }
}
