//! `/account/two-factor/authenticator`: hand the secret to an app, and show that it arrived.

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};
use qrcode::{EcLevel, QrCode, render::svg};
use secrecy::{ExposeSecret, SecretString};
use services::second_factors::TotpSetup;

use super::api::{ConfirmTotp, PAGE};
use crate::{
    errors::go_to,
    flash::{Flash, Form, Refused},
    layouts::account::{AccountLayout, AccountTab},
    request::{actor, flash, services},
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

#[component]
pub fn AuthenticatorPage() -> impl IntoView {
    let load = async move { Ok(services()?.totp_setup(&*actor()?).await?) };
    let refused = flash().and_then(|flash: Flash| flash.refused(Form::SetUpTotp));
    crate::errors::or_error_page(load, move |setup| match setup {
        Some(setup) => view! { <SetUp setup refused/> }.into_any(),
        None => go_to(PAGE),
    })
}

#[component]
fn SetUp(setup: TotpSetup, refused: Option<Refused>) -> impl IntoView {
    let error = words::of_field(refused.as_ref(), Field::Code).or(words::of_form(refused.as_ref()));
    view! {
        <AccountLayout tab=AccountTab::TwoFactor title="Set up an authenticator app" lead="Two steps, and it counts from then on.">
            <section class="panel grid gap-6 p-5 sm:grid-cols-[auto_1fr] sm:p-6">
                {qr_code(&setup.uri)}
                <div class="min-w-0">
                    <h2 class="font-semibold">"1. Scan this with your app"</h2>
                    <p class="mt-1 text-pretty text-muted">"If it can't scan, type this key into it:"</p>
                    <p class="mt-2"><code class="wrap-anywhere" data-testid="totp-key">{in_groups(&setup.secret)}</code></p>
                    <h2 class="mt-6 font-semibold">"2. Enter the code that it shows"</h2>
                    <form method="post" action=ConfirmTotp::PATH class="mt-3 grid max-w-xs gap-5" novalidate>
                        <TextField
                            name="code" label="Code" autocomplete="one-time-code" inputmode="numeric" maxlength=16
                            error=error autofocus=true
                        />
                        <div class="flex flex-wrap gap-3">
                            <BusyButton label="Turn on".to_owned() busy_label="Turning on…".to_owned() testid="confirm-totp".to_owned()/>
                            <a class="btn btn-quiet" href=PAGE>"Not now"</a>
                        </div>
                    </form>
                </div>
            </section>
        </AccountLayout>
    }
}

/// Dark on light in either theme, or cameras don't read it. A picture and not an element: that
/// is how the content security policy lets it be without styles.
fn qr_code(uri: &SecretString) -> Option<impl IntoView + use<>> {
    let code = QrCode::with_error_correction_level(uri.expose_secret(), EcLevel::M).ok()?;
    let drawing = code.render::<svg::Color<'_>>().min_dimensions(208, 208).quiet_zone(true).build();
    let source = format!("data:image/svg+xml;base64,{}", STANDARD.encode(drawing));
    Some(view! {
        <img class="size-52 rounded-box border border-base-300" src=source width="208" height="208" alt="QR code with the key below" data-testid="totp-qr"/>
    })
}

fn in_groups(secret: &SecretString) -> String {
    let letters: Vec<char> = secret.expose_secret().chars().collect();
    letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}
