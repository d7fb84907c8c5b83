//! `/invitations`: where the link of an invitation leads, once its token is out of the address.

use domain::form::Field;
use leptos::{prelude::*, server_fn::ServerFn};
use services::orgs::InvitationView;

use super::api::{AcceptInvitation, DeclineInvitation, JoinByInvitation};
use crate::{
    accounts::{password::new_field::NewPasswordField, sign_in::api::SignOut},
    error::AppError,
    errors::or_error_page,
    flash::{Form, Refused},
    layouts::public::PublicLayout,
    request::{actor, flash, link_token, services},
    ui::{busy_button::BusyButton, text_field::TextField, username_field::UsernameField},
    words,
};

pub const PAGE: &str = "/invitations";

/// Who looks.
enum Visitor {
    /// Signed in with the address that is invited.
    Invited,
    /// Signed in with another one.
    SomebodyElse(String),
    /// Has an account, and is not signed in.
    KnownStranger,
    Newcomer,
}

async fn load(token: Option<String>) -> Result<(String, InvitationView, Visitor), AppError> {
    let token = token.ok_or(AppError::LinkNotGood)?;
    let actor = actor().ok();
    let invitation = services()?.show_invitation(actor.as_deref(), &token).await?;
    let visitor = match actor {
        Some(_) if invitation.is_for_actor => Visitor::Invited,
        Some(actor) => Visitor::SomebodyElse(actor.person().email.clone()),
        None if invitation.has_account => Visitor::KnownStranger,
        None => Visitor::Newcomer,
    };
    Ok((token, invitation, visitor))
}

#[component]
pub fn InvitationPage() -> impl IntoView {
    let refused = flash().and_then(|flash| flash.refused(Form::Join));
    or_error_page(load(link_token()), move |(token, invitation, visitor)| {
        let InvitationView { organization, inviter, email, role, .. } = invitation;
        let what = match visitor {
            Visitor::Invited => view! { <Answer token/> }.into_any(),
            Visitor::SomebodyElse(signed_in) => view! { <SomebodyElse email signed_in/> }.into_any(),
            Visitor::KnownStranger => view! { <SignInFirst email/> }.into_any(),
            Visitor::Newcomer => view! { <Join token email refused/> }.into_any(),
        };
        view! {
            <PublicLayout title="You are invited">
                <div class="mx-auto w-full max-w-md py-8 sm:my-auto sm:py-12">
                    <div class="panel p-6 sm:p-9" data-testid="invitation">
                        <h1 class="title wrap-anywhere">"Join " {organization.name}</h1>
                        <p class="mt-2 text-pretty text-muted wrap-anywhere">
                            {inviter} " invites you as " <span class="font-medium text-base-content">{role.as_str()}</span> ": "
                            {role.summary().to_lowercase()} "."
                        </p>
                        {what}
                    </div>
                </div>
            </PublicLayout>
        }
    })
}

#[component]
fn Answer(token: String) -> impl IntoView {
    view! {
        <div class="mt-6 flex flex-wrap gap-3">
            <form method="post" action=AcceptInvitation::PATH>
                <input type="hidden" name="token" value=token.clone()/>
                <BusyButton label="Accept".to_owned() busy_label="One moment…".to_owned() testid="accept-invitation".to_owned()/>
            </form>
            <form method="post" action=DeclineInvitation::PATH>
                <input type="hidden" name="token" value=token/>
                <button class="btn btn-quiet" type="submit" data-testid="decline-invitation">"No, thanks"</button>
            </form>
        </div>
    }
}

#[component]
fn SomebodyElse(email: String, signed_in: String) -> impl IntoView {
    view! {
        <p class="mt-6 text-pretty wrap-anywhere" data-testid="somebody-else">
            "The invitation is for " <span class="font-medium">{email}</span> ", and you are signed in as "
            <span class="font-medium">{signed_in}</span> ". Sign out, then open the link in the mail again."
        </p>
        <form method="post" action=SignOut::PATH class="mt-5">
            <button class="btn btn-primary" type="submit">"Sign out"</button>
        </form>
    }
}

#[component]
fn SignInFirst(email: String) -> impl IntoView {
    view! {
        <p class="mt-6 text-pretty wrap-anywhere">
            "You have an account with " <span class="font-medium">{email}</span> ". Sign in with it, and come back here to accept."
        </p>
        <a class="btn btn-primary mt-5" href="/sign-in?next=%2Finvitations" data-testid="sign-in-first">"Sign in"</a>
    }
}

#[component]
fn Join(token: String, email: String, refused: Option<Refused>) -> impl IntoView {
    let refused = refused.as_ref();
    let name = refused.map(|refused| refused.typed(Field::Name)).unwrap_or_default();
    let error = words::of_field(refused, Field::NewPassword).or_else(|| words::of_form(refused));
    view! {
        <form method="post" action=JoinByInvitation::PATH class="mt-6 grid gap-5" novalidate>
            <input type="hidden" name="token" value=token/>
            <p class="text-pretty wrap-anywhere">"Choose how you sign in with " <span class="font-medium">{email.clone()}</span> "."</p>
            <UsernameField email/>
            <TextField
                name="name" label="Your name" autocomplete="name" maxlength=80 value=name
                error=words::of_field(refused, Field::Name)
            />
            <NewPasswordField label="Password" error/>
            <BusyButton label="Create account and join".to_owned() busy_label="Creating your account…".to_owned() testid="join".to_owned()/>
        </form>
    }
}
