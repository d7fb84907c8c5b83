//! T01: strangers learn nothing: an unknown organisation and a foreign one look the same,
//! whole replies, on every page and for every action, and take as long.

use std::time::{Duration, Instant};

use domain::orgs::{Role, Slug};
use reqwest::{Method, StatusCode};
use testkit::{Browser, Database, PASSWORD, Page, World, each_database};

use crate::{
    actions::every_action,
    masked::{assert_same_text, masked},
    timing::{Alike, Samples, assert_alike},
};

/// Of the same length, so that nothing but the name differs.
const FOREIGN: &str = "acme";
const UNKNOWN: &str = "acmf";

/// Every page of an organisation, by the framework's own list, and what might be one.
fn org_pages() -> Vec<String> {
    let pages = app::routes::PAGES;
    let mut pages: Vec<String> =
        pages.iter().filter_map(|page| page.path.strip_prefix("/o/{org}").map(str::to_owned)).collect();
    assert!(pages.len() >= 5 && pages.contains(&"/settings/billing".to_owned()), "{pages:?}");
    pages.extend(["/settings/nothing", "/nothing", "/settings/audit?page=1", "/?x=1", "//"].map(str::to_owned));
    pages
}

#[track_caller]
fn assert_same(what: &str, foreign: &Page, unknown: &Page) {
    assert_same_text(what, &masked(foreign, &[FOREIGN]), &masked(unknown, &[UNKNOWN]));
    assert!(!foreign.body.contains("Org acme"), "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn t01_unknown_and_foreign_look_the_same() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team(FOREIGN).await;
        world.team("globex").await;
        // So that there is something to find.
        world.signed_in("owner@acme.test").await.open_portal(FOREIGN).await;
        let acme = world.store().find_organization_by_slug(&Slug::parse(FOREIGN).unwrap()).await.unwrap().unwrap();
        let former = world.person("former@example.test").await;
        world.join(acme.id, former, Role::Owner).await;
        world.leave(acme.id, former).await;
        for who in [Some("owner@globex.test"), Some("viewer@globex.test"), Some("former@example.test"), None] {
            let browser = match who {
                Some(email) => world.signed_in(email).await,
                None => world.browser(),
            };
            for page in org_pages() {
                for method in [Method::GET, Method::HEAD] {
                    let ask = |org: &str| Page::of(browser.request(method.clone(), &format!("/o/{org}{page}")));
                    let (foreign, unknown) = (ask(FOREIGN).await, ask(UNKNOWN).await);
                    let what = format!("{method} {page} as {who:?}");
                    if who.is_some() {
                        assert!(foreign.status.is_client_error(), "{what}: {}", foreign.status);
                    }
                    assert_same(&what, &foreign, &unknown);
                }
            }
            let page = browser.get(&format!("/o/{FOREIGN}/settings")).await;
            let want = if who.is_some() { StatusCode::NOT_FOUND } else { StatusCode::SEE_OTHER };
            assert_eq!(page.status, want, "{who:?}");
        }
        let inside = world.signed_in("viewer@acme.test").await.get(&format!("/o/{FOREIGN}/settings")).await;
        assert_eq!(inside.status, StatusCode::OK, "there is something to hide");
    })
    .await;
}

/// Every registered action, with the organisation in every field that might name one.
#[tokio::test(flavor = "multi_thread")]
async fn t01_unknown_and_foreign_are_refused_the_same_by_every_action() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team(FOREIGN).await;
        world.team("globex").await;
        world.signed_in("owner@acme.test").await.open_portal(FOREIGN).await;
        let calls = world.provider.portal_calls().await.len();
        // What one gets of oneself grows with each sign-in; it has no organisation in its form.
        for action in every_action().into_iter().filter(|action| *action != "/api/account/export") {
            for signed_in in [true, false] {
                let mut replies = Vec::new();
                for org in [FOREIGN, UNKNOWN] {
                    // One that ends the session must not change what the other is.
                    let browser = if signed_in { world.signed_in("owner@globex.test").await } else { world.browser() };
                    let next = format!("/o/{org}/settings");
                    let fields = [
                        ("org", org),
                        ("organization", org),
                        ("slug", org),
                        ("next", &next),
                        ("email", "owner@globex.test"),
                        ("password", PASSWORD),
                    ];
                    replies.push(browser.post(action, &fields).await);
                }
                assert_same(&format!("{action}, signed in: {signed_in}"), &replies[0], &replies[1]);
            }
        }
        assert_eq!(world.provider.portal_calls().await.len(), calls, "and nothing was opened");
    })
    .await;
}

/// A page and the action: 300 samples of each when proving, 40 otherwise.
async fn time_tells_nothing(database: Database) {
    let samples = if crate::proving() { 300 } else { 40 };
    let kind = database.kind;
    let world = World::on(database).await;
    world.team(FOREIGN).await;
    world.team("globex").await;
    world.signed_in("owner@acme.test").await.open_portal(FOREIGN).await;
    let stranger = world.signed_in("owner@globex.test").await;
    let page =
        |browser: Browser, org: &'static str| async move { browser.get(&format!("/o/{org}/settings/billing")).await };
    let action = |browser: Browser, org: &'static str| async move { browser.open_portal(org).await };
    let mut of_page = [Samples::of("foreign"), Samples::of("unknown")];
    let mut of_action = [Samples::of("foreign"), Samples::of("unknown")];
    for n in 0..samples {
        // Each is the first as often as the other.
        for side in [n % 2, (n + 1) % 2] {
            let org = [FOREIGN, UNKNOWN][side];
            let begun = Instant::now();
            assert_eq!(page(stranger.clone(), org).await.status, StatusCode::NOT_FOUND);
            of_page[side].times.push(begun.elapsed());
            let begun = Instant::now();
            assert_eq!(action(stranger.clone(), org).await.status, StatusCode::NOT_FOUND);
            of_action[side].times.push(begun.elapsed());
        }
    }
    let alike = if crate::proving() {
        Alike { medians_apart: Duration::from_millis(2), auc: 0.1 }
    } else {
        Alike { medians_apart: Duration::from_millis(20), auc: 0.35 }
    };
    assert_alike(&format!("org_page_{kind}"), &of_page, alike);
    assert_alike(&format!("org_action_{kind}"), &of_action, alike);
}

#[tokio::test(flavor = "multi_thread")]
async fn t01_the_time_tells_nothing() {
    each_database(time_tells_nothing).await;
}

#[tokio::test]
async fn without_a_session_every_page_of_an_organization_asks_to_sign_in() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        for org in ["acme", "nowhere"] {
            let page = world.browser().get(&format!("/o/{org}/settings/audit?page=1")).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER);
            let want = format!("/sign-in?next=%2Fo%2F{org}%2Fsettings%2Faudit%3Fpage%3D1");
            assert_eq!(page.location(), Some(want.as_str()));
        }
    })
    .await;
}
