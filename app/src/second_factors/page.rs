//! `/account/two-factor`.

use domain::Timestamp;
use leptos::{prelude::*, server_fn::ServerFn};
use services::second_factors::FactorsView;

use super::api::{BeginTotp, RemoveTotp, RenewRecoveryCodes};
use crate::{
    flash::{Flash, Form, Refused},
    layouts::{
        account::{AccountLayout, AccountTab, NoticeLine},
        moment::Day,
    },
    passkeys::list::Passkeys,
    request::{actor, flash, services},
    ui::busy_button::BusyButton,
    words,
};

#[component]
pub fn TwoFactorPage() -> impl IntoView {
    let load = async move { Ok(services()?.show_second_factors(&*actor()?).await?) };
    let flash = flash();
    let notice = flash.as_ref().and_then(Flash::notice);
    let totp = flash.clone().and_then(|flash| flash.refused(Form::SetUpTotp));
    crate::errors::or_error_page(load, move |factors: FactorsView| {
        let (has_any, passkeys) = (factors.has_any(), services().is_ok_and(|services| services.has_passkeys()));
        let codes = factors.has_any().then_some(factors.recovery_codes_left);
        view! {
            <AccountLayout
                tab=AccountTab::TwoFactor title="Two-factor sign-in"
                lead="A second proof that it is you: a password alone then opens nothing."
            >
                <NoticeLine notice/>
                <RequiredBy names=factors.required_by has_any proved=factors.proved/>
                <div class="grid gap-6">
                    {passkeys.then(|| view! { <Passkeys passkeys=factors.passkeys flash/> })}
                    <Totp since=factors.totp_since refused=totp/>
                    {codes.map(|left| view! { <RecoveryCodes left/> })}
                </div>
            </AccountLayout>
        }
    })
}

/// Who asks for it, while this session has not shown it.
#[component]
fn RequiredBy(names: Vec<String>, has_any: bool, proved: bool) -> impl IntoView {
    let now = if has_any {
        "You have one: sign out and in again, and use it."
    } else {
        "Set one up here, and you are back in."
    };
    (!proved && !names.is_empty()).then(|| {
        view! {
            <p class="alert alert-warning alert-soft mb-6 block" role="status" data-testid="second-factor-required">
                <strong>{names.join(", ")}</strong> " asks for two-factor sign-in. " {now}
            </p>
        }
    })
}

/// On or off, beside a heading.
#[component]
pub fn State(on: bool) -> impl IntoView {
    let (class, text) =
        if on { ("badge badge-soft badge-success font-medium", "On") } else { ("badge badge-soft font-medium", "Off") };
    view! { <span class=class>{text}</span> }
}

#[component]
fn Totp(since: Option<Timestamp>, #[prop(optional_no_strip)] refused: Option<Refused>) -> impl IntoView {
    let error = words::of_form(refused.as_ref());
    view! {
        <section class="panel p-5 sm:p-6" aria-labelledby="totp-title" data-testid="totp">
            <div class="flex flex-wrap items-center gap-3">
                <h2 class="text-lg font-semibold" id="totp-title">"Authenticator app"</h2>
                <State on=since.is_some()/>
            </div>
            {match since {
                Some(since) => view! {
                    <p class="mt-1 max-w-xl text-pretty text-muted">
                        "Since " <Day at=since/> ", signing in asks for the code that your app shows."
                    </p>
                    <form method="post" action=RemoveTotp::PATH class="mt-5">
                        <button class="btn btn-quiet" type="submit">"Remove authenticator app"</button>
                        {error.map(|text| view! { <p class="field-error mt-2" data-testid="form-error">{text}</p> })}
                    </form>
                }
                .into_any(),
                None => view! {
                    <p class="mt-1 max-w-xl text-pretty text-muted">
                        "An app on your phone shows a new code every half minute. Any app that can read a QR code for sign-in works."
                    </p>
                    <form method="post" action=BeginTotp::PATH class="mt-5">
                        <BusyButton label="Set up".to_owned() busy_label="Setting up…".to_owned() testid="begin-totp".to_owned()/>
                    </form>
                }
                .into_any(),
            }}
        </section>
    }
}

#[component]
fn RecoveryCodes(left: u64) -> impl IntoView {
    let text = match left {
        0 => "You have none left. Get new ones now, while you can still sign in.".to_owned(),
        1 => "You have one left. Get new ones soon.".to_owned(),
        left => format!("You have {left} left. Each opens your account once when your device is not at hand."),
    };
    view! {
        <section class="panel p-5 sm:p-6" aria-labelledby="codes-title">
            <h2 class="text-lg font-semibold" id="codes-title">"Recovery codes"</h2>
            <p class="mt-1 max-w-xl text-pretty text-muted" data-testid="recovery-codes-left">{text}</p>
            <form method="post" action=RenewRecoveryCodes::PATH class="mt-5">
                <button class="btn btn-quiet" type="submit">"Get new recovery codes"</button>
            </form>
        </section>
    }
}
