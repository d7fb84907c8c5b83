//! `/forgot-password`.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::ForgotPassword;
use crate::{
    flash::{Flash, Form},
    layouts::{account::NoticeLine, public::PublicLayout},
    request::flash,
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

#[component]
pub fn ForgotPasswordPage() -> impl IntoView {
    let flash = flash();
    let notice = flash.as_ref().and_then(Flash::notice);
    let refused = flash.and_then(|flash| flash.refused(Form::ForgotPassword));
    let email = refused.as_ref().map(|refused| refused.typed(Field::Email)).unwrap_or_default();
    let error = words::of_field(refused.as_ref(), Field::Email).or_else(|| words::of_form(refused.as_ref()));
    view! {
        <PublicLayout title="Forgot your password?">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <NoticeLine notice/>
                    <h1 class="title">"Forgot your password?"</h1>
                    <p class="mt-1 text-pretty text-muted">
                        "Enter your address and we mail you a link to choose a new one. Until you open it nothing changes. This also works if you never had a password."
                    </p>
                    <form method="post" action=ForgotPassword::PATH class="mt-6 grid gap-5" novalidate>
                        <TextField
                            name="email" label="Email" kind="email" autocomplete="username" inputmode="email"
                            value=email error autofocus=true
                        />
                        <BusyButton label="Send the link".to_owned() busy_label="Sending…".to_owned() testid="forgot".to_owned()/>
                    </form>
                </div>
                <p class="mt-5 px-6 text-center text-sm text-muted">
                    "It came back to you? " <a class="link font-medium" href="/sign-in">"Sign in"</a>
                </p>
            </div>
        </PublicLayout>
    }
}
