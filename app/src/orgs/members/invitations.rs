//! Inviting somebody, and who is invited.

use domain::{form::Field, orgs::Role};
use leptos::{prelude::*, server_fn::ServerFn};
use services::orgs::Invitation;

use super::{
    api::{Invite, ResendInvitation, RevokeInvitation},
    row::options,
};
use crate::{
    flash::Refused,
    layouts::moment::Day,
    ui::{busy_button::BusyButton, text_field::TextField},
    words,
};

#[component]
pub fn InviteForm(grantable: Vec<Role>, slug: String, refused: Option<Refused>) -> impl IntoView {
    let refused = refused.as_ref();
    let email = refused.map(|refused| refused.typed(Field::Email)).unwrap_or_default();
    let chosen = refused.and_then(|refused| refused.typed(Field::Role).parse().ok()).unwrap_or(Role::Viewer);
    let error = words::of_field(refused, Field::Email)
        .or_else(|| words::of_field(refused, Field::Role))
        .or_else(|| words::of_form(refused));
    view! {
        <section class="panel mb-6 p-5 sm:p-6" aria-labelledby="invite-title">
            <h2 class="text-lg font-semibold" id="invite-title">"Invite somebody"</h2>
            <form method="post" action=Invite::PATH class="mt-4 grid items-start gap-4 sm:grid-cols-[1fr_10rem]" novalidate>
                <input type="hidden" name="org" value=slug/>
                <TextField
                    name="email" label="Email" kind="email" inputmode="email" value=email error=error
                    hint="They get a mail with a link that is good for seven days."
                />
                <div>
                    <label class="field-label mb-1.5" for="invite-role">"Role"</label>
                    <select class="select w-full" id="invite-role" name="role">{options(&grantable, chosen)}</select>
                </div>
                <div><BusyButton label="Send the invitation".to_owned() busy_label="Sending…".to_owned() testid="invite".to_owned()/></div>
            </form>
        </section>
    }
}

#[component]
pub fn OpenInvitations(invitations: Vec<Invitation>, slug: String) -> impl IntoView {
    let rows = invitations
        .into_iter()
        .map(|invitation| {
            let (id, slug) = (invitation.id.to_string(), slug.clone());
            let (resend, revoke) =
                (format!("Send again to {}", invitation.email), format!("Take back from {}", invitation.email));
            view! {
                <li class="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 px-5 py-4 sm:px-6" data-testid="invitation-row">
                    <div class="min-w-0">
                        <p class="font-medium wrap-anywhere">{invitation.email}</p>
                        <p class="text-sm text-muted">{invitation.role.as_str()} ", until " <Day at=invitation.expires_at/></p>
                    </div>
                    <div class="flex flex-wrap gap-2">
                        <form method="post" action=ResendInvitation::PATH>
                            <input type="hidden" name="org" value=slug.clone()/>
                            <input type="hidden" name="invitation" value=id.clone()/>
                            <button class="btn btn-sm btn-quiet" type="submit" aria-label=resend data-testid="resend-invitation">"Send again"</button>
                        </form>
                        <form method="post" action=RevokeInvitation::PATH>
                            <input type="hidden" name="org" value=slug/>
                            <input type="hidden" name="invitation" value=id/>
                            <button class="btn btn-sm btn-quiet" type="submit" aria-label=revoke data-testid="revoke-invitation">"Take back"</button>
                        </form>
                    </div>
                </li>
            }
        })
        .collect::<Vec<_>>();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="mb-6" aria-labelledby="invited-title">
                <h2 class="mb-2 font-semibold" id="invited-title">"Invited"</h2>
                <ul class="panel divide-y divide-base-300">{rows}</ul>
            </section>
        }
    })
}
