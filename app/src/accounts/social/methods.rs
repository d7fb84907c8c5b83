//! `/account/sign-in-methods`: what opens one's account.

use domain::accounts::{Provider, WaysIn};
use leptos::{prelude::*, server_fn::ServerFn};
use services::accounts::social::{Identity, SignInMethods};

use super::{
    api::UnlinkIdentity,
    buttons::{configured, start_path},
};
use crate::{
    error::AppError,
    errors::or_error_page,
    flash::{Flash, Form},
    layouts::{
        account::{AccountLayout, AccountTab, NoticeLine},
        moment::Day,
    },
    request::{actor, flash, services},
    words,
};

pub const PAGE: &str = "/account/sign-in-methods";

#[component]
pub fn SignInMethodsPage() -> impl IntoView {
    let flash = flash();
    let notice = flash.as_ref().and_then(Flash::notice);
    let problem = words::of_form(flash.and_then(|flash| flash.refused(Form::SignInMethods)).as_ref());
    or_error_page(load(), move |SignInMethods { ways, identities }| {
        let linked: Vec<Provider> = identities.iter().map(|identity| identity.provider).collect();
        let rows = identities.into_iter().map(|identity| view! { <Linked identity ways/> }).collect_view();
        let linkable = configured()
            .into_iter()
            .map(|provider| {
                let again = linked.contains(&provider);
                view! { <Linkable provider again/> }
            })
            .collect_view();
        view! {
            <AccountLayout
                tab=AccountTab::SignInMethods title="Sign-in methods"
                lead="What opens your account. Keep two, in case you lose one."
            >
                <NoticeLine notice/>
                {problem.map(|text| view! {
                    <p class="alert alert-error alert-soft mb-6" role="alert" data-testid="form-error">{text}</p>
                })}
                <ul class="panel divide-y divide-base-300">
                    <PasswordRow there=ways.password/>
                    <PasskeysRow count=ways.passkeys/>
                    {rows}
                    {linkable}
                </ul>
            </AccountLayout>
        }
    })
}

async fn load() -> Result<SignInMethods, AppError> {
    let actor = actor()?;
    Ok(services()?.list_sign_in_methods(&actor).await?)
}

#[component]
fn PasswordRow(there: bool) -> impl IntoView {
    let (text, link) = if there { ("Set", "Change password") } else { ("Not set", "Set a password") };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 py-4 sm:px-6" data-testid="method-password">
            <div><p class="font-medium">"Password"</p><p class="text-sm text-muted">{text}</p></div>
            <a class="btn btn-sm btn-quiet" href="/account/password">{link}</a>
        </li>
    }
}

/// They have a page of their own.
#[component]
fn PasskeysRow(count: u64) -> impl IntoView {
    (count > 0).then(|| {
        let text = if count == 1 { "1 passkey".to_owned() } else { format!("{count} passkeys") };
        view! {
            <li class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 py-4 sm:px-6" data-testid="method-passkeys">
                <div><p class="font-medium">"Passkeys"</p><p class="text-sm text-muted">{text}</p></div>
                <a class="btn btn-sm btn-quiet" href="/account/two-factor">"Manage passkeys"</a>
            </li>
        }
    })
}

#[component]
fn Linked(identity: Identity, ways: WaysIn) -> impl IntoView {
    let provider = identity.provider;
    let email = identity.email.map(|email| view! { <span class="wrap-anywhere">{email}", "</span> });
    let removable = ways.can_lose_one();
    view! {
        <li class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 py-4 sm:px-6" data-testid=format!("method-{}", provider.as_str())>
            <div class="min-w-0">
                <p class="font-medium">{provider.label()}</p>
                <p class="text-sm text-muted">{email}"linked since " <Day at=identity.since/></p>
            </div>
            {if removable {
                view! {
                    <form method="post" action=UnlinkIdentity::PATH>
                        <input type="hidden" name="identity" value=identity.id.to_string()/>
                        <button type="submit" class="btn btn-sm btn-quiet" data-testid=format!("unlink-{}", provider.as_str())>
                            "Remove" <span class="sr-only">{format!(" {}", provider.label())}</span>
                        </button>
                    </form>
                }.into_any()
            } else {
                view! { <p class="text-sm text-muted">"Your only way in"</p> }.into_any()
            }}
        </li>
    }
}

#[component]
fn Linkable(
    provider: Provider,
    /// One of them is linked already.
    again: bool,
) -> impl IntoView {
    let label = provider.label();
    let (title, text) = if again {
        (format!("Another {label} account"), "You can link more than one.")
    } else {
        (label.to_owned(), "Not linked")
    };
    view! {
        <li class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 px-5 py-4 sm:px-6">
            <div>
                <p class="font-medium">{title}</p>
                <p class="text-sm text-muted">{text}</p>
            </div>
            <form method="post" action=start_path(provider)>
                <input type="hidden" name="link" value="1"/>
                <button type="submit" class="btn btn-sm btn-quiet" data-testid=format!("link-{}", provider.as_str())>
                    {format!("Link {label}")}
                </button>
            </form>
        </li>
    }
}
