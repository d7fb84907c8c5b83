//! `/api/invitations/{accept,decline,join}`.

use domain::{accounts::ReturnPath, form::Field};
use leptos::prelude::*;
use secrecy::SecretString;
use services::orgs::Newcomer;

use super::page::PAGE;
use crate::{
    accounts::session,
    error::AppError,
    flash::{Flash, Form, Notice},
    request::{actor, answer, back_to, origin, refuse_form, see_other, services},
};

#[server(name = AcceptInvitation, prefix = "/api", endpoint = "invitations/accept")]
pub async fn accept_invitation(#[server(default)] token: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let slug = answer(services())?.accept_invitation(&actor, &token).await;
    let slug = answer(slug.map_err(AppError::from))?;
    back_to(format!("/o/{slug}"), Flash::Notice(Notice::Joined));
    Ok(())
}

#[server(name = DeclineInvitation, prefix = "/api", endpoint = "invitations/decline")]
pub async fn decline_invitation(#[server(default)] token: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let declined = answer(services())?.decline_invitation(&actor, &token).await;
    answer(declined.map_err(AppError::from))?;
    back_to("/", Flash::Notice(Notice::InvitationDeclined));
    Ok(())
}

/// With a new account.
#[server(name = JoinByInvitation, prefix = "/api", endpoint = "invitations/join")]
pub async fn join_by_invitation(
    #[server(default)] token: String,
    #[server(default)] name: String,
    #[server(default)] password: String,
) -> Result<(), AppError> {
    let newcomer = Newcomer { token, name: name.clone(), password: SecretString::from(password) };
    match answer(services())?.join(newcomer, &answer(origin())?).await {
        Ok(joining) => {
            let home = ReturnPath::parse(&format!("/o/{}", joining.slug));
            see_other(answer(session::begin(joining.entry, home).await)?);
            Ok(())
        }
        Err(error) => refuse_form(Form::Join, PAGE, &[(Field::Name, &name)], error),
    }
}
