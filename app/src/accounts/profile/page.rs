//! `/account`.

use domain::{accounts::PersonName, form::Field};
use leptos::{prelude::*, server_fn::ServerFn};
use services::accounts::AccountView;

use super::api::ChangeProfile;
use crate::{
    error::AppError,
    flash::{Flash, Form},
    layouts::account::{AccountLayout, AccountTab, NoticeLine},
    request::{actor, flash, services},
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

async fn load() -> Result<AccountView, AppError> {
    Ok(services()?.show_account(&*actor()?).await?)
}

#[component]
pub fn ProfilePage() -> impl IntoView {
    let flash = flash();
    let notice = flash.as_ref().and_then(Flash::notice);
    let refused = flash.and_then(|flash| flash.refused(Form::Profile));
    crate::errors::or_error_page(load(), move |account: AccountView| {
        let name = refused.as_ref().map_or_else(|| account.person.name.clone(), |refused| refused.typed(Field::Name));
        let error = words::of_field(refused.as_ref(), Field::Name);
        view! {
            <AccountLayout tab=AccountTab::Profile title="Profile" lead="Who you are to the people you work with.">
                <NoticeLine notice/>
                <form method="post" action=ChangeProfile::PATH class="panel grid max-w-xl gap-5 p-5 sm:p-6" novalidate>
                    <TextField
                        name="name" label="Your name" value=name error=error autocomplete="name"
                        maxlength=PersonName::MAX_CHARS hint="Members of your organizations see it."
                    />
                    <div><BusyButton label="Save".to_owned() busy_label="Saving…".to_owned() testid="save-profile".to_owned()/></div>
                </form>
                <Overview account/>
            </AccountLayout>
        }
    })
}

/// What there is, and where each part is changed.
#[component]
fn Overview(account: AccountView) -> impl IntoView {
    let sessions = match account.sessions {
        ..=1 => "In this browser only".to_owned(),
        many => format!("In {many} browsers"),
    };
    let (sign_in, second) = (ways_in(&account), second_factors(&account));
    let organizations = account
        .memberships
        .into_iter()
        .map(|membership| {
            let organization = membership.organization;
            view! {
                <li>
                    <a class="link" href=format!("/o/{}", organization.slug)>{organization.name}</a>
                    <span class="font-normal text-muted">", " {membership.role.as_str()}</span>
                </li>
            }
        })
        .collect::<Vec<_>>();
    let organizations = if organizations.is_empty() {
        view! { <span class="font-normal text-muted">"None yet"</span> }.into_any()
    } else {
        view! { <ul class="grid gap-1">{organizations}</ul> }.into_any()
    };
    view! {
        <dl class="panel mt-6 max-w-xl divide-y divide-base-300" data-testid="account-overview">
            <Row term="Email" href="/account/email" link="Change" what="email">{account.person.email}</Row>
            <Row term="Sign-in methods" href=AccountTab::SignInMethods.path() link="Review" what="sign-in methods">{sign_in}</Row>
            <Row term="Two-factor" href=AccountTab::TwoFactor.path() link="Review" what="two-factor sign-in">{second}</Row>
            <Row term="Signed in" href=AccountTab::Sessions.path() link="Review" what="sessions">{sessions}</Row>
            <Row term="Organizations">{organizations}</Row>
        </dl>
    }
}

fn ways_in(account: &AccountView) -> String {
    let password = account.has_password.then_some("Password");
    let ways: Vec<&str> =
        password.into_iter().chain(account.providers.iter().map(|provider| provider.label())).collect();
    if ways.is_empty() { "Passkey".to_owned() } else { ways.join(", ") }
}

fn second_factors(account: &AccountView) -> String {
    let app = account.has_authenticator.then(|| "Authenticator app".to_owned());
    let passkeys = match account.passkeys {
        0 => None,
        1 => Some("1 passkey".to_owned()),
        many => Some(format!("{many} passkeys")),
    };
    let all: Vec<String> = app.into_iter().chain(passkeys).collect();
    if all.is_empty() { "Off".to_owned() } else { all.join(", ") }
}

#[component]
fn Row(
    term: &'static str,
    /// Where it is changed, if that is on another page.
    #[prop(optional)]
    href: &'static str,
    #[prop(optional)] link: &'static str,
    /// What the link is about, for those who hear it alone.
    #[prop(optional)]
    what: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <div class="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1 px-5 py-4 sm:grid-cols-[9rem_1fr_auto] sm:px-6">
            <dt class="text-muted max-sm:col-span-2">{term}</dt>
            <dd class="font-medium wrap-anywhere">{children()}</dd>
            {(!href.is_empty()).then(|| view! {
                <dd><a class="link text-sm" href=href>{link} <span class="sr-only">" " {what}</span></a></dd>
            })}
        </div>
    }
}
