//! Markup that was written by maud, inside a view.
//!
//! What stands on every page of an organization is written so: it escapes like a view does, and
//! costs one string where a view makes an object of every element and attribute, two thirds of
//! all there are on such a page (docs/adr/0013-what-a-page-costs.md).

use leptos::{prelude::*, tachys::html::InertElement};
use maud::Markup;

#[component]
pub fn Raw(markup: Markup) -> impl IntoView {
    InertElement::new(markup.into_string())
}
