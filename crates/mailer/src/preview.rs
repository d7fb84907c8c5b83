//! The pages of `/dev/mail`: what was kept, and one mail as its reader sees it.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use store::KeptMail;

use crate::moment;

const STYLE: &str = "
:root { color-scheme: light dark; --ground: #f8f5f1; --sheet: #fefefc; --line: #e3dfd7; --text: #1b2530; --quiet: #4d5761; --link: #025075; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #101820; --sheet: #1c242c; --line: #353e48; --text: #ece9e4; --quiet: #aab2b3; --link: #84c8eb; }
}
body { margin: 0; background: var(--ground); color: var(--text); font: 16px/1.5 Figtree, 'Segoe UI', Roboto, sans-serif; }
main { max-width: 46rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.3; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
a { color: var(--link); }
p, dl { margin: 0 0 1rem; }
.quiet { color: var(--quiet); font-size: .875rem; }
ul { list-style: none; margin: 1.5rem 0 0; padding: 0; border: 1px solid var(--line); border-radius: .875rem; background: var(--sheet); }
li { padding: .875rem 1rem; overflow-wrap: anywhere; }
li + li { border-top: 1px solid var(--line); }
li a { font-weight: 600; }
pre, iframe { box-sizing: border-box; width: 100%; margin: 0; border: 1px solid var(--line); border-radius: .875rem; background: var(--sheet); }
pre { padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; font: .875rem/1.6 ui-monospace, monospace; }
iframe { height: 42rem; }
";

fn page(title: &str, inside: &Markup) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) " · Portico development" }
                link rel="icon" href="/favicon.svg";
                style { (PreEscaped(STYLE)) }
            }
            body { main { (inside) } }
        }
    }
    .into_string()
}

/// Newest first.
pub fn list(mails: &[KeptMail]) -> String {
    page(
        "Mail",
        &html! {
            h1 { "Mail" }
            p class="quiet" { "In development, mail is kept here instead of being sent. " a href="/" { "Back to Portico" } }
            @if mails.is_empty() {
                p data-testid="no-mail" { "No mail yet. What you do in Portico sends some: signing up, for example. Reload this page afterwards." }
            } @else {
                ul data-testid="mail-list" {
                    @for mail in mails {
                        li data-to=(mail.to) {
                            a href={ "/dev/mail/" (mail.id) } { (mail.subject) }
                            br;
                            span class="quiet" { "to " (mail.to) ", " (moment::minute(mail.at)) }
                        }
                    }
                }
            }
        },
    )
}

/// One mail: its text with links to click, and its HTML in a frame that runs nothing.
pub fn one(mail: &KeptMail) -> String {
    page(
        &mail.subject,
        &html! {
            p class="quiet" { a href="/dev/mail" { "All mail" } }
            h1 { (mail.subject) }
            p class="quiet" { "to " span data-testid="mail-to" { (mail.to) } ", " (moment::minute(mail.at)) }
            h2 { "As text" }
            pre data-testid="mail-text" { (linked(&mail.plain)) }
            h2 { "As HTML" }
            // The links in it lead out of the frame, and a click is needed for that.
            iframe title="The mail as HTML" src={ "/dev/mail/" (mail.id) "/html" } sandbox="allow-top-navigation-by-user-activation" {}
        },
    )
}

/// The HTML part for its frame: its links are for the whole window.
pub fn framed(mail: &KeptMail) -> String {
    mail.html.replacen("<head>", "<head><base target=\"_top\">", 1)
}

/// In a text part, an address has a line of its own.
fn linked(text: &str) -> Markup {
    html! {
        @for line in text.lines() {
            @if line.starts_with("http://") || line.starts_with("https://") {
                a data-testid="mail-link" href=(line) { (line) }
            } @else {
                (line)
            }
            "\n"
        }
    }
}
