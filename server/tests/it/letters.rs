//! What somebody does with their mail: finds the link in it and opens it.

use reqwest::StatusCode;
use services::mail::Letter;
use testkit::{Browser, World};

/// The link of a letter; it must have one.
pub fn link(letter: &Letter) -> &str {
    match letter {
        Letter::ConfirmRegistration { link, .. }
        | Letter::ResetPassword { link, .. }
        | Letter::ConfirmEmailChange { link, .. } => link,
        other => panic!("{other:?} has no link"),
    }
}

/// The token in it.
pub fn token(letter: &Letter) -> String {
    let token = link(letter).split("?token=").nth(1).expect("a token").to_owned();
    assert!(token.len() >= 43, "256 bits: {} characters", token.len());
    token
}

/// The newest token in the mailbox, when all mail has been sent.
pub async fn token_for(world: &World, email: &str) -> String {
    world.work_off().await;
    token(&world.mail.last_to(email))
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
