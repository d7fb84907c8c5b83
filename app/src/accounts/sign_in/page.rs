//! `/sign-in`.

use domain::{accounts::ReturnPath, form::Field};
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::SignIn;
use crate::{
    accounts::social::buttons::ProviderButtons,
    flash::{Flash, Form, Refused},
    layouts::{account::NoticeLine, public::PublicLayout},
    passkeys::{
        api::{AskPasskey, SignInWithPasskey},
        ceremony::PasskeyForm,
    },
    request::{flash, query_value, services},
    ui::{busy_button::BusyButton, password_field::PasswordField, text_field::TextField},
    words,
};

#[component]
pub fn SignInPage() -> impl IntoView {
    let flash = flash();
    let next = query_value("next").and_then(|next| ReturnPath::parse(&next));
    let notice = flash.as_ref().and_then(Flash::notice);
    let passkey = flash.clone().and_then(|flash| flash.refused(Form::Passkey));
    let refused = flash.and_then(|flash| flash.refused(Form::SignIn));
    let next_field = next.as_ref().map(|next| next.as_str().to_owned()).unwrap_or_default();
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
    let next_for_providers = next.clone();
    view! {
        <PublicLayout title="Sign in">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <NoticeLine notice/>
                    <h1 class="title">"Sign in"</h1>
                    <p class="mt-1 text-muted">{lead}</p>
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
                    <ProviderButtons next=next_for_providers/>
                    <WithPasskey next=next_field refused=passkey/>
                </div>
                <p class="mt-5 flex flex-wrap justify-center gap-x-6 gap-y-2 px-6 text-sm">
                    <a class="link font-medium" href="/forgot-password">"Forgot your password?"</a>
                    <a class="link font-medium" href="/sign-up">"Create an account"</a>
                </p>
            </div>
        </PublicLayout>
    }
}

/// Where there are passkeys, and scripts.
#[component]
fn WithPasskey(next: String, refused: Option<Refused>) -> impl IntoView {
    services().is_ok_and(|services| services.has_passkeys()).then(|| {
        view! {
            <PasskeyForm
                action=SignInWithPasskey::PATH challenge=AskPasskey::PATH purpose="sign_in" label="Sign in with a passkey"
                button="btn btn-quiet w-full" class="mt-5 border-t border-base-300 pt-5" refused
            >
                <input type="hidden" name="next" value=next/>
            </PasskeyForm>
        }
    })
}
