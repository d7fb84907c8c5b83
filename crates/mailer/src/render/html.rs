//! The part with a face: Portico's, see `style/main.css`. Mail programs know little of CSS, so
//! it is a table with styles on its elements; a style sheet only adds the dark colours. No
//! picture, no font, no address of anybody else: nothing is loaded, and nobody learns that it was read.
//!
//! maud escapes every value when it is put in; there is no way around in this file.

use maud::{DOCTYPE, Markup, html};

use super::{BY_HAND, FOOTER, good_for, greeting};
use crate::words::{Action, Aside, Sentence, Span, Words};

const FONT: &str = "font-family:Figtree,'Segoe UI',Roboto,Helvetica,Arial,sans-serif;";
const TEXT: &str = "margin:0 0 16px;font-size:16px;line-height:24px;color:#1b2530;overflow-wrap:anywhere;";
const QUIET: &str = "margin:0;font-size:13px;line-height:20px;color:#4d5761;overflow-wrap:anywhere;";
const LINK: &str = "color:#025075;text-decoration:underline;";

/// The colours of `night`.
const DARK: &str = "
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background-color: #101820 !important; }
  .sheet { background-color: #1c242c !important; border-color: #353e48 !important; }
  .text, .name { color: #ece9e4 !important; }
  .quiet { color: #aab2b3 !important; }
  .rule { border-color: #353e48 !important; }
  .link { color: #84c8eb !important; }
  .mark { background-color: #84c8eb !important; color: #061a29 !important; }
  .button { background-color: #84c8eb !important; color: #061a29 !important; }
}
";

pub fn html(words: &Words) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="supported-color-schemes" content="light dark";
                meta name="format-detection" content="telephone=no, date=no, address=no, email=no";
                title { (words.subject) }
                style { (maud::PreEscaped(DARK)) }
            }
            body class="ground" style="margin:0;padding:0;background-color:#f8f5f1;" {
                table class="ground" role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f8f5f1;" {
                    tr { td align="center" style="padding:24px 12px;" { (sheet(words)) } }
                }
            }
        }
    }
    .into_string()
}

fn sheet(words: &Words) -> Markup {
    html! {
        table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:560px;" {
            tr { td align="left" style=(format!("padding:0 8px 16px;{FONT}")) { (brand()) } }
            tr {
                td class="sheet" align="left" style=(format!("padding:28px 24px;background-color:#fefefc;border:1px solid #e3dfd7;border-radius:14px;{FONT}")) {
                    (message(words))
                }
            }
            tr { td align="left" style=(format!("padding:16px 8px 0;{FONT}")) { p class="quiet" style=(QUIET) { (FOOTER) } } }
        }
    }
}

fn brand() -> Markup {
    html! {
        span class="mark" aria-hidden="true" style="display:inline-block;width:28px;height:28px;line-height:28px;border-radius:7px;background-color:#025075;color:#fdfcf9;text-align:center;font-size:18px;font-weight:700;" { "Π" }
        span class="name" style="padding-left:10px;font-size:16px;font-weight:600;color:#1b2530;vertical-align:middle;" { "Portico" }
    }
}

fn message(words: &Words) -> Markup {
    let (hello, name, end) = greeting(words.name.as_deref());
    html! {
        h1 class="text" style="margin:0 0 16px;font-size:24px;line-height:32px;font-weight:600;color:#1b2530;" { (words.title) }
        p class="text" style=(TEXT) { (hello) @if let Some(name) = name { bdi { (name) } } (end) }
        @for sentence in &words.happened { p class="text" style=(TEXT) { (spans(sentence)) } }
        @if !words.facts.is_empty() { (facts(&words.facts)) }
        @if let Some(action) = &words.action { (button(action)) }
        @if let Some(aside) = &words.aside { (other_way(aside)) }
        p class="quiet rule" style=(format!("{QUIET}padding-top:16px;border-top:1px solid #e3dfd7;")) { (words.otherwise) }
    }
}

fn spans(sentence: &Sentence) -> Markup {
    html! {
        @for span in sentence {
            @match span {
                Span::Ours(words) => { (words) }
                Span::Theirs(text) => { bdi style="font-weight:600;" { (text) } }
            }
        }
    }
}

fn facts(facts: &[(&'static str, String)]) -> Markup {
    html! {
        table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 16px;" {
            @for (label, value) in facts {
                tr {
                    td class="quiet" valign="top" style="padding:2px 16px 2px 0;font-size:14px;line-height:20px;color:#4d5761;white-space:nowrap;" { (label) }
                    td class="text" valign="top" style="padding:2px 0;font-size:14px;line-height:20px;color:#1b2530;overflow-wrap:anywhere;" { bdi { (value) } }
                }
            }
        }
    }
}

fn button(action: &Action) -> Markup {
    html! {
        p style="margin:24px 0;" {
            a class="button" href=(action.link) style="display:inline-block;padding:12px 22px;border-radius:8px;background-color:#025075;color:#fdfcf9;font-size:16px;line-height:24px;font-weight:600;text-decoration:none;" { (action.label) }
        }
        @if let Some(time) = action.good_for { p class="text" style=(TEXT) { (good_for(time)) } }
        p class="quiet" style=(format!("{QUIET}padding-bottom:16px;")) {
            (BY_HAND) br;
            a class="link" href=(action.link) style=(format!("{LINK}word-break:break-all;")) { (action.link) }
        }
    }
}

fn other_way(aside: &Aside) -> Markup {
    html! {
        p class="text" style=(TEXT) { (aside.why) " " a class="link" href=(aside.link) style=(LINK) { (aside.label) } }
    }
}
