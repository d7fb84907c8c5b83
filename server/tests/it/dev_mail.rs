//! `/dev/mail`: development's mailbox, and that it is nowhere else.

use std::sync::Arc;

use mailer::Kept;
use reqwest::StatusCode;
use services::mail::Letter;
use store::Store;
use testkit::{Database, World, each_database};

use crate::html::Document;

async fn kept(world: &World, name: &str) {
    let link = world.services().link("/reset-password", Some(("token", "abc")));
    let row = world.services().letter_row("ann@acme.test", Letter::ResetPassword { name: name.into(), link }, name);
    world.store().insert_outbox(&[row], world.now()).await.unwrap();
    world.work_off().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mail_is_kept_and_shown_with_its_links() {
    each_database(|database| async {
        let store = Store::open(&database.url).await.unwrap();
        let world = World::with_mailer(database, Arc::new(Kept(store))).await;
        let browser = world.browser();
        assert!(browser.get("/dev/mail").await.shows("no-mail"));
        let name = "<script>alert(1)</script>{{7*7}}";
        kept(&world, name).await;
        let list = browser.get("/dev/mail").await;
        assert_eq!(list.status, StatusCode::OK);
        let document = Document::parse(&list.body);
        let addresses: Vec<String> = document
            .elements
            .iter()
            .flat_map(|element| &element.attributes)
            .filter(|(name, value)| name == "href" && value.starts_with("/dev/mail/"))
            .map(|(_, value)| value.clone())
            .collect();
        assert_eq!(addresses.len(), 1, "{}", list.body);
        let one = browser.get(&addresses[0]).await;
        let document = Document::parse(&one.body);
        let link = format!("{}/reset-password?token=abc", world.node.url);
        assert!(
            document.elements.iter().any(|e| e.name == "a" && e.attributes.contains(&("href".into(), link.clone())))
        );
        assert!(document.says(name) && document.elements.iter().all(|element| element.name != "script"));
        let frame = browser.get(&format!("{}/html", addresses[0])).await;
        assert!(frame.headers["content-security-policy"].to_str().unwrap().contains("sandbox"));
        let document = Document::parse(&frame.body);
        assert!(document.says(name) && document.elements.iter().all(|element| element.name != "script"));
        for page in [&list, &one, &frame] {
            assert!(!page.headers["content-security-policy"].to_str().unwrap().contains("script-src"));
            assert_eq!(page.headers["cache-control"], "no-store");
        }
        for nowhere in ["/dev/mail/nothing", "/dev/mail/00000000-0000-0000-0000-000000000000", "/dev", "/dev/other"] {
            assert!(browser.get(nowhere).await.status.is_client_error(), "{nowhere}");
        }
        assert_eq!(browser.post("/dev/mail", &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
    })
    .await;
}

#[tokio::test]
async fn the_newest_two_hundred_are_kept() {
    let database = Database::sqlite().await;
    let store = Store::open(&database.url).await.unwrap();
    let world = World::with_mailer(database, Arc::new(Kept(store))).await;
    let rows: Vec<_> = (0..210)
        .map(|n| {
            world.services().letter_row("ann@acme.test", Letter::AccountDeleted { name: "A".into() }, &n.to_string())
        })
        .collect();
    let newest = rows[209].id;
    world.store().insert_outbox(&rows, world.now()).await.unwrap();
    world.work_off().await;
    let kept = world.store().list_kept_mail().await.unwrap();
    assert_eq!((kept.len(), kept[0].id), (200, newest));
}

#[tokio::test(flavor = "multi_thread")]
async fn in_production_and_beside_a_mail_server_there_is_no_such_page() {
    for settings in [("PORTICO_ENV", "production"), ("PORTICO_SMTP_URL", "smtp://127.0.0.1:9")] {
        let world = World::with_settings(Database::sqlite().await, &[settings]).await;
        kept(&world, "Ann").await;
        for path in ["/dev/mail", "/dev/mail/", "/dev/mail/00000000-0000-0000-0000-000000000000"] {
            let page = world.browser().get(path).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{settings:?} {path}");
            assert!(page.shows("error-page"));
        }
    }
}
