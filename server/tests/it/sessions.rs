//! S01, S03 to S06: what a session is and when it ends.

use domain::Millis;
use reqwest::{Method, StatusCode};
use store::NewSession;
use testkit::{Browser, Page, World, each_database};

use crate::tables::{count, dump};

fn cookie_of(page: &Page) -> String {
    page.cookies()[0].split(';').next().unwrap().to_owned()
}

async fn with_cookie(world: &World, cookie: &str, path: &str) -> Page {
    Page::of(Browser::at(&world.node.url).request(Method::GET, path).header("cookie", cookie)).await
}

#[tokio::test]
async fn s01_the_database_holds_no_usable_id() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let page = world.browser().try_sign_in("owner@acme.test", testkit::PASSWORD).await;
        let cookie = cookie_of(&page);
        let id = cookie.strip_prefix("portico=").unwrap();
        assert_eq!(count(&world, "sessions").await, 1);
        let text = dump(&world).await;
        assert!(text.contains(&hash(id)) && !text.contains(id));
    })
    .await;
}

#[tokio::test]
async fn s05_a_session_ends_when_idle_and_at_its_absolute_limit() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let idle = world.signed_in("owner@acme.test").await;
        world.clock.advance(Millis(Millis::days(7).0 - 1));
        assert_eq!(idle.get("/o/acme").await.status, StatusCode::OK, "one millisecond left");
        world.clock.advance(Millis::days(7));
        assert_eq!(idle.get("/o/acme").await.status, StatusCode::SEE_OTHER, "idle for seven days");

        let busy = world.signed_in("owner@acme.test").await;
        for _ in 0..29 {
            world.clock.advance(Millis::days(1));
            assert_eq!(busy.get("/o/acme").await.status, StatusCode::OK);
        }
        world.clock.advance(Millis::days(1));
        assert_eq!(busy.get("/o/acme").await.status, StatusCode::SEE_OTHER, "thirty days, however busy");
    })
    .await;
}

#[tokio::test]
async fn s06_disabling_a_person_ends_their_access_at_once_on_every_node() {
    each_database(|database| async {
        let world = World::on(database).await;
        let other = world.another_node().await;
        let acme = world.organization("acme").await;
        let user = world.person("ann@acme.test").await;
        world.join(acme, user, domain::orgs::Role::Owner).await;
        let browser = world.signed_in("ann@acme.test").await;
        assert_eq!(browser.on(&other.url).get("/o/acme").await.status, StatusCode::OK);
        world.store().set_user_active(user, false).await.unwrap();
        assert_eq!(browser.on(&other.url).get("/o/acme").await.status, StatusCode::SEE_OTHER);
        assert_eq!(browser.open_portal("acme").await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

#[tokio::test]
async fn signing_out_ends_the_session_and_the_cookie() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let browser = world.browser();
        let cookie = cookie_of(&browser.try_sign_in("owner@acme.test", testkit::PASSWORD).await);
        assert_eq!(with_cookie(&world, &cookie, "/o/acme").await.status, StatusCode::OK);
        let page = browser.sign_out().await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some("/sign-in")));
        assert!(
            page.cookies().iter().any(|c| c.starts_with("portico=;") && c.contains("Max-Age=0")),
            "{:?}",
            page.cookies()
        );
        assert_eq!(with_cookie(&world, &cookie, "/o/acme").await.status, StatusCode::SEE_OTHER);
        assert!(browser.get("/sign-in").await.shows("flash"), "and says so");
        let again = browser.sign_out().await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "twice is no error");
    })
    .await;
}

/// S04: requests under way when somebody signs out must not bring the session back.
/// 1 000 rounds when proving.
#[tokio::test(flavor = "multi_thread")]
async fn s04_signing_out_wins_over_requests_under_way() {
    let rounds = if crate::proving() { 1_000 } else { 40 };
    each_database(|database| async move {
        let world = World::on(database).await;
        world.team("acme").await;
        let other = world.another_node().await;
        let person = world.person("ann@race.test").await;
        let store = world.store();
        let mut won = 0;
        for round in 0..rounds {
            // A session as signing in makes it, without a password each round.
            let browser = Browser::at(&world.node.url);
            let id = tower_sessions::session::Id(i128::from(round) + 1_000_000_007);
            let cookie = format!("portico={id}");
            let data = serde_json::json!({ "user": person }).to_string();
            let session = NewSession { id_hash: &hash(&id.to_string()), user: Some(person), data: &data, device: None };
            store.insert_session(&session, world.now()).await.unwrap();
            // Due to be touched, so that reading it writes.
            world.clock.advance(Millis::minutes(2));
            let requests: Vec<_> = [&world.node.url, &other.url, &world.node.url, &other.url]
                .into_iter()
                .map(|base| {
                    let request = Browser::at(base).request(Method::GET, "/").header("cookie", &cookie);
                    tokio::spawn(Page::of(request))
                })
                .collect();
            let out = Page::of(browser.form("/api/auth/sign-out", &[]).header("cookie", &cookie)).await;
            assert_eq!(out.status, StatusCode::SEE_OTHER);
            for request in requests {
                request.await.unwrap();
            }
            for base in [&world.node.url, &other.url] {
                let after = Page::of(Browser::at(base).request(Method::GET, "/o/acme").header("cookie", &cookie)).await;
                assert_eq!(after.status, StatusCode::SEE_OTHER, "round {round}: the old cookie opens nothing");
            }
            assert!(store.find_session(&hash(&id.to_string())).await.unwrap().is_none(), "round {round}");
            won += 1;
        }
        let bar = if crate::proving() { 1_000.0 } else { 40.0 };
        crate::figure("sign_out_races_won", f64::from(won), crate::Bar::AtLeast(bar));
    })
    .await;
}

fn hash(id: &str) -> String {
    use sha2::{Digest, Sha256};
    Sha256::digest(id).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// S04 at its root: saving a session that has ended does not bring it back.
#[tokio::test]
async fn s04_saving_an_ended_session_does_nothing() {
    each_database(|database| async {
        let world = World::on(database).await;
        let user = world.person("ann@acme.test").await;
        let store = world.store();
        let session = NewSession { id_hash: "key", user: Some(user), data: "{}", device: None };
        store.insert_session(&session, world.now()).await.unwrap();
        store.delete_session("key").await.unwrap();
        store.update_session("key", Some(user), "{\"late\":1}").await.unwrap();
        store.touch_session("key", world.now()).await.unwrap();
        assert!(store.find_session("key").await.unwrap().is_none());
    })
    .await;
}

/// S01: browsers ignore a `__Host-` cookie that isn't Secure, also one that takes it away.
#[tokio::test]
async fn s01_the_cookie_that_removes_the_session_is_as_secure_as_the_session() {
    let settings = [("PORTICO_BASE_URL", "https://portico.test")];
    let world = World::with_settings(testkit::Database::sqlite().await, &settings).await;
    world.team("acme").await;
    let post = |path: &str, cookie: &str, fields: &[(&str, &str)]| {
        let request = Browser::at(&world.node.url).request(Method::POST, path).header("cookie", cookie);
        Page::of(request.header("origin", "https://portico.test").form(fields))
    };
    let form = [("email", "owner@acme.test"), ("password", testkit::PASSWORD)];
    let cookie = cookie_of(&post("/api/auth/sign-in", "", &form).await);
    let out = post("/api/auth/sign-out", &cookie, &[]).await;
    let removals: Vec<_> = out.cookies().into_iter().filter(|c| c.starts_with("__Host-portico=;")).collect();
    let [removal] = removals[..] else { panic!("{:?}", out.cookies()) };
    for part in ["Max-Age=0", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(removal.contains(part), "{part}: {removal}");
    }
}

#[tokio::test]
async fn s03_malformed_cookies_are_just_not_signed_in() {
    let world = World::on(testkit::Database::sqlite().await).await;
    world.team("acme").await;
    let long = "a".repeat(4_000);
    for value in [
        "",
        "=",
        ";;;",
        "portico=",
        "portico=x",
        "portico=%00",
        "portico=\"",
        "portico=AAAAAAAAAAAAAAAAAAAAAA",
        "portico=AAAAAAAAAAAAAAAAAAAAAA; portico=BBBBBBBBBBBBBBBBBBBBBB",
        "portico_flash=x",
        "portico_flash=00000000000000000000000000000000",
        "portico='OR 1=1--",
        &format!("portico={long}"),
        "portico=\u{ff}\u{fe}",
    ] {
        let page = with_cookie(&world, value, "/o/acme").await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{value:?}");
        assert_eq!(with_cookie(&world, value, "/sign-in").await.status, StatusCode::OK, "{value:?}");
    }
    assert_eq!(world.browser().get("/healthz").await.status, StatusCode::OK);
}
