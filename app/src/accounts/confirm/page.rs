//! `/account/confirm`.

use domain::{accounts::Provider, form::Field};
use leptos::{prelude::*, server_fn::ServerFn};
use services::accounts::WaysToConfirm;

use super::api::{Confirm, next_or_account};
use crate::{
    accounts::social::buttons::start_path,
    flash::{Flash, Form, Refused},
    layouts::{person::SignOutForm, public::PublicLayout},
    passkeys::{
        api::{AskOwnPasskey, ConfirmByPasskey},
        ceremony::PasskeyForm,
    },
    request::{actor, flash, query_value, services},
    ui::{busy_button::BusyButton, password_field::PasswordField},
    words,
};

#[component]
pub fn ConfirmPage() -> impl IntoView {
    let load = async move { Ok(services()?.ways_to_confirm(&*actor()?).await?) };
    let next = next_or_account(&query_value("next").unwrap_or_default());
    let flash = flash();
    let passkey = flash.clone().and_then(|flash: Flash| flash.refused(Form::Passkey));
    let refused = flash.and_then(|flash| flash.refused(Form::ConfirmItIsYou));
    crate::errors::or_error_page(load, move |ways: WaysToConfirm| {
        view! {
            <PublicLayout title="Confirm that it is you">
                <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                    <div class="panel p-6 sm:p-9">
                        <h1 class="title">"Confirm that it is you"</h1>
                        <p class="mt-1 text-pretty text-muted">
                            "What you want to do next is only for you, and it has been a while since you signed in."
                        </p>
                        {ways.passkey.then(|| view! { <ByPasskey next=next.clone() refused=passkey/> })}
                        {ways.password.then(|| view! { <ByPassword next=next.clone() refused/> })}
                        <ByProvider providers=ways.providers next/>
                    </div>
                    <Otherwise/>
                </div>
            </PublicLayout>
        }
    })
}

#[component]
fn ByPassword(next: String, refused: Option<Refused>) -> impl IntoView {
    let error = words::of_field(refused.as_ref(), Field::Password).or(words::of_form(refused.as_ref()));
    view! {
        <form method="post" action=Confirm::PATH class="mt-6 grid gap-5" novalidate>
            <PasswordField
                name="password".to_owned() label="Password".to_owned() autocomplete="current-password".to_owned()
                hint=None error autofocus=true
            />
            <input type="hidden" name="next" value=next/>
            <BusyButton label="Confirm".to_owned() busy_label="Confirming…".to_owned() testid="confirm".to_owned()/>
        </form>
    }
}

/// Signing in anew, at a provider that is linked.
#[component]
fn ByProvider(providers: Vec<Provider>, next: String) -> impl IntoView {
    let forms = providers
        .into_iter()
        .map(|provider| {
            view! {
                <form method="post" action=start_path(provider)>
                    <input type="hidden" name="next" value=next.clone()/>
                    <button type="submit" class="btn btn-outline w-full" data-testid=format!("confirm-with-{}", provider.as_str())>
                        {format!("Continue with {}", provider.label())}
                    </button>
                </form>
            }
        })
        .collect_view();
    view! { <div class="mt-6 grid gap-3 empty:hidden">{forms}</div> }
}

#[component]
fn ByPasskey(next: String, refused: Option<Refused>) -> impl IntoView {
    view! {
        <PasskeyForm
            action=ConfirmByPasskey::PATH challenge=AskOwnPasskey::PATH purpose="confirm" label="Use a passkey"
            button="btn btn-primary w-full" class="mt-6" refused
        >
            <input type="hidden" name="next" value=next/>
        </PasskeyForm>
    }
}

/// Whoever has none of it here signs in anew: that is a recent proof as well.
#[component]
fn Otherwise() -> impl IntoView {
    view! {
        <div class="mt-5 px-6 text-center text-sm text-pretty text-muted">
            <p class="mb-3">"Can't do that here? Sign out and in again: that confirms it as well."</p>
            <SignOutForm/>
        </div>
    }
}
