//! A form whose sending asks the browser for a passkey. Hidden until `public/passkey.js` knows
//! that it can work: without script it is not there.

use domain::form::Field;
use leptos::prelude::*;

use crate::{flash::Refused, words};

/// `children` are the fields above the button.
#[component]
pub fn PasskeyForm(
    action: &'static str,
    /// Where the script gets its challenge, and for what.
    challenge: &'static str,
    purpose: &'static str,
    label: &'static str,
    #[prop(default = "btn btn-quiet")] button: &'static str,
    #[prop(default = "mt-5")] class: &'static str,
    #[prop(optional_no_strip)] refused: Option<Refused>,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    let error = words::of_field(refused.as_ref(), Field::Passkey).or(words::of_form(refused.as_ref()));
    view! {
        <form method="post" action=action class=class data-passkey=challenge data-purpose=purpose hidden>
            {children.map(|children| children())}
            <input type="hidden" name="credential" value=""/>
            <button class=button type="submit" data-testid=format!("passkey-{purpose}")>{label}</button>
            {error.map(|text| view! { <p class="field-error" data-testid="form-error">{text}</p> })}
            <p class="field-error" role="alert" data-problem="" hidden>
                "No passkey was used. Try again, or take another way."
            </p>
        </form>
        <script type="module" src="/passkey.js"></script>
    }
}
