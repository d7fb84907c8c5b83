//! P-01, P-09: the regression that matters: the settings pages show the action to
//! owners only. All roles, all four pages.

use domain::orgs::Role;
use reqwest::StatusCode;
use testkit::{World, each_database};

const PAGES: [&str; 4] = ["", "/members", "/billing", "/audit"];

#[tokio::test]
async fn p01_the_action_is_shown_to_the_owner_only() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        world.signed_in("owner@acme.test").await.open_portal("acme").await;
        for role in Role::ALL {
            let browser = world.signed_in(&format!("{}@acme.test", role.as_str().to_lowercase())).await;
            for path in PAGES {
                let page = browser.get(&format!("/o/acme/settings{path}")).await;
                let shown = page.shows("billing-portal-action") || page.body.contains("open-portal");
                assert_eq!(shown, role == Role::Owner && path == "/billing", "{role} {path:?}");
                let readable = path != "/audit" || role >= Role::Admin;
                let want = if readable { StatusCode::OK } else { StatusCode::FORBIDDEN };
                assert_eq!(page.status, want, "{role} {path:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn p02_without_a_customer_the_owner_is_offered_to_set_up_billing() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        for role in Role::ALL {
            let browser = world.signed_in(&format!("{}@acme.test", role.as_str().to_lowercase())).await;
            let page = browser.get("/o/acme/settings/billing").await;
            assert!(!page.shows("billing-portal-action"), "{role}");
            assert_eq!(page.shows("billing-setup-action"), role == Role::Owner, "{role}");
        }
    })
    .await;
}

#[tokio::test]
async fn t04_a_role_taken_away_is_gone_with_the_next_request_on_every_node() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let other = world.another_node().await;
        let user = world.person("second@acme.test").await;
        world.join(acme, user, Role::Owner).await;
        let owner = world.signed_in("second@acme.test").await;
        owner.open_portal("acme").await;
        let there = owner.on(&other.url);
        assert!(there.get("/o/acme/settings/billing").await.shows("billing-portal-action"));

        world.join(acme, user, Role::Viewer).await;
        for browser in [&owner, &there] {
            assert!(!browser.get("/o/acme/settings/billing").await.shows("billing-portal-action"));
            assert_eq!(browser.open_portal("acme").await.status, StatusCode::FORBIDDEN);
        }
        world.leave(acme, user).await;
        for browser in [&owner, &there] {
            assert_eq!(browser.get("/o/acme/settings/billing").await.status, StatusCode::NOT_FOUND);
            assert_eq!(browser.open_portal("acme").await.status, StatusCode::NOT_FOUND);
        }
    })
    .await;
}
