//! What somebody does with their mail: finds the link in it and opens it.

use reqwest::StatusCode;
use services::mail::Letter;
use testkit::{Browser, World};

fn link_in(letter: &Letter) -> Option<&str> {
    match letter {
        Letter::ConfirmRegistration { link, .. }
        | Letter::ResetPassword { link, .. }
        | Letter::ConfirmEmailChange { link, .. }
        | Letter::Invitation { link, .. } => Some(link),
        _ => None,
    }
}

/// The link of a letter; it must have one.
pub fn link(letter: &Letter) -> &str {
    link_in(letter).unwrap_or_else(|| panic!("{letter:?} has no link"))
}

/// The token in it.
pub fn token(letter: &Letter) -> String {
    let token = link(letter).rsplit(['=', '/']).next().expect("a token").to_owned();
    assert!(token.len() >= 43, "256 bits: {} characters", token.len());
    token
}

/// The newest letter of a kind in the mailbox, when all mail has been sent.
pub async fn newest(world: &World, email: &str, name: &str) -> Letter {
    world.work_off().await;
    let all = world.mail.to(email);
    all.iter().rev().find(|letter| letter.name() == name).cloned().unwrap_or_else(|| panic!("no {name} in {all:?}"))
}

/// The token of the newest link in the mailbox, when all mail has been sent.
pub async fn token_for(world: &World, email: &str) -> String {
    world.work_off().await;
    let all = world.mail.to(email);
    token(all.iter().rev().find(|letter| link_in(letter).is_some()).unwrap_or_else(|| panic!("no link in {all:?}")))
}

/// Opens a link as a browser does; gives the page that it leads to.
pub async fn open(browser: &Browser, link: &str) -> testkit::Page {
    let path = link.find("://").and_then(|at| link[at + 3..].find('/').map(|slash| &link[at + 3 + slash..])).unwrap();
    let step = browser.get(path).await;
    assert_eq!(step.status, StatusCode::SEE_OTHER, "the token leaves the address");
    let page = step.location().unwrap().to_owned();
    assert!(!page.contains("token"), "{page}");
    browser.get(&page).await
}
