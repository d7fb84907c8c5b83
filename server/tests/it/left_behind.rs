//! R04: what somebody left in an account before its owner came, or came back, opens nothing.

use reqwest::StatusCode;
use testkit::{PASSWORD, World, each_database};

use crate::{
    email_change::{ask, finish},
    letters::token_for,
    passwords::{forgot, is_in, reset},
    registration::{CHOSEN, confirm, sign_up_as},
    tables::{content, count},
};

/// R04: somebody signs up with the victim's address first, and holds on to whatever they got.
#[tokio::test]
async fn r04_who_signs_up_with_anothers_address_gets_nothing_of_it() {
    each_database(|database| async {
        let world = World::on(database).await;
        let attacker = world.browser();
        sign_up_as(&attacker, "victim@example.test", "the attackers choice").await;
        let attackers_token = token_for(&world, "victim@example.test").await;
        // The victim opens the attacker's mail, and has no password for it.
        let victim = world.browser();
        let refused = confirm(&victim, &attackers_token, CHOSEN).await;
        assert_eq!(refused.location(), Some("/verify-email"));
        assert_eq!(count(&world, "users").await, 0, "the attacker's choice did not become the victim's password");

        sign_up_as(&victim, "victim@example.test", CHOSEN).await;
        let token = token_for(&world, "victim@example.test").await;
        assert_eq!(confirm(&victim, &token, CHOSEN).await.location(), Some("/o/example-works"));
        assert_eq!(count(&world, "registrations").await, 0);
        // Neither their password, nor their link, nor their session, nor a new mail opens it.
        let theirs = attacker.try_sign_in("victim@example.test", "the attackers choice").await;
        assert_eq!(theirs.location(), Some("/sign-in"));
        assert_eq!(confirm(&attacker, &attackers_token, "the attackers choice").await.status, StatusCode::GONE);
        assert!(attacker.get("/o/example-works").await.location().unwrap().starts_with("/sign-in"));
        attacker.post("/api/auth/resend-confirmation", &[]).await;
        world.work_off().await;
        assert_eq!(world.mail.last_to("victim@example.test").name(), "already_registered");
        assert_eq!(victim.get("/o/example-works").await.status, StatusCode::OK);
    })
    .await;
}

/// The address got an account by another way while the mail was on its way.
#[tokio::test]
async fn r04_a_link_is_dead_once_the_address_has_an_account() {
    each_database(|database| async {
        let world = World::on(database).await;
        sign_up_as(&world.browser(), "ann@example.test", CHOSEN).await;
        let token = token_for(&world, "ann@example.test").await;
        world.person("ann@example.test").await;
        assert_eq!(confirm(&world.browser(), &token, CHOSEN).await.status, StatusCode::GONE);
        assert_eq!((count(&world, "users").await, count(&world, "organizations").await), (1, 0));
        assert_eq!(count(&world, "audit_entries WHERE action = 'account.create' AND outcome = 'refused'").await, 1);
        world.signed_in("ann@example.test").await;
    })
    .await;
}

/// R04: somebody was in the account; its owner gets it back by a reset.
#[tokio::test]
async fn r04_a_reset_kills_whatever_somebody_else_had_in_the_account() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let other = world.another_node().await;
        let attacker = world.signed_in("owner@acme.test").await;
        let form = [("email", "eve@evil.test"), ("password", PASSWORD)];
        assert_eq!(attacker.post("/api/account/change-email", &form).await.location(), Some("/account/email"));
        let change = token_for(&world, "eve@evil.test").await;
        forgot(&attacker, "owner@acme.test").await;
        let attackers_reset = token_for(&world, "owner@acme.test").await;

        let victim = world.browser();
        forgot(&victim, "owner@acme.test").await;
        let token = token_for(&world, "owner@acme.test").await;
        assert_eq!(reset(&victim, &token, CHOSEN).await.location(), Some("/sign-in"));

        assert!(!is_in(&attacker, &world.node.url).await && !is_in(&attacker, &other.url).await);
        assert_eq!(reset(&attacker, &attackers_reset, "the attackers choice").await.status, StatusCode::GONE);
        assert_eq!(attacker.try_sign_in("owner@acme.test", PASSWORD).await.location(), Some("/sign-in"));
        // Not even signed in as the victim is the change of address good any more.
        victim.try_sign_in("owner@acme.test", CHOSEN).await;
        let late = victim.post("/api/account/confirm-email", &[("token", &change)]).await;
        assert_eq!(late.status, StatusCode::GONE);
        assert_eq!(count(&world, "users WHERE email = 'eve@evil.test'").await, 0);
        assert_eq!(content(&world, "account_links").await, "");
    })
    .await;
}

/// R04: somebody points an account of theirs at the victim's address before the victim comes.
#[tokio::test]
async fn r04_a_pending_change_to_anothers_address_is_worth_nothing() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("evil").await;
        let attacker = world.signed_in("owner@evil.test").await;
        ask(&attacker, "victim@example.test", PASSWORD).await;
        let planted = token_for(&world, "victim@example.test").await;
        let victim = world.browser();
        // The victim opens it, wondering: they are not the one who asked.
        assert_eq!(finish(&victim, &planted).await.status, StatusCode::UNAUTHORIZED);
        sign_up_as(&victim, "victim@example.test", CHOSEN).await;
        let token = token_for(&world, "victim@example.test").await;
        assert_eq!(confirm(&victim, &token, CHOSEN).await.location(), Some("/o/example-works"));
        assert_eq!(finish(&victim, &planted).await.status, StatusCode::GONE);
        assert_eq!(finish(&attacker, &planted).await.status, StatusCode::GONE);
        assert_eq!(count(&world, "users WHERE email = 'owner@evil.test'").await, 1);
        assert_eq!(victim.get("/o/example-works").await.status, StatusCode::OK);
    })
    .await;
}
