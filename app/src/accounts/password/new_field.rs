//! The field for a new password, the same wherever one is chosen.

use domain::accounts::PASSWORD_MIN_CHARS;
use leptos::prelude::*;

use crate::ui::{password_field::PasswordField, strength_meter::StrengthMeter};

#[component]
pub fn NewPasswordField(
    label: &'static str,
    #[prop(optional_no_strip)] error: Option<String>,
    #[prop(optional)] autofocus: bool,
) -> impl IntoView {
    let hint = format!(
        "At least {PASSWORD_MIN_CHARS} characters, better 15. A few unrelated words in a row are easy to remember."
    );
    view! {
        <div>
            <PasswordField
                name="password".to_owned() label=label.to_owned() autocomplete="new-password".to_owned()
                hint=Some(hint) error autofocus
            />
            <StrengthMeter field="password".to_owned()/>
        </div>
    }
}
