//! `/verify-email`: where the link of a registration leads.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::ConfirmRegistration;
use crate::{
    error::AppError,
    errors::or_error_page,
    flash::{Form, Refused},
    layouts::public::PublicLayout,
    request::{flash, link_token, services},
    ui::{busy_button::BusyButton, password_field::PasswordField, username_field::UsernameField},
    words,
};

#[component]
pub fn VerifyEmailPage() -> impl IntoView {
    let refused = flash().and_then(|flash| flash.refused(Form::ConfirmRegistration));
    or_error_page(load(link_token()), move |(token, email)| view! { <VerifyEmail token email refused/> })
}

/// The token and whose registration it is.
async fn load(token: Option<String>) -> Result<(String, String), AppError> {
    let token = token.ok_or(AppError::LinkNotGood)?;
    let email = services()?.registration_email(&token).await?.ok_or(AppError::LinkNotGood)?;
    Ok((token, email))
}

#[component]
fn VerifyEmail(token: String, email: String, refused: Option<Refused>) -> impl IntoView {
    let error = words::of_field(refused.as_ref(), Field::Password).or_else(|| words::of_form(refused.as_ref()));
    view! {
        <PublicLayout title="Finish signing up">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <h1 class="title">"Finish signing up"</h1>
                    <p class="mt-1 text-muted">
                        "Your address " <span class="font-medium text-base-content wrap-anywhere">{email.clone()}</span>
                        " works. Enter the password you chose, and you are in."
                    </p>
                    <form method="post" action=ConfirmRegistration::PATH class="mt-6 grid gap-5" novalidate>
                        <input type="hidden" name="token" value=token/>
                        <UsernameField email/>
                        <PasswordField
                            name="password".to_owned() label="Password".to_owned() autocomplete="current-password".to_owned()
                            hint=None error autofocus=true
                        />
                        <BusyButton label="Finish".to_owned() busy_label="Creating your account…".to_owned() testid="confirm".to_owned()/>
                    </form>
                </div>
                <p class="mt-5 px-6 text-center text-sm text-pretty text-muted">
                    "You did not sign up? Then close this page: without the password nothing is created. Forgot it already? "
                    <a class="link font-medium" href="/sign-up">"Sign up again"</a> "."
                </p>
            </div>
        </PublicLayout>
    }
}
