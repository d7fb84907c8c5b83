//! `/api/console/send-mail`.

use leptos::prelude::*;

use crate::{
    console::layout::ConsoleTab,
    error::AppError,
    flash::{Flash, Notice},
    request::{actor, answer, back_to, services},
};

#[server(name = SendMail, prefix = "/api", endpoint = "console/send-mail")]
pub async fn send_mail(#[server(default)] mail: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let sent = answer(services())?.send_mail_again(&actor, &mail).await;
    answer(sent.map_err(AppError::from))?;
    back_to(ConsoleTab::Mail.path(), Flash::Notice(Notice::MailSentAgain));
    Ok(())
}
