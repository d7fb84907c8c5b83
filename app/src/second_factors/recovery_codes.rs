//! `/account/two-factor/recovery-codes`: shown once, right after they were made.

use leptos::{prelude::*, server_fn::ServerFn};

use super::api::{PAGE, RenewRecoveryCodes};
use crate::{
    flash::Flash,
    layouts::account::{AccountLayout, AccountTab},
    request::{actor, flash, services},
};

#[component]
pub fn RecoveryCodesPage() -> impl IntoView {
    let sealed = match flash() {
        Some(Flash::RecoveryCodes(sealed)) => Some(sealed),
        _ => None,
    };
    let load = async move {
        match sealed {
            Some(sealed) => Ok(Some(services()?.open_recovery_codes(&*actor()?, &sealed)?)),
            None => Ok(None),
        }
    };
    crate::errors::or_error_page(load, |codes: Option<Vec<String>>| {
        view! {
            <AccountLayout tab=AccountTab::TwoFactor title="Recovery codes" lead="For the day when your device is lost.">
                {match codes {
                    Some(codes) => view! { <Codes codes/> }.into_any(),
                    None => view! { <ShownOnce/> }.into_any(),
                }}
            </AccountLayout>
        }
    })
}

#[component]
fn Codes(codes: Vec<String>) -> impl IntoView {
    let codes =
        codes.into_iter().map(|code| view! { <li><code data-testid="recovery-code">{code}</code></li> }).collect_view();
    view! {
        <p class="alert alert-success alert-soft mb-6" role="status" data-testid="flash">"Two-factor sign-in is on."</p>
        <section class="panel p-5 sm:p-6" aria-labelledby="codes-title">
            <h2 class="text-lg font-semibold" id="codes-title">"Keep these ten codes"</h2>
            <p class="mt-1 max-w-xl text-pretty text-muted">
                "Each opens your account once, in the place of your device. Print them or put them into your password manager: this page shows them only now."
            </p>
            <ul class="mt-5 grid gap-x-8 gap-y-2 xs:grid-cols-2 sm:max-w-md">{codes}</ul>
            <a class="btn btn-primary mt-6" href=PAGE>"I have kept them"</a>
        </section>
    }
}

#[component]
fn ShownOnce() -> impl IntoView {
    view! {
        <section class="panel p-5 sm:p-6">
            <p class="max-w-xl text-pretty">
                "Your codes were shown once and can't be shown again. If you did not keep them, get new ones: the old ones stop working then."
            </p>
            <form method="post" action=RenewRecoveryCodes::PATH class="mt-5 flex flex-wrap gap-3">
                <button class="btn btn-primary" type="submit">"Get new recovery codes"</button>
                <a class="btn btn-quiet" href=PAGE>"Back"</a>
            </form>
        </section>
    }
}
