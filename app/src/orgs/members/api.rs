//! `/api/orgs/{change-role,remove-member,leave,transfer-ownership,invite,revoke-invitation,resend-invitation}`.

use domain::form::Field;
use leptos::prelude::*;

use crate::{
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, refuse_form, services},
};

fn page(org: &str) -> String {
    format!("/o/{org}/settings/members")
}

/// Back to the members, with good news or the form as it was sent.
fn reply(
    org: &str,
    done: Result<(), services::ServiceError>,
    notice: Notice,
    (form, typed): (Form, &[(Field, &str)]),
) -> Result<(), AppError> {
    match done {
        Ok(()) => {
            back_to(page(org), Flash::Notice(notice));
            Ok(())
        }
        Err(error) => refuse_form(form, page(org), typed, error),
    }
}

#[server(name = ChangeRole, prefix = "/api", endpoint = "orgs/change-role")]
pub async fn change_role(
    #[server(default)] org: String,
    #[server(default)] user: String,
    #[server(default)] role: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let done = answer(services())?.change_role(&actor, &org, &user, &role).await;
    reply(&org, done, Notice::RoleChanged, (Form::Members, &[(Field::Member, &user)]))
}

#[server(name = RemoveMember, prefix = "/api", endpoint = "orgs/remove-member")]
pub async fn remove_member(#[server(default)] org: String, #[server(default)] user: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let done = answer(services())?.remove_member(&actor, &org, &user).await;
    reply(&org, done, Notice::MemberRemoved, (Form::Members, &[(Field::Member, &user)]))
}

#[server(name = LeaveOrganization, prefix = "/api", endpoint = "orgs/leave")]
pub async fn leave_organization(#[server(default)] org: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    match answer(services())?.leave_organization(&actor, &org).await {
        Ok(()) => {
            back_to("/", Flash::Notice(Notice::OrganizationLeft));
            Ok(())
        }
        Err(error) => {
            let you = actor.person().id.to_string();
            refuse_form(Form::Members, page(&org), &[(Field::Member, &you)], error)
        }
    }
}

#[server(name = TransferOwnership, prefix = "/api", endpoint = "orgs/transfer-ownership")]
pub async fn transfer_ownership(
    #[server(default)] org: String,
    #[server(default)] user: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let done = answer(services())?.transfer_ownership(&actor, &org, &user).await;
    reply(&org, done, Notice::OwnershipTransferred, (Form::Members, &[(Field::Member, &user)]))
}

#[server(name = Invite, prefix = "/api", endpoint = "orgs/invite")]
pub async fn invite(
    #[server(default)] org: String,
    #[server(default)] email: String,
    #[server(default)] role: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let done = answer(services())?.invite(&actor, &org, &email, &role).await;
    reply(&org, done, Notice::Invited, (Form::Invite, &[(Field::Email, &email), (Field::Role, &role)]))
}

#[server(name = RevokeInvitation, prefix = "/api", endpoint = "orgs/revoke-invitation")]
pub async fn revoke_invitation(
    #[server(default)] org: String,
    #[server(default)] invitation: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let done = answer(services())?.revoke_invitation(&actor, &org, &invitation).await;
    reply(&org, done, Notice::InvitationRevoked, (Form::Invite, &[]))
}

#[server(name = ResendInvitation, prefix = "/api", endpoint = "orgs/resend-invitation")]
pub async fn resend_invitation(
    #[server(default)] org: String,
    #[server(default)] invitation: String,
) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let done = answer(services())?.resend_invitation(&actor, &org, &invitation).await;
    reply(&org, done, Notice::InvitationResent, (Form::Invite, &[]))
}
