//! `/account/email`: change one's address, and where the link to the new one leads.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::{ChangeEmail, ConfirmEmail};
use crate::{
    error::AppError,
    errors::or_error_page,
    flash::{Flash, Form, Refused},
    layouts::account::{AccountLayout, AccountTab, NoticeLine},
    request::{actor, flash, link_token, services},
    ui::{busy_button::BusyButton, password_field::PasswordField, text_field::TextField},
    words,
};

struct View {
    email: String,
    has_password: bool,
    link: Link,
}

enum Link {
    None,
    /// The token, and the address that it leads to.
    Good(String, String),
    NotGood,
}

#[component]
pub fn EmailPage() -> impl IntoView {
    let flash = flash();
    or_error_page(load(link_token()), move |view| view! { <EmailView view flash/> })
}

async fn load(token: Option<String>) -> Result<View, AppError> {
    let (actor, services) = (actor()?, services()?);
    let link = match token {
        None => Link::None,
        Some(token) => match services.new_email(&actor, &token).await? {
            Some(email) => Link::Good(token, email),
            None => Link::NotGood,
        },
    };
    let has_password = services.has_password(&actor).await?;
    Ok(View { email: actor.person().email.clone(), has_password, link })
}

#[component]
fn EmailView(view: View, flash: Option<Flash>) -> impl IntoView {
    let View { email, has_password, link } = view;
    let notice = flash.as_ref().and_then(Flash::notice);
    let refused = flash.and_then(|flash| flash.refused(Form::ChangeEmail));
    let link = match link {
        Link::Good(token, new_email) => view! { <ConfirmForm token new_email/> }.into_any(),
        // It was good a moment ago, and its work is done.
        Link::NotGood if notice.is_none() && refused.is_none() => view! {
            <p class="alert alert-warning alert-soft mb-6" role="status">
                "The link from the mail is no longer good. If your address below is still the old one, ask for the change again."
            </p>
        }
        .into_any(),
        _ => ().into_any(),
    };
    view! {
        <AccountLayout tab=AccountTab::Profile title="Email address" lead="You sign in with it, and we write to it.">
            <NoticeLine notice/>
            {link}
            <ChangeForm email has_password refused/>
        </AccountLayout>
    }
}

#[component]
fn ConfirmForm(token: String, new_email: String) -> impl IntoView {
    view! {
        <form method="post" action=ConfirmEmail::PATH class="panel mb-6 grid max-w-lg gap-4 p-5 sm:p-6">
            <h2 class="text-lg font-semibold">"Confirm your new address"</h2>
            <p class="text-muted">
                "From then on you sign in with " <strong class="font-semibold text-base-content wrap-anywhere">{new_email}</strong>
                ". Other browsers are signed out, and we tell your old address."
            </p>
            <input type="hidden" name="token" value=token/>
            <div>
                <BusyButton label="Use this address".to_owned() busy_label="Changing…".to_owned() testid="confirm-email".to_owned()/>
            </div>
        </form>
    }
}

#[component]
fn ChangeForm(email: String, has_password: bool, refused: Option<Refused>) -> impl IntoView {
    let typed = refused.as_ref().map(|refused| refused.typed(Field::Email)).unwrap_or_default();
    let email_error = words::of_field(refused.as_ref(), Field::Email)
        .or_else(|| if has_password { None } else { words::of_form(refused.as_ref()) });
    let password_error =
        words::of_field(refused.as_ref(), Field::Password).or_else(|| words::of_form(refused.as_ref()));
    let password = has_password.then(|| {
        view! {
            <PasswordField
                name="password".to_owned() label="Your password".to_owned() autocomplete="current-password".to_owned()
                hint=None error=password_error autofocus=false
            />
        }
    });
    view! {
        <form method="post" action=ChangeEmail::PATH class="panel grid max-w-lg gap-5 p-5 sm:p-6" novalidate>
            <p>"Your address is " <strong class="font-semibold wrap-anywhere" data-testid="email-now">{email}</strong> "."</p>
            <TextField
                name="email" label="New address" kind="email" autocomplete="email" inputmode="email"
                value=typed error=email_error hint="We send a link there. Nothing changes until you open it."
            />
            {password}
            <div>
                <BusyButton label="Send the link".to_owned() busy_label="Sending…".to_owned() testid="change-email".to_owned()/>
            </div>
        </form>
    }
}
