//! `/sign-in/second-factor`.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};
use services::second_factors::SecondStep;

use super::api::PassSecondFactor;
use crate::{
    accounts::session,
    errors::go_to,
    flash::{Flash, Form, Refused},
    layouts::{person::SignOutForm, public::PublicLayout},
    passkeys::{
        api::{AskPasskey, PassByPasskey},
        ceremony::PasskeyForm,
    },
    request::{flash, services},
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

#[component]
pub fn SecondFactorPage() -> impl IntoView {
    let flash = flash();
    let load = async move {
        match session::half_signed_in().await? {
            Some(half) => Ok(Some(services()?.second_step_of(half.user).await?)),
            None => Ok(None),
        }
    };
    crate::errors::or_error_page(load, move |step| match step {
        Some(step) => view! { <Asked step flash/> }.into_any(),
        // Nobody is half-way in here.
        None => go_to("/sign-in"),
    })
}

#[component]
fn Asked(step: SecondStep, flash: Option<Flash>) -> impl IntoView {
    let code = flash.clone().and_then(|flash| flash.refused(Form::SecondFactor));
    let passkey = flash.clone().and_then(|flash| flash.refused(Form::Passkey));
    let recovery = flash.and_then(|flash| flash.refused(Form::RecoveryCode));
    let lead = match (step.totp, step.passkey) {
        (true, true) => "Use your passkey, or enter the six digits that your authenticator app shows now.",
        (true, false) => "Enter the six digits that your authenticator app shows now.",
        (false, _) => "Use your passkey. It needs JavaScript; without, a recovery code opens your account too.",
    };
    view! {
        <PublicLayout title="Second step">
            <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                <div class="panel p-6 sm:p-9">
                    <h1 class="title">"One more step"</h1>
                    <p class="mt-1 text-pretty text-muted">{lead}</p>
                    {step.passkey.then(|| view! { <ByPasskey refused=passkey/> })}
                    {step.totp.then(|| view! { <CodeForm refused=code/> })}
                    <RecoveryForm refused=recovery/>
                </div>
                <div class="mt-5 flex justify-center"><SignOutForm label="Back to sign-in"/></div>
            </div>
        </PublicLayout>
    }
}

#[component]
fn ByPasskey(refused: Option<Refused>) -> impl IntoView {
    view! {
        <PasskeyForm
            action=PassByPasskey::PATH challenge=AskPasskey::PATH purpose="second_factor" label="Use a passkey"
            button="btn btn-primary w-full" class="mt-6" refused
        />
    }
}

#[component]
fn CodeForm(refused: Option<Refused>) -> impl IntoView {
    let error = words::of_field(refused.as_ref(), Field::Code).or(words::of_form(refused.as_ref()));
    view! {
        <form method="post" action=PassSecondFactor::PATH class="mt-6 grid gap-5" novalidate>
            <TextField
                name="code" label="Code" autocomplete="one-time-code" inputmode="numeric" maxlength=16
                error=error autofocus=true
            />
            <BusyButton label="Sign in".to_owned() busy_label="Signing in…".to_owned() testid="second-factor".to_owned()/>
        </form>
    }
}

/// Behind a summary, so that nobody spends a recovery code without need.
#[component]
fn RecoveryForm(refused: Option<Refused>) -> impl IntoView {
    let error = words::of_field(refused.as_ref(), Field::RecoveryCode).or(words::of_form(refused.as_ref()));
    view! {
        <details class="mt-7 border-t border-base-300 pt-5" open=refused.is_some()>
            <summary class="link cursor-pointer text-sm font-medium">"I don't have my device"</summary>
            <form method="post" action=PassSecondFactor::PATH class="mt-4 grid gap-5" novalidate>
                <TextField
                    name="recovery_code" label="Recovery code" hint="One of those you kept when you set this up. Each is good once."
                    maxlength=64 error=error
                />
                <input type="hidden" name="recovering" value="true"/>
                <BusyButton
                    label="Use recovery code".to_owned() busy_label="Signing in…".to_owned() testid="use-recovery-code".to_owned()
                />
            </form>
        </details>
    }
}
