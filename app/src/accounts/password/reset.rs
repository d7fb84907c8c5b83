//! `/reset-password`: where the link of a reset leads.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{api::ResetPassword, new_field::NewPasswordField};
use crate::{
    error::AppError,
    errors::or_error_page,
    flash::{Form, Refused},
    layouts::public::PublicLayout,
    request::{flash, link_token, services},
    ui::{busy_button::BusyButton, username_field::UsernameField},
    words,
};

#[component]
pub fn ResetPasswordPage() -> impl IntoView {
    let refused = flash().and_then(|flash| flash.refused(Form::ResetPassword));
    or_error_page(load(link_token()), move |(token, email)| view! { <Reset token email refused/> })
}

/// The token and whose password it sets.
async fn load(token: Option<String>) -> Result<(String, String), AppError> {
    let token = token.ok_or(AppError::LinkNotGood)?;
    let email = services()?.reset_email(&token).await?.ok_or(AppError::LinkNotGood)?;
    Ok((token, email))
}

#[component]
fn Reset(token: String, email: String, refused: Option<Refused>) -> impl IntoView {
    let error = words::of_field(refused.as_ref(), Field::NewPassword).or_else(|| words::of_form(refused.as_ref()));
    view! {
        <PublicLayout title="Choose a new password">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <h1 class="title">"Choose a new password"</h1>
                    <p class="mt-1 text-muted">
                        "For " <span class="font-medium text-base-content wrap-anywhere">{email.clone()}</span>
                        ". Every browser that is signed in is signed out by it."
                    </p>
                    <form method="post" action=ResetPassword::PATH class="mt-6 grid gap-5" novalidate>
                        <input type="hidden" name="token" value=token/>
                        <UsernameField email/>
                        <NewPasswordField label="New password" error autofocus=true/>
                        <BusyButton label="Set password".to_owned() busy_label="Setting…".to_owned() testid="reset".to_owned()/>
                    </form>
                </div>
            </div>
        </PublicLayout>
    }
}
