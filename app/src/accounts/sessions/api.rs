//! `/api/account/end-session` and `/api/account/end-other-sessions`.

use leptos::prelude::*;

use crate::{
    accounts::session,
    error::AppError,
    flash::{Flash, Notice},
    layouts::account::AccountTab,
    request::{actor, answer, back_to, services},
};

#[server(name = EndSession, prefix = "/api", endpoint = "account/end-session")]
pub async fn end_session(#[server(default)] session: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let ended = answer(services())?.end_session(&actor, &session).await;
    answer(ended.map_err(AppError::from))?;
    back_to(AccountTab::Sessions.path(), Flash::Notice(Notice::SessionEnded));
    Ok(())
}

#[server(name = EndOtherSessions, prefix = "/api", endpoint = "account/end-other-sessions")]
pub async fn end_other_sessions() -> Result<(), AppError> {
    let actor = answer(actor())?;
    let this = answer(session::id_hash())?.unwrap_or_default();
    let ended = answer(services())?.end_other_sessions(&actor, &this).await;
    answer(ended.map_err(AppError::from))?;
    back_to(AccountTab::Sessions.path(), Flash::Notice(Notice::OtherSessionsEnded));
    Ok(())
}
