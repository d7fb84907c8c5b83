//! O07, L06: linking and unlinking on one's own page.

use domain::{Millis, orgs::Role};
use reqwest::StatusCode;
use services::mail::Letter;
use testkit::{Browser, Database, IdentityProvider, Page, World, each_database, identity_provider::Someone};

use super::{assert_turned_away, counts, go, sign_up, start, with_google};
use crate::tables::count;

const METHODS: &str = "/account/sign-in-methods";

async fn somebody(world: &World, email: &str) -> Browser {
    let user = world.person(email).await;
    let slug = email.split('@').next().unwrap();
    let org = world.organization(slug).await;
    world.join(org, user, Role::Owner).await;
    world.signed_in(email).await
}

async fn link(browser: &Browser, idp: &IdentityProvider, someone: &Someone) -> Page {
    let address = start(browser, "google", &[("link", "1")]).await;
    browser.get(&idp.grant(&address, someone)).await
}

fn ids(page: &Page) -> Vec<String> {
    let parts = page.body.split("name=\"identity\" value=\"").skip(1);
    parts.map(|part| part.split('"').next().unwrap().to_owned()).collect()
}

/// Of the one that is there.
async fn only_id(browser: &Browser) -> String {
    let ids = ids(&browser.get(METHODS).await);
    assert_eq!(ids.len(), 1);
    ids[0].clone()
}

#[tokio::test]
async fn a14_linking_and_unlinking() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let ann = somebody(&world, "ann@example.test").await;
        let elsewhere = world.signed_in("ann@example.test").await;
        let page = link(&ann, &idp, &Someone::verified("1", "ann@gmail.test")).await;
        assert_eq!(page.location(), Some(METHODS));
        let page = ann.get(METHODS).await;
        assert!(
            page.shows("flash") && page.shows("method-google") && page.body.contains("ann@gmail.test"),
            "{}",
            page.body
        );
        assert_eq!(go(&world.browser(), &idp, "google", &Someone::new("1")).await.location(), Some("/"));
        let twice = link(&ann, &idp, &Someone::verified("1", "ann@gmail.test")).await;
        assert_turned_away(&ann, &twice, "linked to your account already").await;

        let id = only_id(&ann).await;
        let page = ann.post("/api/account/unlink", &[("identity", id.as_str())]).await;
        assert_eq!(page.location(), Some(METHODS));
        assert!(!ann.get(METHODS).await.shows("method-google"));
        assert_eq!(counts(&world).await[3..], [0, 1], "every other session ended");
        assert_eq!(elsewhere.get("/o/ann").await.status, StatusCode::SEE_OTHER);
        assert_eq!(
            go(&world.browser(), &idp, "google", &Someone::new("1")).await.location(),
            Some("/sign-up/complete")
        );
        world.work_off().await;
        let letters: Vec<_> = world.mail.to("ann@example.test").iter().map(Letter::name).collect();
        let told = letters.iter().filter(|name| name.starts_with("sign_in_method"));
        assert!(told.eq(&["sign_in_method_added", "sign_in_method_removed"]), "{letters:?}");
        for action in ["sign_in_method.link", "sign_in_method.unlink"] {
            let what = format!("audit_entries WHERE action = '{action}' AND outcome = 'done' AND reason = 'google'");
            assert_eq!(count(&world, &what).await, 1, "{action}");
        }
    })
    .await;
}

#[tokio::test]
async fn o07_linking_and_unlinking_need_a_recent_proof() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let ann = somebody(&world, "ann@example.test").await;
        link(&ann, &idp, &Someone::new("1")).await;
        let id = only_id(&ann).await;
        world.clock.advance(Millis::minutes(15));
        for (path, field) in [("/auth/google/start", ("link", "1")), ("/api/account/unlink", ("identity", id.as_str()))]
        {
            let page = ann.post(path, &[field]).await;
            assert!(page.location().unwrap().starts_with("/account/confirm?"), "{path}: {:?}", page.location());
        }
        assert_eq!((count(&world, "login_flows").await, counts(&world).await[3]), (0, 1));
        // Nobody at all.
        let page = world.browser().post("/auth/google/start", &[("link", "1")]).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
        let page = world.browser().post("/api/account/unlink", &[("identity", id.as_str())]).await;
        assert_eq!(page.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

/// Forced linking: the attacker's identity, brought into the victim's browser.
#[tokio::test]
async fn o07_a_link_ends_in_the_session_that_began_it_or_nowhere() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let (victim, attacker) =
            (somebody(&world, "victim@example.test").await, somebody(&world, "evil@example.test").await);
        let evil = Someone::verified("evil", "evil@gmail.test");
        // The attacker's whole way back, opened by the victim.
        let back = idp.grant(&start(&attacker, "google", &[("link", "1")]).await, &evil);
        assert_turned_away(&victim, &victim.get(&back).await, "begin again").await;
        // Also when the victim has a way of their own under way.
        start(&victim, "google", &[("link", "1")]).await;
        assert_turned_away(&victim, &victim.get(&back).await, "begin again").await;
        assert_eq!((counts(&world).await[3], idp.asked("/token")), (0, 0));

        // One browser, another session: signed out and in as somebody else on the way.
        let browser = world.signed_in("evil@example.test").await;
        let back = idp.grant(&start(&browser, "google", &[("link", "1")]).await, &evil);
        browser.sign_out().await;
        browser.sign_in("victim@example.test").await;
        assert_turned_away(&browser, &browser.get(&back).await, "begin again").await;
        // And the same person in a new session, or in none.
        for again in [true, false] {
            let browser = world.signed_in("evil@example.test").await;
            let back = idp.grant(&start(&browser, "google", &[("link", "1")]).await, &evil);
            browser.sign_out().await;
            if again {
                browser.sign_in("evil@example.test").await;
            }
            assert_turned_away(&browser, &browser.get(&back).await, "begin again").await;
        }
        assert_eq!(counts(&world).await[3], 0);
        // A way to sign in does not become a link, however signed in one is.
        let page = go(&victim, &idp, "google", &evil).await;
        assert_eq!((page.location(), counts(&world).await[3]), (Some("/sign-up/complete"), 0));
    })
    .await;
}

#[tokio::test]
async fn o06_what_is_somebody_elses_is_not_linked() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let bobs = Someone::verified("bob", "bob@gmail.test");
        sign_up(&world, &idp, &bobs, "Bobs").await;
        let ann = somebody(&world, "ann@example.test").await;
        let page = link(&ann, &idp, &bobs).await;
        assert_turned_away(&ann, &page, "belongs to another account").await;
        // Not his identity, but his address.
        let page = link(&ann, &idp, &Someone::verified("new", "bob@gmail.test")).await;
        assert_turned_away(&ann, &page, "belongs to another account").await;
        assert_eq!(counts(&world).await[3], 1);
        // Nor is it removed.
        let id = {
            let bob = world.browser();
            go(&bob, &idp, "google", &bobs).await;
            bob.get(METHODS).await
        };
        assert!(ids(&id).is_empty(), "his only way in can't be removed");
        let email = domain::accounts::Email::parse("bob@gmail.test").unwrap();
        let user = world.store().find_user_by_email(&email).await.unwrap().unwrap().id;
        let identity = world.store().list_identities(user).await.unwrap()[0].id.to_string();
        for id in [identity.as_str(), "00000000-0000-0000-0000-000000000000", "' OR 1=1--", ""] {
            let page = ann.post("/api/account/unlink", &[("identity", id)]).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{id}");
        }
        assert_eq!(counts(&world).await[3], 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn o07_of_two_ways_in_removed_at_once_one_stays() {
    let rounds = if crate::proving() { 200 } else { 10 };
    each_database(|database| async move {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        for round in 0..rounds {
            world.clock.advance(Millis::minutes(15));
            let first = Someone::verified(&format!("{round}a"), &format!("ann{round}@example.test"));
            let ann = sign_up(&world, &idp, &first, &format!("Acme {round}")).await;
            link(&ann, &idp, &Someone::new(&format!("{round}b"))).await;
            let ids = ids(&ann.get(METHODS).await);
            assert_eq!(ids.len(), 2);
            let removals: Vec<_> = (0..8)
                .map(|n| {
                    let (ann, id) = (ann.clone(), ids[n % 2].clone());
                    tokio::spawn(
                        async move { ann.post("/api/account/unlink", &[("identity", id.as_str())]).await.status },
                    )
                })
                .collect();
            for removal in removals {
                removal.await.unwrap();
            }
            assert_eq!(count(&world, "identities").await, i64::from(round) + 1, "round {round}");
        }
    })
    .await;
}

/// The last one, asked for by hand: the page offers no button for it.
#[tokio::test]
async fn o07_the_last_way_in_stays() {
    let idp = IdentityProvider::start().await;
    let world = with_google(Database::sqlite().await, &idp).await;
    let ann = sign_up(&world, &idp, &Someone::verified("1", "ann@example.test"), "Acme").await;
    let email = domain::accounts::Email::parse("ann@example.test").unwrap();
    let user = world.store().find_user_by_email(&email).await.unwrap().unwrap().id;
    let id = world.store().list_identities(user).await.unwrap()[0].id.to_string();
    let page = ann.post("/api/account/unlink", &[("identity", id.as_str())]).await;
    assert_turned_away(&ann, &page, "your last way in").await;
    assert_eq!(counts(&world).await[3], 1);
}
