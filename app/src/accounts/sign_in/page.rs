//! `/sign-in`.

use domain::{accounts::ReturnPath, form::Field};
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::SignIn;
use crate::{
    accounts::words,
    flash::{Flash, Form},
    layouts::public::PublicLayout,
    request::{flash, query_value},
    ui::{busy_button::BusyButton, password_field::PasswordField, text_field::TextField},
};

#[component]
pub fn SignInPage() -> impl IntoView {
    let flash = flash();
    let next = query_value("next").and_then(|next| ReturnPath::parse(&next));
    let notice = flash.as_ref().and_then(Flash::notice);
    let refused = flash.and_then(|flash| flash.refused(Form::SignIn));
    let email = refused.as_ref().map(|refused| refused.typed(Field::Email)).unwrap_or_default();
    let email_error = words::of_field(refused.as_ref(), Field::Email);
    // A message about the whole form stands with the password, the last thing to check again.
    let password_error = words::of_field(refused.as_ref(), Field::Password).or(words::of_form(refused.as_ref()));
    let lead = if next.is_some() {
        "Then we take you to the page you asked for."
    } else {
        "With your email address and password."
    };
    // A kept address that is right leaves the password to be typed again.
    let retry = !email.is_empty() && email_error.is_none();
    view! {
        <PublicLayout title="Sign in">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <h1 class="title">"Sign in"</h1>
                    <p class="mt-1 text-muted">{lead}</p>
                    {notice.map(|notice| view! {
                        <p class="alert alert-success alert-soft mt-5" role="status" data-testid="flash">{notice.words()}</p>
                    })}
                    <form method="post" action=SignIn::PATH class="mt-6 grid gap-5" novalidate>
                        <TextField
                            name="email" label="Email" kind="email" autocomplete="username" inputmode="email"
                            value=email error=email_error autofocus={!retry}
                        />
                        <PasswordField
                            name="password".to_owned() label="Password".to_owned() autocomplete="current-password".to_owned()
                            hint=None error=password_error autofocus=retry
                        />
                        {next.map(|next| view! { <input type="hidden" name="next" value=next.as_str().to_owned()/> })}
                        <BusyButton label="Sign in".to_owned() busy_label="Signing in…".to_owned() testid="sign-in".to_owned()/>
                    </form>
                </div>
                <p class="mt-5 px-6 text-center text-sm text-pretty text-muted">
                    "No account, or no way in? Ask an owner of your organization."
                </p>
            </div>
        </PublicLayout>
    }
}
