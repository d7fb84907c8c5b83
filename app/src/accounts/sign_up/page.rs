//! `/sign-up`.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::SignUp;
use crate::{
    accounts::{password::new_field::NewPasswordField, social::buttons::ProviderButtons},
    flash::{Form, Refused},
    layouts::public::PublicLayout,
    request::flash,
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

#[component]
pub fn SignUpPage() -> impl IntoView {
    let refused = flash().and_then(|flash| flash.refused(Form::SignUp));
    view! {
        <PublicLayout title="Create an account">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <h1 class="title">"Create an account"</h1>
                    <p class="mt-1 text-muted">"For you and your organization. We send a mail to confirm your address."</p>
                    <SignUpForm refused/>
                    <ProviderButtons next=None/>
                </div>
                <p class="mt-5 px-6 text-center text-sm text-muted">
                    "You have an account? " <a class="link font-medium" href="/sign-in">"Sign in"</a>
                </p>
            </div>
        </PublicLayout>
    }
}

#[component]
fn SignUpForm(refused: Option<Refused>) -> impl IntoView {
    let typed = |field| refused.as_ref().map(|refused| refused.typed(field)).unwrap_or_default();
    let wrong = |field| words::of_field(refused.as_ref(), field);
    // What is wrong with the form as a whole stands with the password, the last thing in it.
    let password_error = wrong(Field::NewPassword).or_else(|| words::of_form(refused.as_ref()));
    view! {
        <form method="post" action=SignUp::PATH class="mt-6 grid gap-5" novalidate>
            <TextField
                name="name" label="Your name" autocomplete="name" maxlength=80
                value=typed(Field::Name) error=wrong(Field::Name) autofocus={refused.is_none()}
            />
            <TextField
                name="email" label="Email" kind="email" autocomplete="username" inputmode="email"
                value=typed(Field::Email) error=wrong(Field::Email)
            />
            <TextField
                name="organization" label="Organization" autocomplete="organization" maxlength=80
                hint="Your company, team or project. You become its owner."
                value=typed(Field::Organization) error=wrong(Field::Organization)
            />
            <NewPasswordField label="Password" error=password_error/>
            <BusyButton label="Create account".to_owned() busy_label="Sending the mail…".to_owned() testid="sign-up".to_owned()/>
        </form>
    }
}
