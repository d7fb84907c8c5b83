//! Somebody's passkeys, on `/account/two-factor`.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};
use services::second_factors::PasskeyRow;

use super::{
    api::{AddPasskey, AskOwnPasskey, RemovePasskey, RenamePasskey},
    ceremony::PasskeyForm,
};
use crate::{
    flash::{Flash, Form},
    layouts::moment::Day,
    second_factors::page::State,
    ui::text_field::TextField,
    words,
};

#[component]
pub fn Passkeys(passkeys: Vec<PasskeyRow>, flash: Option<Flash>) -> impl IntoView {
    let on = !passkeys.is_empty();
    let refused = flash.clone().and_then(|flash| flash.refused(Form::Passkey));
    let renaming = flash.and_then(|flash| flash.refused(Form::RenamePasskey));
    // Above the form and not in it: without script the form is not there.
    let error = words::of_field(renaming.as_ref(), Field::PasskeyName)
        .or(words::of_field(refused.as_ref(), Field::Passkey))
        .or(words::of_form(refused.as_ref()));
    let rows = passkeys.into_iter().map(|passkey| view! { <Row passkey/> }).collect_view();
    view! {
        <section class="panel p-5 sm:p-6" aria-labelledby="passkeys-title" data-testid="passkeys">
            <div class="flex flex-wrap items-center gap-3">
                <h2 class="text-lg font-semibold" id="passkeys-title">"Passkeys"</h2>
                <State on/>
            </div>
            <p class="mt-1 max-w-xl text-pretty text-muted">
                "Your phone, computer or security key signs you in with your finger, face or PIN. Nothing to type, and nothing that somebody could copy."
            </p>
            {error.map(|text| view! { <p class="field-error" data-testid="form-error">{text}</p> })}
            {on.then(|| view! { <ul class="mt-5 divide-y divide-base-300 border-y border-base-300">{rows}</ul> })}
            <PasskeyForm
                action=AddPasskey::PATH challenge=AskOwnPasskey::PATH purpose="add" label="Add a passkey"
                class="mt-5 grid max-w-xs justify-items-start gap-4"
            >
                <div class="w-full">
                    <TextField name="name" label="What to call it" hint="For example: my phone" maxlength=40 required=false/>
                </div>
            </PasskeyForm>
            <p class="mt-4 text-sm text-muted" data-without-passkeys="">
                "Adding a passkey needs JavaScript, and a browser that knows passkeys."
            </p>
        </section>
    }
}

#[component]
fn Row(passkey: PasskeyRow) -> impl IntoView {
    let id = passkey.id.to_string();
    let field = format!("name-{id}");
    view! {
        <li class="py-4" data-testid="passkey-row">
            <div class="flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1">
                <p class="font-medium wrap-anywhere" data-testid="passkey-name">{passkey.name.clone()}</p>
                <p class="text-sm text-muted">
                    "Added " <Day at=passkey.created_at/>
                    {passkey.last_used_at.map(|at| view! { ", last used " <Day at/> })}
                </p>
            </div>
            <div class="mt-3 flex flex-wrap items-end gap-3">
                <form method="post" action=RenamePasskey::PATH class="flex flex-wrap items-end gap-3">
                    <input type="hidden" name="passkey" value=id.clone()/>
                    <div>
                        <label class="field-label mb-1.5" for=field.clone()>"Name"</label>
                        <input class="input w-52" id=field name="name" value=passkey.name maxlength="40" required autocomplete="off"/>
                    </div>
                    <button class="btn btn-quiet" type="submit">"Rename"</button>
                </form>
                <form method="post" action=RemovePasskey::PATH>
                    <input type="hidden" name="passkey" value=id/>
                    <button class="btn btn-quiet" type="submit">"Remove"</button>
                </form>
            </div>
        </li>
    }
}
