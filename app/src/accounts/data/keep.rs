//! `/keep-account`: all that is open to somebody whose account waits to be deleted.

use domain::Timestamp;
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::KeepAccount;
use crate::{
    accounts::session,
    error::AppError,
    layouts::{moment::Day, person::SignOutForm, public::PublicLayout},
    request::services,
    ui::busy_button::BusyButton,
};

/// Whose it is, and until when.
async fn load() -> Result<(String, Timestamp), AppError> {
    let leaving = session::leaving().await?.ok_or(AppError::SignInRequired)?;
    let (person, due) = services()?.find_leaving(leaving.user).await?.ok_or(AppError::SignInRequired)?;
    Ok((person.email, due))
}

#[component]
pub fn KeepPage() -> impl IntoView {
    crate::errors::or_error_page(load(), |(email, due): (String, Timestamp)| {
        view! {
            <PublicLayout title="Keep your account?">
                <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                    <div class="panel p-6 sm:p-9" data-testid="keep-account">
                        <h1 class="title">"Keep your account?"</h1>
                        <p class="mt-3 text-pretty text-muted">
                            "You asked us to delete " <span class="wrap-anywhere">{email}</span> ". That happens on "
                            <span class="font-medium text-base-content"><Day at=due/></span>
                            ". Until then the account is closed, for you as well, and nothing in it is changed."
                        </p>
                        <form method="post" action=KeepAccount::PATH class="mt-6 grid">
                            <BusyButton label="Keep my account".to_owned() busy_label="Opening it…".to_owned() testid="keep".to_owned()/>
                        </form>
                        <div class="mt-3 grid"><SignOutForm class="btn btn-quiet w-full"/></div>
                        <p class="mt-5 text-sm text-muted">"Signing out leaves everything as you decided."</p>
                    </div>
                </div>
            </PublicLayout>
        }
    })
}
