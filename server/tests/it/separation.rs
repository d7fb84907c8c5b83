//! S07: no reply ever carries somebody else's data, whatever is going on beside it:
//! keep-alive connections shared, browsers that hang up in the middle.

use std::sync::Arc;

use domain::orgs::Role;
use rand::{Rng, SeedableRng, rngs::StdRng};
use reqwest::StatusCode;
use testkit::{Browser, Database, World};

const PEOPLE: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn s07_every_page_is_the_askers_own() {
    let rounds = if crate::proving() { 2_000 } else { 100 };
    let world = World::on(Database::sqlite().await).await;
    let mut browsers: Vec<Browser> = Vec::new();
    for n in 0..PEOPLE {
        let org = world.organization(&format!("secret-{n}-org")).await;
        let user = world.person(&format!("canary{n}x@acme.test")).await;
        world.join(org, user, Role::Owner).await;
        browsers.push(world.signed_in(&format!("canary{n}x@acme.test")).await);
    }
    let browsers = Arc::new(browsers);
    let tasks: Vec<_> = (0..PEOPLE)
        .map(|n| {
            let browsers = Arc::clone(&browsers);
            tokio::spawn(async move {
                let mut random = StdRng::seed_from_u64(n as u64);
                let mut seen = 0;
                for _ in 0..rounds {
                    let path = ["", "/settings", "/settings/members", "/settings/billing"][random.random_range(0..4)];
                    let path = format!("/o/secret-{n}-org{path}");
                    let asked = browsers[n].get(&path);
                    if random.random_bool(0.05) {
                        // Hangs up in the middle of it.
                        let _ = tokio::time::timeout(std::time::Duration::from_micros(500), asked).await;
                        continue;
                    }
                    let page = asked.await;
                    assert_eq!(page.status, StatusCode::OK);
                    assert!(page.body.contains(&format!("canary{n}x")));
                    for other in (0..PEOPLE).filter(|other| *other != n) {
                        assert!(!page.body.contains(&format!("canary{other}x")), "{other}'s data for {n}");
                        assert!(!page.body.contains(&format!("secret-{other}-org")), "{other}'s data for {n}");
                    }
                    seen += 1;
                }
                seen
            })
        })
        .collect();
    let mut seen = 0;
    for task in tasks {
        seen += task.await.unwrap();
    }
    crate::figure("pages_without_foreign_data", seen, "all");
    assert!(seen > PEOPLE * rounds / 2);
}
