//! S06: where one is signed in, and out again from elsewhere; new browsers are told of by mail.

use reqwest::{Method, StatusCode};
use services::mail::Letter;
use testkit::{Browser, PASSWORD, Page, World, each_database};

use crate::tables;

const FIREFOX: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

/// Signs in with a browser that says what it is.
async fn signed_in_as(world: &World, email: &str, agent: &str) -> Browser {
    let browser = world.browser();
    sign_in_again(&browser, email, agent).await;
    browser
}

async fn sign_in_again(browser: &Browser, email: &str, agent: &str) -> Page {
    let form = browser.form("/api/auth/sign-in", &[("email", email), ("password", PASSWORD)]);
    let page = Page::of(form.header("user-agent", agent)).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    page
}

/// What stands behind the first "Sign out" of the page.
fn first_handle(page: &Page) -> String {
    let after = page.body.split("name=\"session\" value=\"").nth(1).expect("a session that can be ended");
    after.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn s06_the_list_has_every_browser_in_words_and_says_which_is_this_one() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let here = signed_in_as(&world, "owner@acme.test", FIREFOX).await;
        signed_in_as(&world, "owner@acme.test", SAFARI).await;
        signed_in_as(&world, "owner@acme.test", "<script>alert(1)</script>").await;
        signed_in_as(&world, "viewer@acme.test", "Mozilla/5.0 (X11; CrOS x86_64) Chrome/140").await;
        let page = here.get("/account/sessions").await;
        assert_eq!(page.status, StatusCode::OK);
        assert_eq!(page.body.matches("data-testid=\"session-row\"").count(), 3);
        assert_eq!(page.body.matches("data-testid=\"this-session\"").count(), 1);
        assert_eq!(page.body.matches("data-testid=\"end-session\"").count(), 2, "this one has its own way out");
        for words in ["Firefox on Windows", "Safari on iPhone", "An unknown browser", "127.0.0.1"] {
            assert!(page.body.contains(words), "{words}");
        }
        assert!(!page.body.contains("ChromeOS"), "nothing of others");
        let first = page.body.split("data-testid=\"session-row\"").nth(1).unwrap();
        assert!(first.contains("Firefox on Windows") && first.contains("this-session"), "this one first");
    })
    .await;
}

/// The page names a session by something that opens nothing and tells nothing.
#[tokio::test]
async fn s06_a_handle_is_neither_the_id_nor_its_hash() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let here = signed_in_as(&world, "owner@acme.test", FIREFOX).await;
        let there = world.browser();
        let cookie = sign_in_again(&there, "owner@acme.test", SAFARI).await.cookies()[0].to_owned();
        let id = cookie.split(['=', ';']).nth(1).unwrap();
        let page = here.get("/account/sessions").await;
        assert!(!page.body.contains(id) && !page.body.contains(&services::hash_token(id)));
        assert!(uuid_of_version_4(&first_handle(&page)));
    })
    .await;
}

fn uuid_of_version_4(text: &str) -> bool {
    text.len() == 36 && text.as_bytes()[14] == b'4'
}

#[tokio::test]
async fn s06_a_browser_that_is_signed_out_is_out_with_its_next_request_on_every_node() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let other = world.another_node().await;
        let here = signed_in_as(&world, "owner@acme.test", FIREFOX).await;
        let there = signed_in_as(&world, "owner@acme.test", SAFARI).await.on(&other.url);
        assert_eq!(there.get("/o/acme").await.status, StatusCode::OK);
        let handle = first_handle(&here.get("/account/sessions").await);
        let ended = here.post("/api/account/end-session", &[("session", &handle)]).await;
        assert_eq!((ended.status, ended.location()), (StatusCode::SEE_OTHER, Some("/account/sessions")));
        assert_eq!(there.get("/o/acme").await.status, StatusCode::SEE_OTHER, "asked to sign in");
        assert_eq!(there.open_portal("acme").await.status, StatusCode::UNAUTHORIZED);
        let page = here.get("/account/sessions").await;
        assert!(page.body.contains("That browser is signed out."));
        assert_eq!(page.body.matches("data-testid=\"session-row\"").count(), 1);
        // Twice is no error.
        let again = here.post("/api/account/end-session", &[("session", &handle)]).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER);
        assert_eq!(tables::count(&world, "audit_entries WHERE action = 'session.end'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn s06_nobody_ends_a_session_of_somebody_else() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = signed_in_as(&world, "owner@acme.test", FIREFOX).await;
        signed_in_as(&world, "owner@acme.test", SAFARI).await;
        let viewer = signed_in_as(&world, "viewer@acme.test", SAFARI).await;
        let theirs = first_handle(&owner.get("/account/sessions").await);
        for handle in [theirs.as_str(), "", "nonsense", "00000000-0000-0000-0000-000000000000", "' OR 1=1 --"] {
            let page = viewer.post("/api/account/end-session", &[("session", handle)]).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{handle}: says nothing");
        }
        viewer.post("/api/account/end-other-sessions", &[]).await;
        assert_eq!(owner.get("/account/sessions").await.body.matches("data-testid=\"session-row\"").count(), 2);
        assert_eq!(world.browser().post("/api/account/end-session", &[("session", &theirs)]).await.status, 401);
    })
    .await;
}

#[tokio::test]
async fn s06_all_other_browsers_are_signed_out_and_this_one_stays() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let other = world.another_node().await;
        let here = signed_in_as(&world, "owner@acme.test", FIREFOX).await;
        let mut there = Vec::new();
        for _ in 0..3 {
            there.push(signed_in_as(&world, "owner@acme.test", SAFARI).await.on(&other.url));
        }
        let viewer = signed_in_as(&world, "viewer@acme.test", SAFARI).await;
        assert_eq!(here.post("/api/account/end-other-sessions", &[]).await.status, StatusCode::SEE_OTHER);
        for browser in there {
            assert_eq!(browser.get("/account").await.status, StatusCode::SEE_OTHER);
        }
        assert_eq!(here.get("/account").await.status, StatusCode::OK);
        assert_eq!(viewer.get("/account").await.status, StatusCode::OK, "others are not touched");
    })
    .await;
}

/// S08: nothing of these pages is kept, by a browser or by anything on the way.
#[tokio::test]
async fn s08_no_page_of_the_account_is_kept() {
    let world = World::on(testkit::Database::sqlite().await).await;
    world.team("acme").await;
    let browser = world.signed_in("owner@acme.test").await;
    for path in ["/account", "/account/sessions", "/account/data"] {
        let page = browser.get(path).await;
        assert_eq!(
            (page.status, page.headers["cache-control"].to_str().unwrap()),
            (StatusCode::OK, "no-store"),
            "{path}"
        );
    }
    let export = browser.post("/api/account/export", &[]).await;
    assert_eq!(export.headers["cache-control"], "no-store");
    browser.sign_out().await;
    for path in ["/account", "/account/sessions", "/account/data"] {
        let page = browser.get(path).await;
        assert_eq!(page.location(), Some(&*format!("/sign-in?next={}", path.replace('/', "%2F"))), "{path}");
        assert!(!page.body.contains("owner@acme.test"));
    }
}

fn new_devices(world: &World, email: &str) -> usize {
    world.mail.to(email).iter().filter(|letter| matches!(letter, Letter::NewDevice { .. })).count()
}

#[tokio::test]
async fn a_new_browser_is_told_of_by_mail_once_and_the_first_one_is_not() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let first = signed_in_as(&world, "owner@acme.test", FIREFOX).await;
        world.work_off().await;
        assert_eq!(new_devices(&world, "owner@acme.test"), 0, "the first one is theirs");

        let second = signed_in_as(&world, "owner@acme.test", SAFARI).await;
        world.work_off().await;
        let Letter::NewDevice { device, address, sessions, .. } = world.mail.last_to("owner@acme.test") else {
            panic!("another letter");
        };
        assert_eq!((device.as_str(), address.as_deref()), ("Safari on iPhone", Some("127.0.0.1")));
        assert_eq!(sessions, format!("{}/account/sessions", world.node.url));

        // Both are known now, also after signing out.
        for browser in [&first, &second] {
            browser.sign_out().await;
            sign_in_again(browser, "owner@acme.test", FIREFOX).await;
        }
        world.work_off().await;
        assert_eq!(new_devices(&world, "owner@acme.test"), 1);

        // A browser that another person has used is new for this one.
        let shared = signed_in_as(&world, "viewer@acme.test", SAFARI).await;
        sign_in_again(&shared, "owner@acme.test", SAFARI).await;
        world.work_off().await;
        assert_eq!((new_devices(&world, "owner@acme.test"), new_devices(&world, "viewer@acme.test")), (2, 0));
    })
    .await;
}

/// The cookie that names a browser opens nothing, and the table names no browser.
#[tokio::test]
async fn a10_the_browsers_cookie_is_kept_by_its_hash_and_opens_nothing() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let page = sign_in_again(&world.browser(), "owner@acme.test", FIREFOX).await;
        let cookie = page.cookies().into_iter().find(|c| c.starts_with("portico_device=")).unwrap().to_owned();
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"] {
            assert!(cookie.contains(part), "{part}: {cookie}");
        }
        let token = cookie.split(['=', ';']).nth(1).unwrap();
        assert_eq!(token.len(), 43);
        let rows = tables::content(&world, "known_browsers").await;
        assert_eq!(rows.lines().count(), 1);
        assert!(!rows.contains(token));
        let opened = Browser::at(&world.node.url)
            .request(Method::GET, "/account")
            .header("cookie", format!("portico_device={token}; portico={token}"));
        assert_eq!(Page::of(opened).await.status, StatusCode::SEE_OTHER);
        // What is not ours is replaced, and does no harm.
        for value in ["x", &"a".repeat(4_000), "'; DROP TABLE known_browsers; --"] {
            let form = Browser::at(&world.node.url)
                .form("/api/auth/sign-in", &[("email", "owner@acme.test"), ("password", PASSWORD)])
                .header("cookie", format!("portico_device={value}"));
            let page = Page::of(form).await;
            assert!(page.cookies().iter().any(|c| c.starts_with("portico_device=")), "{value}");
        }
    })
    .await;
}

/// An account that has been used never goes back to knowing no browser at all.
#[tokio::test]
async fn browsers_that_cannot_come_back_are_forgotten_but_for_the_last() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        for agent in [FIREFOX, SAFARI] {
            signed_in_as(&world, "owner@acme.test", agent).await;
            world.clock.advance(domain::Millis::days(1));
        }
        signed_in_as(&world, "viewer@acme.test", SAFARI).await;
        world.clock.advance(domain::Millis::days(domain::accounts::BROWSER_KEPT_DAYS + 1));
        assert_eq!(world.services().sweep_browsers().await.unwrap(), 1);
        assert_eq!(world.services().sweep_browsers().await.unwrap(), 0);
        signed_in_as(&world, "owner@acme.test", FIREFOX).await;
        world.work_off().await;
        assert_eq!(new_devices(&world, "owner@acme.test"), 2);
    })
    .await;
}
