//! R01: nobody learns from a form whether an address has an account: not by what it answers, not
//! by the page after it, and not by the time it takes.

use services::mail::Letter;
use testkit::{Database, PASSWORD, World, each_database};

use crate::{
    email_change::ask,
    letters::token_for,
    masked::{assert_same_text, masked},
    passwords::forgot,
    registration::{CHOSEN, confirm, form_after, sign_up_as},
    tables::count,
    timing::{alike, assert_alike, sample},
};

/// R01: three people who are there, one who is not: one answer, byte for byte, and one page after it.
#[tokio::test]
async fn r01_signing_up_does_not_tell_whether_there_is_an_account() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.person("owner@acme.test").await;
        let disabled = world.person("gone2@acme.test").await;
        world.store().set_user_active(disabled, false).await.unwrap();
        let mut answers = Vec::new();
        for email in ["fresh@acme.test", "owner@acme.test", "gone2@acme.test"] {
            let browser = world.browser();
            let sent = sign_up_as(&browser, email, CHOSEN).await;
            let page = form_after(&browser, &sent, "/sign-up/check-mail").await;
            let again = browser.post("/api/auth/resend-confirmation", &[]).await;
            let resent = form_after(&browser, &again, "/sign-up/check-mail").await;
            assert!(resent.shows("flash"));
            answers.push([&sent, &page, &again, &resent].map(|reply| masked(reply, &[email])).join("\n\n"));
        }
        for answer in &answers {
            assert_same_text("sign up", answer, &answers[0]);
        }
        world.work_off().await;
        let letters = |email: &str| world.mail.to(email).iter().map(Letter::name).collect::<Vec<_>>();
        assert_eq!(letters("fresh@acme.test"), ["confirm_registration", "confirm_registration"]);
        for known in ["owner@acme.test", "gone2@acme.test"] {
            assert_eq!(letters(known), ["already_registered", "already_registered"], "the mailbox is told");
        }
        assert_eq!(count(&world, "users").await, 2);
        // Whoever signed up as the owner is not the owner.
        assert_eq!(world.browser().try_sign_in("owner@acme.test", CHOSEN).await.location(), Some("/sign-in"));
        world.signed_in("owner@acme.test").await;
    })
    .await;
}

/// What was confirmed elsewhere meanwhile does not show in the browser that signed up either.
#[tokio::test]
async fn r01_the_waiting_page_does_not_tell_that_somebody_confirmed() {
    let world = World::on(Database::sqlite().await).await;
    let waiting = |world: &World| {
        let browser = world.browser();
        async move {
            sign_up_as(&browser, "ann@example.test", "the attackers choice").await;
            browser
        }
    };
    let stranger = waiting(&world).await;
    let before = masked(&stranger.get("/sign-up/check-mail").await, &[]);
    sign_up_as(&world.browser(), "ann@example.test", CHOSEN).await;
    let token = token_for(&world, "ann@example.test").await;
    assert!(confirm(&world.browser(), &token, CHOSEN).await.location().unwrap().starts_with("/o/"));
    assert_same_text("the page", &masked(&stranger.get("/sign-up/check-mail").await, &[]), &before);
    let again = stranger.post("/api/auth/resend-confirmation", &[]).await;
    assert!(form_after(&stranger, &again, "/sign-up/check-mail").await.shows("flash"));
    world.work_off().await;
    assert_eq!(world.mail.last_to("ann@example.test").name(), "already_registered");
}

/// R01: what takes the longest, the hash, is made for both. 1 200 samples of each when proving;
/// 30 otherwise, where the bar is only that neither goes without it.
#[tokio::test]
async fn r01_the_time_of_signing_up_tells_nothing() {
    let world = World::on(Database::sqlite().await).await;
    world.person("known@example.test").await;
    let people = ["known@example.test", "fresh@example.test"];
    let kinds = sample(&world, people, async |email| sign_up_as(&world.browser(), email, CHOSEN).await).await;
    assert_alike("sign_up", &kinds, alike());
}

#[tokio::test]
async fn r01_asking_for_a_reset_does_not_tell_whether_there_is_an_account() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.person("owner@acme.test").await;
        let disabled = world.person("gone2@acme.test").await;
        world.store().set_user_active(disabled, false).await.unwrap();
        let mut answers = Vec::new();
        for email in ["owner@acme.test", "fresh@acme.test", "gone2@acme.test"] {
            let browser = world.browser();
            let asked = forgot(&browser, email).await;
            let page = browser.get("/forgot-password").await;
            assert!(page.shows("flash"));
            answers.push([&asked, &page].map(|reply| masked(reply, &[email])).join("\n\n"));
        }
        for answer in &answers {
            assert_same_text("forgot", answer, &answers[0]);
        }
        world.work_off().await;
        assert_eq!(world.mail.last_to("owner@acme.test").name(), "reset_password");
        for nobody in ["fresh@acme.test", "gone2@acme.test"] {
            assert_eq!(world.mail.last_to(nobody).name(), "no_account_to_reset");
        }
        let browser = world.browser();
        let refused = forgot(&browser, "nobody").await;
        assert_eq!(refused.location(), Some("/forgot-password"));
        let page = browser.get("/forgot-password").await;
        assert!(page.body.contains("name@example.com") && page.body.contains("value=\"nobody\""));
    })
    .await;
}

/// R01: no hash here, so every statement shows.
#[tokio::test]
async fn r01_the_time_of_asking_for_a_reset_tells_nothing() {
    let world = World::on(Database::sqlite().await).await;
    world.person("known@example.test").await;
    let browser = world.browser();
    let people = ["known@example.test", "fresh@example.test"];
    let kinds = sample(&world, people, async |email| forgot(&browser, email).await).await;
    assert_alike("forgot_password", &kinds, alike());
}

#[tokio::test]
async fn r01_an_address_that_somebody_has_gets_the_same_answer() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let mut answers = Vec::new();
        for email in ["viewer@acme.test", "nobody@acme.test"] {
            let browser = world.signed_in("owner@acme.test").await;
            let asked = ask(&browser, email, PASSWORD).await;
            let page = browser.get("/account/email").await;
            answers.push([&asked, &page].map(|reply| masked(reply, &[email])).join("\n\n"));
        }
        assert_same_text("change of address", &answers[0], &answers[1]);
        world.work_off().await;
        assert_eq!(world.mail.last_to("viewer@acme.test").name(), "email_taken");
        assert_eq!(world.mail.last_to("nobody@acme.test").name(), "confirm_email_change");
    })
    .await;
}

#[tokio::test]
async fn r01_the_time_of_asking_for_a_change_tells_nothing() {
    let world = World::on(Database::sqlite().await).await;
    world.person("owner@example.test").await;
    world.person("known@example.test").await;
    let browser = world.signed_in("owner@example.test").await;
    let people = ["known@example.test", "fresh@example.test"];
    let kinds = sample(&world, people, async |email| ask(&browser, email, PASSWORD).await).await;
    assert_alike("change_email", &kinds, alike());
}
