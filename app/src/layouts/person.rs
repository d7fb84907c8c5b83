//! Who is signed in, and the way out.

use domain::accounts::Person;
use leptos::{prelude::*, server_fn::ServerFn};
use maud::{Markup, html};

use crate::{accounts::sign_in::api::SignOut, ui::raw::Raw};

/// The first letters of a name's first two words. They stand beside the name, never alone for a reader.
pub fn initials(name: &str, class: &'static str) -> impl IntoView + use<> {
    view! { <Raw markup=circle(&letters(name), class)/> }
}

fn circle(letters: &str, class: &'static str) -> Markup {
    html! { span class={ "initials " (class) } aria-hidden="true" { (letters) } }
}

fn letters(name: &str) -> String {
    name.split_whitespace().filter_map(|word| word.chars().next()).take(2).flat_map(char::to_uppercase).collect()
}

#[component]
pub fn SignOutForm(
    #[prop(default = "btn btn-sm btn-quiet")] class: &'static str,
    #[prop(default = "Sign out")] label: &'static str,
) -> impl IntoView {
    view! { <Raw markup=sign_out(class, label)/> }
}

fn sign_out(class: &'static str, label: &'static str) -> Markup {
    html! {
        form method="post" action=(SignOut::PATH) {
            button class=(class) type="submit" { (label) }
        }
    }
}

/// A menu without script: `<details>` opens it, its form leaves it. Menus share a name: one is open at a time.
pub fn person_menu(person: &Person) -> Markup {
    let letters = letters(&person.name);
    html! {
        details class="dropdown dropdown-end" name="menu" {
            // What is seen is part of what it is called: "click OO" works for people who speak to their computer.
            summary class="flex cursor-pointer rounded-full" data-testid="person-menu" aria-label={ "Account menu, " (letters) } {
                (circle(&letters, "size-9"))
            }
            div class="dropdown-content menu-sheet" {
                div class="px-3 pt-2 pb-3 text-sm" {
                    p class="font-medium" { (person.name) }
                    p class="text-muted wrap-anywhere" { (person.email) }
                }
                div class="border-t border-base-300 pt-2" {
                    a class="menu-item flex items-center" href="/account" { "Your account" }
                    (sign_out("menu-item w-full cursor-pointer text-left", "Sign out"))
                }
            }
        }
    }
}
