//! `/api/console/replay-event`.

use leptos::prelude::*;
use services::console::Replayed;

use super::address;
use crate::{
    error::AppError,
    flash::{Flash, Notice},
    request::{actor, answer, back_to, services},
};

#[server(name = ReplayEvent, prefix = "/api", endpoint = "console/replay-event")]
pub async fn replay_event(#[server(default)] event: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let replayed = answer(answer(services())?.replay_event(&actor, &event).await.map_err(AppError::from))?;
    let notice = match replayed {
        Replayed::Waits => Notice::EventReplayed,
        Replayed::Ignored => Notice::EventIgnored,
        Replayed::Quarantined => Notice::EventQuarantined,
    };
    back_to(address::of(&event), Flash::Notice(notice));
    Ok(())
}
