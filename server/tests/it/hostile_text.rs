//! H03: what people wrote is shown as they wrote it, wherever it is shown: each page is
//! parsed as a browser does, and has the elements that it has for somebody harmless.

use std::collections::BTreeMap;

use domain::{OrgId, UserId, orgs::Role};
use reqwest::{Method, StatusCode};
use sea_orm::{ConnectionTrait, Statement, Value};
use services::posts::TypedPost;
use testkit::{Browser, Page, World, each_database};

use crate::{html::Document, members::actor};

const HARMLESS: &str = "Ann Example";

const HOSTILE: [&str; 40] = [
    // Elements.
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<body onload=alert(1)>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<details open ontoggle=alert(1)>",
    "<template><b>",
    "<b>bold</b>",
    // Out of an attribute.
    "\"><img src=x onerror=alert(1)>",
    "'><svg onload=alert(1)>",
    "\" autofocus onfocus=\"alert(1)",
    "' autofocus onfocus='alert(1)",
    "` onmouseover=`alert(1)",
    "x\" style=\"position:fixed;inset:0",
    "\\\" onx=alert(1) \\\"",
    "/><script>alert(1)</script>",
    // Out of elements whose text is taken as it is.
    "</title><script>alert(1)</script>",
    "</textarea><svg onload=alert(1)>",
    "</style><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "</noscript><p id=evil>",
    "</option></select><b>",
    // Comments and sections.
    "<!--",
    "--><b>",
    "<!--><img src=x onerror=alert(1)>-->",
    "]]><b>",
    "<![CDATA[<b>]]>",
    // Already escaped: shown so, and not unescaped.
    "&lt;b&gt; &amp; &quot;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "&NotAnEntity; &#x0; &",
    // For other languages than HTML.
    "{{7*7}} ${7*7} <%= 7*7 %>",
    "'; DROP TABLE users; --",
    "javascript:alert(1)",
    "\u{202e}gpj.exe\u{2066}<b>\u{feff}",
];

/// One owner with one organisation, whose names are written into the rows themselves: what
/// stands there need not have come through a form of today.
struct Subject {
    world: World,
    org: OrgId,
    user: UserId,
    browser: Browser,
    email: String,
    /// Addresses of pages under the organisation's.
    written: Vec<String>,
}

const SLUG: &str = "acme";

impl Subject {
    async fn on(world: World) -> Self {
        let (org, user) = (world.organization(SLUG).await, world.person("ann@acme.test").await);
        world.join(org, user, Role::Owner).await;
        let browser = world.signed_in("ann@acme.test").await;
        let who = actor(&world, user).await;
        let project = world.services().create_project(&who, SLUG, HARMLESS).await.unwrap().to_string();
        let typed = TypedPost { title: HARMLESS, body: "Words" };
        let post = world.services().create_post(&who, (SLUG, &project), typed).await.unwrap();
        let project = format!("/projects/{project}");
        let post = format!("{project}/posts/{post}");
        let written =
            vec!["/projects".to_owned(), format!("{project}/posts/new"), format!("{post}/edit"), project, post];
        Self { world, org, user, browser, email: "ann@acme.test".to_owned(), written }
    }

    async fn execute(&self, sql: &str, values: impl IntoIterator<Item = Value>) {
        // As somebody whom no wall between organisations holds up.
        let db = self.world.oracle.connection();
        let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, values);
        db.execute_raw(statement).await.unwrap();
    }

    /// Everything that bears the text, then every page that shows it. Each round does the
    /// same, so that the pages of any two are made of the same elements.
    async fn pages(&mut self, text: &str) -> BTreeMap<String, String> {
        self.execute("DELETE FROM billing_customers", []).await;
        // The trail lets go of what is older than its organisation keeps: here of everything.
        self.execute("UPDATE organizations SET audit_purged_before = $1", [i64::MAX.into()]).await;
        self.execute("DELETE FROM audit_entries WHERE org_id IS NOT NULL", []).await;
        self.execute("UPDATE projects SET name = $1", [text.into()]).await;
        self.execute("UPDATE posts SET title = $1", [text.into()]).await;
        // A key is bound to the bytes it came with.
        let another_key = "UPDATE customer_creations SET key_number = key_number + 1, last_call = 'none', name = $1";
        self.execute(another_key, [text.into()]).await;
        let (org, user) = (Value::from(self.org.as_uuid()), Value::from(self.user.as_uuid()));
        self.execute("UPDATE organizations SET name = $1 WHERE id = $2", [text.into(), org]).await;
        let email = self.email.clone();
        let name_and_email = "UPDATE users SET name = $1, email = $2 WHERE id = $3";
        self.execute(name_and_email, [text.into(), email.into(), user.clone()]).await;
        let mut pages = BTreeMap::new();
        // The customer's name at the provider.
        let opened = self.browser.open_portal(SLUG).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{text}");
        let hosted = reqwest::get(opened.location().unwrap()).await.unwrap().text().await.unwrap();
        pages.insert("the hosted page".to_owned(), hosted);
        // The e-mail address, in the person's row and in the trail.
        self.execute(name_and_email, [text.into(), text.into(), user]).await;
        assert_eq!(self.browser.open_portal(SLUG).await.status, StatusCode::SEE_OTHER, "{text}");
        let of_settings = ["", "/settings", "/settings/members", "/settings/billing", "/settings/audit"];
        for path in of_settings.into_iter().chain(self.written.iter().map(String::as_str)) {
            let page = self.browser.get(&format!("/o/{SLUG}{path}")).await;
            assert_eq!(page.status, StatusCode::OK, "{path} {text}");
            pages.insert(format!("/o/{SLUG}{path}"), page.body);
        }
        for path in
            ["/", "/account", "/account/email", "/account/password", "/account/sessions", "/account/data", "/nowhere"]
        {
            pages.insert(path.to_owned(), self.browser.get(path).await.body);
        }
        pages
    }
}

#[track_caller]
fn assert_only_text(place: &str, text: &str, hostile: &str, harmless: &str) {
    let (hostile, harmless) = (Document::parse(hostile), Document::parse(harmless));
    assert_eq!(hostile.skeleton(), harmless.skeleton(), "{place}: {text} became markup");
    hostile.assert_inert(place);
    // Where the harmless name is read, this one is.
    assert_eq!(hostile.says(text), harmless.says(HARMLESS), "{place}: {text} as it was written");
}

#[tokio::test(flavor = "multi_thread")]
async fn h03_names_addresses_and_organizations_are_text_on_every_page() {
    each_database(|database| async {
        let mut subject = Subject::on(World::on(database).await).await;
        let harmless = subject.pages(HARMLESS).await;
        let shows = harmless.values().filter(|page| Document::parse(page).says(HARMLESS)).count();
        assert_eq!(shows, harmless.len(), "each of these pages shows one of them");
        // Beside the names, the address: of the person in the list, and of the actor in the trail.
        for page in ["/o/acme/settings/members", "/o/acme/settings/audit"] {
            assert!(harmless[page].matches(HARMLESS).count() >= 2, "{page}");
        }
        for text in HOSTILE {
            for (place, page) in subject.pages(text).await {
                assert_only_text(&place, text, &page, &harmless[&place]);
            }
        }
        subject.world.provider.assert_contract_kept().await;
    })
    .await;
}

/// What was typed into a refused form (and comes back by a flash), and what stands in addresses.
#[tokio::test(flavor = "multi_thread")]
async fn h03_what_was_typed_is_text() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team(SLUG).await;
        let base = world.node.url.clone();
        let form = async |email: &str, next: &str| {
            let browser = Browser::at(&base);
            let refused =
                browser.post("/api/auth/sign-in", &[("email", email), ("password", "x"), ("next", next)]).await;
            assert_eq!(refused.status, StatusCode::SEE_OTHER, "{email}");
            let page = browser.get(refused.location().unwrap()).await;
            assert!(page.shows("form-error"), "{email}");
            page.body
        };
        let asked = async |next: &str| {
            let browser = Browser::at(&base);
            let request = browser.request(Method::GET, "/sign-in").query(&[("next", next), ("x", next)]);
            Page::of(request).await.body
        };
        let missing = async |path: &str| {
            let request = Browser::at(&base).request(Method::GET, &format!("/{}", crate::replies::encoded(path)));
            let page = Page::of(request).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
            page.body
        };
        let sign_up = async |text: &str| {
            // Forms that send mail are counted by the hour.
            world.clock.advance(domain::Millis::hours(1));
            let browser = Browser::at(&base);
            let fields = [("name", text), ("email", text), ("organization", text), ("password", "x")];
            let refused = browser.post("/api/auth/sign-up", &fields).await;
            assert_eq!(refused.location(), Some("/sign-up"), "{text}");
            browser.get("/sign-up").await.body
        };
        let harmless_sign_up = sign_up(HARMLESS).await;
        // As a name it is refused, so the page has two messages more.
        let reversed_sign_up = sign_up(&format!("\u{202e}{HARMLESS}")).await;
        let harmless_form = form(HARMLESS, "/o/acme").await;
        let harmless_next = asked(&format!("/{HARMLESS}")).await;
        let harmless_missing = missing(HARMLESS).await;
        for text in HOSTILE {
            assert_only_text("the form", text, &form(text, "/o/acme").await, &harmless_form);
            let harmless = if text.contains('\u{202e}') { &reversed_sign_up } else { &harmless_sign_up };
            assert_only_text("signing up", text, &sign_up(text).await, harmless);
            let page = asked(&format!("/{text}")).await;
            let document = Document::parse(&page);
            document.assert_inert(text);
            // One that is no path of ours is left out, field and all.
            let kept = document.skeleton() == Document::parse(&harmless_next).skeleton();
            let left_out = document.skeleton() == Document::parse(&asked("").await).skeleton();
            assert!(kept || left_out, "{text} became markup");
            let page = Document::parse(&missing(text).await);
            assert_eq!(page.skeleton(), Document::parse(&harmless_missing).skeleton(), "{text}");
            assert!(!page.says(text), "an address that isn't there is not repeated: {text}");
        }
    })
    .await;
}
