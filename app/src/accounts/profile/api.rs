//! `/api/account/change-profile`.

use domain::form::Field;
use leptos::prelude::*;

use crate::{
    error::AppError,
    flash::{Flash, Form, Notice},
    layouts::account::AccountTab,
    request::{actor, answer, back_to, refuse_form, services},
};

#[server(name = ChangeProfile, prefix = "/api", endpoint = "account/change-profile")]
pub async fn change_profile(#[server(default)] name: String) -> Result<(), AppError> {
    let actor = answer(actor())?;
    let page = AccountTab::Profile.path();
    match answer(services())?.change_profile(&actor, &name).await {
        Ok(()) => {
            back_to(page, Flash::Notice(Notice::ProfileSaved));
            Ok(())
        }
        Err(error) => refuse_form(Form::Profile, page, &[(Field::Name, &name)], error),
    }
}
