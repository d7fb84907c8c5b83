//! H03: what people wrote is shown as they wrote it, wherever it is shown.

use domain::{
    OrgId, UserId,
    accounts::Email,
    orgs::{OrgName, Role, Slug},
};
use reqwest::{Method, StatusCode};
use store::NewUser;
use testkit::{Browser, Page, World, each_database};
use uuid::Uuid;

const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><svg onload=alert(1)>",
    "{{7*7}}",
    "${7*7}",
    "'; DROP TABLE users; --",
    "javascript:alert(1)",
    "<!--",
    "]]><b>",
    "\" autofocus onfocus=\"alert(1)",
    "&lt;b&gt; & <b>",
];

#[tokio::test]
async fn h03_names_are_text_on_every_page() {
    each_database(|database| async {
        let world = World::on(database).await;
        for (n, text) in HOSTILE.into_iter().enumerate() {
            let (slug, address) = (format!("org-{n}"), format!("person{n}@acme.test"));
            let org = OrgId::from_uuid(Uuid::new_v4());
            let name = OrgName::parse(text).unwrap();
            let store = world.store();
            assert!(store.insert_organization(org, &Slug::parse(&slug).unwrap(), &name, world.now()).await.unwrap());
            let (id, email) = (UserId::from_uuid(Uuid::new_v4()), Email::parse(&address).unwrap());
            let hash = Some(testkit::PASSWORD_HASH);
            let user = NewUser { id, email: &email, name: text, password_hash: hash };
            assert!(store.insert_user(&user, world.now()).await.unwrap());
            world.join(org, id, Role::Owner).await;
            let browser = world.signed_in(&address).await;
            // The customer's name at the provider, and the trail, hold it too.
            let opened = browser.open_portal(&slug).await;
            assert_eq!(opened.status, StatusCode::SEE_OTHER, "{text}");
            let hosted = reqwest::get(opened.location().unwrap()).await.unwrap().text().await.unwrap();
            let mut pages = vec![("the hosted page", hosted)];
            for path in ["", "/settings", "/settings/members", "/settings/billing", "/settings/audit"] {
                let page = browser.get(&format!("/o/{slug}{path}")).await;
                assert_eq!(page.status, StatusCode::OK, "{path} {text}");
                pages.push((path, page.body));
            }
            pages.push(("/", browser.get("/").await.body));
            for (place, body) in pages {
                for raw in ["<script>alert", "<img src=x", "<svg onload", "\" onfocus=", "<b>", ">49<"] {
                    assert!(!body.contains(raw), "{place}: {text} came out raw");
                }
            }
        }
        world.provider.assert_contract_kept().await;
    })
    .await;
}

/// What was typed into a refused form, and what stands in addresses.
#[tokio::test]
async fn h03_what_was_typed_is_text() {
    let world = World::on(testkit::Database::sqlite().await).await;
    world.team("acme").await;
    for text in HOSTILE {
        let browser = world.browser();
        let refused = browser.post("/api/auth/sign-in", &[("email", text), ("password", "x"), ("next", text)]).await;
        let page = browser.get(refused.location().unwrap()).await;
        assert!(page.shows("form-error"), "{text}");
        let query = Browser::at(&world.node.url).request(Method::GET, "/sign-in").query(&[("next", text), ("x", text)]);
        for body in [page.body, Page::of(query).await.body] {
            for raw in ["<script>alert", "<img src=x", "<svg onload", "\" onfocus="] {
                assert!(!body.contains(raw), "{text} came out raw");
            }
        }
    }
}
