//! `/api/console/switch-flag`.

use leptos::prelude::*;

use crate::{
    console::layout::ConsoleTab,
    error::AppError,
    flash::{Flash, Notice},
    request::{actor, answer, back_to, services},
};

/// `to`: `on`; everything else is off.
#[server(name = SwitchFlag, prefix = "/api", endpoint = "console/switch-flag")]
pub async fn switch_flag(#[server(default)] flag: String, #[server(default)] to: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let switched = answer(services())?.switch_flag(&actor, &flag, to == "on").await;
    answer(switched.map_err(AppError::from))?;
    back_to(ConsoleTab::Flags.path(), Flash::Notice(Notice::FlagSwitched));
    Ok(())
}
