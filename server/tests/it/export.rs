//! The export of one's data: whole, one's own, and without secrets.

use std::collections::BTreeSet;

use domain::{Millis, orgs::Role};
use reqwest::StatusCode;
use serde_json::Value;
use testkit::{Browser, World, each_database};

use crate::deletion::tables_with;

async fn export(browser: &Browser) -> Value {
    let page = browser.post("/api/account/export", &[]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.headers["content-type"], "application/json");
    assert_eq!(page.headers["content-disposition"], "attachment; filename=\"portico-account.json\"");
    serde_json::from_str(&page.body).unwrap()
}

#[tokio::test]
async fn the_export_has_what_is_ones_own_and_nothing_of_others() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let ann = world.person("ann@example.test").await;
        world.join(acme, ann, Role::Owner).await;
        let browser = world.signed_in("ann@example.test").await;
        world.signed_in("ann@example.test").await;
        browser.open_portal("acme").await;
        world.signed_in("owner@acme.test").await.open_portal("acme").await;
        let file = export(&browser).await;
        assert_eq!(file["format"], 1);
        assert_eq!(file["profile"]["email"], "ann@example.test");
        assert_eq!(file["profile"]["name"], "ann");
        assert_eq!(file["profile"]["id"], ann.to_string());
        assert_eq!(file["profile"]["has_password"], true);
        assert_eq!(
            file["organizations"],
            serde_json::json!([{"name": "Org acme", "address": "acme", "role": "Owner"}])
        );
        assert_eq!(file["sessions"].as_array().unwrap().len(), 2);
        assert_eq!(file["browsers"].as_array().unwrap().len(), 2);
        let did: BTreeSet<&str> =
            file["audit_log"].as_array().unwrap().iter().map(|entry| entry["what"].as_str().unwrap()).collect();
        assert!(did.is_superset(&BTreeSet::from(["sign_in", "billing_portal.open", "account.export"])), "{did:?}");
        assert_eq!(file["cut_short"], serde_json::json!([]));
        let text = file.to_string();
        for foreign in ["owner@acme.test", "viewer", "argon2", "password_hash", "cus_", "id_hash", "portico_device"] {
            assert!(!text.contains(foreign), "{foreign}");
        }
    })
    .await;
}

/// S02: nothing in it opens anything: every value of a secret column is looked for.
#[tokio::test]
async fn no_secret_is_in_the_export() {
    each_database(|database| async {
        use sea_orm::{ConnectionTrait, Statement};
        let world = World::on(database).await;
        world.team("acme").await;
        let browser = world.browser();
        let signed_in = browser.try_sign_in("owner@acme.test", testkit::PASSWORD).await;
        let text = export(&browser).await.to_string();
        for cookie in signed_in.cookies() {
            assert!(!text.contains(cookie.split(['=', ';']).nth(1).unwrap()));
        }
        let db = world.store().connection();
        for (table, column) in [
            ("sessions", "id_hash"),
            ("known_browsers", "browser_hash"),
            ("users", "password_hash"),
            ("outbox", "payload"),
            ("totp_authenticators", "secret"),
            ("recovery_codes", "code_hash"),
            ("passkeys", "credential"),
            ("account_links", "token_hash"),
        ] {
            let sql = format!("SELECT {column} AS secret FROM {table}");
            for row in db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap() {
                let secret: String = row.try_get("", "secret").unwrap();
                assert!(secret.is_empty() || !text.contains(&secret), "{table}.{column}");
            }
        }
    })
    .await;
}

/// Whoever adds a table of a person's decides here whether it goes into the export.
#[tokio::test]
async fn every_table_that_points_to_a_person_is_accounted_for() {
    each_database(|database| async {
        let world = World::on(database).await;
        let exported = [
            "identities",
            "memberships",
            "sessions",
            "known_browsers",
            "totp_authenticators",
            "passkeys",
            "recovery_codes",
        ];
        // Each with its reason.
        let left_out = [
            ("account_links", "a mail that was sent, by the hash of its link; gone with it"),
            ("impersonations", "what was done as them is in the audit log; forgotten a week after it ended"),
            ("login_flows", "a sign-in under way, gone after minutes"),
            ("passkey_challenges", "opens nothing, and is gone after five minutes"),
            ("staff", "a role at the product itself, which its operators' command writes"),
        ];
        let known: BTreeSet<String> =
            exported.into_iter().chain(left_out.map(|(table, _)| table)).map(str::to_owned).collect();
        assert_eq!(tables_with(&world, "user_id").await, known);
        // What they wrote, in the organisations that they are in.
        assert_eq!(tables_with(&world, "author_id").await, BTreeSet::from(["posts".to_owned()]));
        assert_eq!(tables_with(&world, "actor_id").await, BTreeSet::from(["audit_entries".to_owned()]));
        // Whom they invited is the organisation's: it is in the organisation's own copy.
        assert_eq!(tables_with(&world, "invited_by").await, BTreeSet::from(["invitations".to_owned()]));
    })
    .await;
}

/// L06: a session left open is not enough.
#[tokio::test]
async fn l06_the_export_needs_a_recent_proof() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let browser = world.signed_in("owner@acme.test").await;
        world.clock.advance(Millis::minutes(16));
        let page = browser.post("/api/account/export", &[]).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER);
        assert!(page.location().unwrap().starts_with("/account/confirm?next="), "{:?}", page.location());
        assert!(!page.body.contains("owner@acme.test"));
        assert_eq!(world.browser().post("/api/account/export", &[]).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}
