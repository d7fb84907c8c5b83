//! One text, two parts.

mod html;
mod plain;

pub use html::html;
pub use plain::plain;

/// Below every mail.
const FOOTER: &str =
    "You get this mail because this address was given to Portico. It was sent automatically; nobody reads replies.";
/// Before the address of the action, for whom the button does nothing.
const BY_HAND: &str = "If the button does nothing, copy this address into your browser:";

fn greeting(name: Option<&str>) -> (&'static str, Option<&str>, &'static str) {
    match name {
        Some(name) => ("Hello ", Some(name), ","),
        None => ("Hello,", None, ""),
    }
}

fn good_for(time: &str) -> String {
    format!("The link is good for {time}, once.")
}
