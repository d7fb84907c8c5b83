//! `/sign-up/complete`: what is missing for an account after coming back from a provider.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};
use services::accounts::social::{Arrival, Step};

use super::api::CompleteSignUp;
use crate::{
    accounts::{session, words},
    error::AppError,
    errors::or_error_page,
    flash::{Form, Refused},
    layouts::public::PublicLayout,
    request::flash,
    ui::{busy_button::BusyButton, text_field::TextField},
};

#[component]
pub fn CompleteSignUpPage() -> impl IntoView {
    let refused = flash().and_then(|flash| flash.refused(Form::CompleteSignUp));
    or_error_page(load(), move |arrival| form(&arrival, refused.as_ref()))
}

async fn load() -> Result<Arrival, AppError> {
    let arrival = session::arrival().await?;
    arrival.filter(|arrival| matches!(arrival.step(), Step::Create | Step::Confirm)).ok_or(AppError::LinkNotGood)
}

fn form(arrival: &Arrival, refused: Option<&Refused>) -> impl IntoView + use<> {
    let typed = |field| refused.map(|refused| refused.typed(field));
    let name = typed(Field::Name).or(arrival.name().map(str::to_owned)).unwrap_or_default();
    let organization = typed(Field::Organization).unwrap_or_default();
    let (name_error, org_error) = (words::of_field(refused, Field::Name), words::of_field(refused, Field::Organization));
    let provider = arrival.provider().label();
    let email = arrival.email().unwrap_or_default().to_owned();
    view! {
        <PublicLayout title="Almost there">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <h1 class="title">"Almost there"</h1>
                    <p class="mt-1 text-muted">
                        {format!("{provider} says that you are ")}<strong>{email}</strong>". One more thing, and you are in."
                    </p>
                    <form method="post" action=CompleteSignUp::PATH class="mt-6 grid gap-5" novalidate>
                        <TextField name="name" label="Your name" autocomplete="name" maxlength=80 value=name error=name_error/>
                        <TextField
                            name="organization" label="Organization" autocomplete="organization" maxlength=80
                            hint="Your company, team or project. You can change it later."
                            value=organization error=org_error autofocus=true
                        />
                        <BusyButton
                            label="Create account".to_owned() busy_label="Creating…".to_owned() testid="create-account".to_owned()
                        />
                    </form>
                </div>
            </div>
        </PublicLayout>
    }
}
