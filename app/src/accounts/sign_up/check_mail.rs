//! `/sign-up/check-mail`: the same for every address (check R01).

use leptos::{prelude::*, server_fn::ServerFn};
use services::accounts::SignedUp;

use super::api::ResendConfirmation;
use crate::{
    accounts::session,
    error::AppError,
    errors::or_error_page,
    flash::{Flash, Form},
    layouts::{account::NoticeLine, public::PublicLayout},
    request::flash,
    ui::busy_button::BusyButton,
    words,
};

#[component]
pub fn CheckMailPage() -> impl IntoView {
    let flash = flash();
    or_error_page(load(), move |signed_up| view! { <CheckMail signed_up flash/> })
}

/// What this browser signed up with: nothing is asked of the database that would tell more.
async fn load() -> Result<SignedUp, AppError> {
    session::signed_up().await?.ok_or(AppError::NotFound)
}

#[component]
fn CheckMail(signed_up: SignedUp, flash: Option<Flash>) -> impl IntoView {
    let notice = flash.as_ref().and_then(Flash::notice);
    let error = words::of_form(flash.and_then(|flash| flash.refused(Form::SignUp)).as_ref());
    view! {
        <PublicLayout title="Check your mail">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <NoticeLine notice/>
                    <h1 class="title">"Check your mail"</h1>
                    <p class="mt-3">
                        "We sent a mail to " <strong class="font-semibold wrap-anywhere" data-testid="mailed-to">{signed_up.email}</strong> "."
                    </p>
                    <p class="mt-2 text-pretty text-muted">
                        "Open the link in it and enter your password to finish. The link is good for 24 hours; until then nothing is created."
                    </p>
                    <form method="post" action=ResendConfirmation::PATH class="mt-6 border-t border-base-300 pt-6">
                        <p class="mb-3 text-sm text-muted">"Nothing there after a minute or two? Look into the spam folder, then:"</p>
                        <BusyButton label="Send it again".to_owned() busy_label="Sending…".to_owned() testid="resend".to_owned()/>
                        {error.map(|text| view! { <p class="field-error" role="alert" data-testid="form-error">{text}</p> })}
                    </form>
                </div>
                <p class="mt-5 px-6 text-center text-sm text-muted">
                    "Another address? " <a class="link font-medium" href="/sign-up">"Start again"</a>
                </p>
            </div>
        </PublicLayout>
    }
}
