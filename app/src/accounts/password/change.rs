//! `/account/password`.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{api::ChangePassword, new_field::NewPasswordField};
use crate::{
    error::AppError,
    errors::or_error_page,
    flash::{Flash, Form, Refused},
    layouts::account::{AccountLayout, AccountTab, NoticeLine},
    request::{actor, flash, services},
    ui::{busy_button::BusyButton, password_field::PasswordField, username_field::UsernameField},
    words,
};

struct View {
    email: String,
    has_password: bool,
}

#[component]
pub fn PasswordPage() -> impl IntoView {
    let flash = flash();
    or_error_page(load(), move |view| view! { <PasswordView view flash/> })
}

async fn load() -> Result<View, AppError> {
    let (actor, services) = (actor()?, services()?);
    let has_password = services.has_password(&actor).await?;
    Ok(View { email: actor.person().email.clone(), has_password })
}

#[component]
fn PasswordView(view: View, flash: Option<Flash>) -> impl IntoView {
    let notice = flash.as_ref().and_then(Flash::notice);
    let refused = flash.and_then(|flash| flash.refused(Form::ChangePassword));
    let lead = if view.has_password {
        "Other browsers are signed out when you change it, and we send you a mail."
    } else {
        "You sign in without one so far. With a password you always have a second way in."
    };
    view! {
        <AccountLayout tab=AccountTab::Password title="Password" lead>
            <NoticeLine notice/>
            <ChangeForm view refused/>
        </AccountLayout>
    }
}

#[component]
fn ChangeForm(view: View, refused: Option<Refused>) -> impl IntoView {
    let View { email, has_password } = view;
    let current_error = words::of_field(refused.as_ref(), Field::Password).or_else(|| words::of_form(refused.as_ref()));
    let new_error = words::of_field(refused.as_ref(), Field::NewPassword);
    let current = has_password.then(|| {
        view! {
            <PasswordField
                name="current".to_owned() label="Current password".to_owned() autocomplete="current-password".to_owned()
                hint=None error=current_error autofocus=false
            />
        }
    });
    let forgot = has_password.then(|| {
        view! { <a class="link text-sm" href="/forgot-password">"Forgot your current password?"</a> }
    });
    let label = if has_password { "Change password" } else { "Set password" };
    view! {
        <form method="post" action=ChangePassword::PATH class="panel grid max-w-lg gap-5 p-5 sm:p-6" novalidate>
            <UsernameField email/>
            {current}
            <NewPasswordField label="New password" error=new_error/>
            <div class="flex flex-wrap items-center gap-4">
                <BusyButton label=label.to_owned() busy_label="Saving…".to_owned() testid="change-password".to_owned()/>
                {forgot}
            </div>
        </form>
    }
}
