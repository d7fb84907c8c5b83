//! Projects and posts (A-13: people change their own; T02, T09: nothing crosses tenants).

use domain::{
    OrgId, PostId, ProjectId, UserId,
    accounts::Email,
    audit::AuditAction,
    projects::{PostBody, PostTitle, ProjectName},
};
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use services::posts::TypedPost;
use testkit::{Browser, Page, World, each_database};
use uuid::Uuid;

use crate::{members::actor, tables::count};

async fn begin(browser: &Browser, org: &str, name: &str) -> Page {
    browser.post("/api/projects/create", &[("org", org), ("name", name)]).await
}

/// Begins one; gives its address.
async fn project(browser: &Browser, name: &str) -> String {
    let page = begin(browser, "acme", name).await;
    page.location().unwrap_or_else(|| panic!("{} {}", page.status, page.body)).to_owned()
}

fn last_part(address: &str) -> &str {
    address.rsplit('/').next().unwrap()
}

async fn write(browser: &Browser, project: &str, title: &str, body: &str) -> Page {
    let form = [("org", "acme"), ("project", last_part(project)), ("title", title), ("body", body)];
    browser.post("/api/posts/create", &form).await
}

async fn change(browser: &Browser, post: &str, (title, body, version): (&str, &str, &str)) -> Page {
    let mut parts = post.rsplit('/');
    let (post, project) = (parts.next().unwrap(), parts.nth(1).unwrap());
    let ids = [("org", "acme"), ("project", project), ("post", post)];
    let typed = [("title", title), ("body", body), ("version", version)];
    browser.post("/api/posts/update", &[&ids[..], &typed[..]].concat()).await
}

async fn remove(browser: &Browser, post: &str) -> Page {
    let mut parts = post.rsplit('/');
    let (post, project) = (parts.next().unwrap(), parts.nth(1).unwrap());
    browser.post("/api/posts/delete", &[("org", "acme"), ("project", project), ("post", post)]).await
}

async fn id_of(world: &World, email: &str) -> UserId {
    world.store().find_user_by_email(&Email::parse(email).unwrap()).await.unwrap().unwrap().id
}

#[tokio::test]
async fn a13_people_change_their_own_posts_and_admins_all() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let second = world.person("second@acme.test").await;
        world.join(acme, second, domain::orgs::Role::Editor).await;
        let (editor, other, admin, viewer) = (
            world.signed_in("editor@acme.test").await,
            world.signed_in("second@acme.test").await,
            world.signed_in("admin@acme.test").await,
            world.signed_in("viewer@acme.test").await,
        );
        assert!(editor.get("/o/acme/projects").await.shows("no-projects"));
        let home = project(&editor, "  Website relaunch ").await;
        let page = editor.get(&home).await;
        assert!(page.shows("no-posts") && page.shows("flash") && page.shows("new-post"));
        assert!(page.shows("rename-project") && !page.shows("delete-project"), "that takes an Admin");
        let written = write(&editor, &home, "What we want", "We have **ten** seconds.\r\n\r\n- one\r\n- two").await;
        let post = written.location().unwrap().to_owned();
        let page = editor.get(&post).await;
        assert!(page.body.contains("<strong>ten</strong>") && page.body.contains("<li>two</li>"));
        assert!(page.body.contains("editor") && page.shows("edit-post") && page.shows("delete-post"));

        // Whoever reads it, reads.
        let page = viewer.get(&home).await;
        assert!(page.shows("post-row") && !page.shows("new-post") && !page.shows("rename-project"));
        let page = viewer.get(&post).await;
        assert!(page.shows("post") && !page.shows("edit-post") && !page.shows("delete-post"));
        for page in [
            begin(&viewer, "acme", "Mine").await,
            write(&viewer, &home, "Mine", "Mine").await,
            change(&viewer, &post, ("Mine", "Mine", "1")).await,
            remove(&viewer, &post).await,
            viewer.get(&format!("{home}/posts/new")).await,
            viewer.get(&format!("{post}/edit")).await,
            // Another Editor neither: it is not theirs.
            change(&other, &post, ("Mine", "Mine", "1")).await,
            remove(&other, &post).await,
            other.get(&format!("{post}/edit")).await,
        ] {
            assert_eq!(page.status, StatusCode::FORBIDDEN);
        }
        assert!(remove(&other, &post).await.body.contains("Only its author can change or delete it"));
        assert!(!other.get(&post).await.shows("edit-post"));
        let refused = world.store().list_audit_entries(acme, 0, 20).await.unwrap().entries;
        let of_second: Vec<_> = refused
            .iter()
            .filter(|entry| entry.actor == "second@acme.test")
            .map(|entry| (entry.action, entry.subject.as_deref(), entry.reason.as_deref()))
            .collect();
        let (about, why) = (Some("What we want"), Some("not_the_author"));
        let [update, delete] = [AuditAction::UpdatePost, AuditAction::DeletePost].map(|action| (action, about, why));
        assert_eq!(of_second, [delete, delete, update]);

        assert_eq!(change(&editor, &post, ("What we show", "More", "1")).await.location(), Some(&*post));
        assert!(editor.get(&post).await.body.contains("What we show"));
        assert_eq!(change(&admin, &post, ("By an Admin", "More", "2")).await.location(), Some(&*post));
        // It stays the author's.
        let stored = world.store().find_post((acme, id_in(&home), post_in(&post))).await.unwrap().unwrap();
        assert_eq!((stored.author, stored.version), (Some(id_of(&world, "editor@acme.test").await), 3));
        assert_eq!(remove(&admin, &post).await.location(), Some(&*home));
        assert_eq!(editor.get(&post).await.status, StatusCode::NOT_FOUND);

        // An Editor loses what made them one: at once.
        let written = write(&editor, &home, "Mine", "Mine").await;
        let post = written.location().unwrap().to_owned();
        world.join(acme, id_of(&world, "editor@acme.test").await, domain::orgs::Role::Viewer).await;
        assert_eq!(change(&editor, &post, ("x", "x", "1")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(editor.get(&post).await.status, StatusCode::OK);
    })
    .await;
}

fn id_in(address: &str) -> ProjectId {
    ProjectId::from_uuid(last_part(address).parse().unwrap())
}

fn post_in(address: &str) -> PostId {
    PostId::from_uuid(last_part(address).parse().unwrap())
}

#[tokio::test]
async fn a_project_is_renamed_and_deleted_with_its_posts() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let (editor, admin) = (world.signed_in("editor@acme.test").await, world.signed_in("admin@acme.test").await);
        let home = project(&editor, "One").await;
        let id = last_part(&home);
        write(&editor, &home, "A", "a").await;
        let form = [("org", "acme"), ("project", id), ("name", " Two ")];
        assert_eq!(editor.post("/api/projects/rename", &form).await.location(), Some(&*home));
        assert!(editor.get("/o/acme/projects").await.body.contains(">Two</a>"));
        let form = [("org", "acme"), ("project", id), ("name", "")];
        assert_eq!(editor.post("/api/projects/rename", &form).await.location(), Some(&*home));
        assert!(editor.get(&home).await.body.contains("Enter a name for the project."));
        let delete = async |browser: &Browser, confirmation: &str| {
            let form = [("org", "acme"), ("project", id), ("confirmation", confirmation)];
            browser.post("/api/projects/delete", &form).await
        };
        assert_eq!(delete(&editor, "Two").await.status, StatusCode::FORBIDDEN);
        for wrong in ["", "One"] {
            assert_eq!(delete(&admin, wrong).await.location(), Some(&*home));
            assert!(admin.get(&home).await.shows("form-error"));
        }
        assert_eq!(count(&world, "posts").await, 1);
        assert_eq!(delete(&admin, " Two ").await.location(), Some("/o/acme/projects"));
        assert_eq!((count(&world, "projects").await, count(&world, "posts").await), (0, 0));
        assert_eq!(delete(&admin, "Two").await.status, StatusCode::NOT_FOUND);
        assert_eq!(write(&editor, &home, "Late", "late").await.status, StatusCode::NOT_FOUND);
        let trail: Vec<_> = world
            .store()
            .list_audit_entries(acme, 0, 20)
            .await
            .unwrap()
            .entries
            .into_iter()
            .map(|entry| (entry.action, entry.subject))
            .collect();
        assert!(trail.contains(&(AuditAction::RenameProject, Some("One → Two".to_owned()))));
        assert!(trail.contains(&(AuditAction::DeleteProject, Some("Two".to_owned()))));
    })
    .await;
}

/// Nobody's words are lost.
#[tokio::test]
async fn whoever_edited_an_older_version_is_told_and_has_what_they_typed() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let (editor, admin) = (world.signed_in("editor@acme.test").await, world.signed_in("admin@acme.test").await);
        let home = project(&editor, "One").await;
        let written = write(&editor, &home, "First", "first").await;
        let post = written.location().unwrap().to_owned();
        assert_eq!(change(&admin, &post, ("Admin's", "by the admin", "1")).await.location(), Some(&*post));
        let late = change(&editor, &post, ("Editor's", "<textarea> & by the editor", "1")).await;
        assert_eq!(late.location(), Some(&*format!("{post}/edit")));
        let page = editor.get(&format!("{post}/edit")).await;
        assert!(page.body.contains("Somebody changed this post while you were writing."));
        assert!(
            page.body.contains("value=\"Editor's\"")
                || page.body.contains("value=\"Editor&#x27;s\"")
                || page.body.contains("Editor&#39;s")
        );
        assert!(page.body.contains("&lt;textarea&gt; &amp; by the editor"));
        assert!(page.body.contains("name=\"version\" value=\"2\""));
        assert!(editor.get(&post).await.body.contains("by the admin"), "and theirs is there");
        for version in ["", "x", "-1", "99999999999999", "3"] {
            assert_eq!(
                change(&editor, &post, ("E", "e", version)).await.location(),
                Some(&*format!("{post}/edit")),
                "{version}"
            );
        }
        assert_eq!(change(&editor, &post, ("Editor's", "both", "2")).await.location(), Some(&*post));
        assert!(editor.get(&post).await.body.contains("both"));
        // One that came back for another reason is still of the version that was edited.
        assert_eq!(change(&editor, &post, ("", "mine", "3")).await.location(), Some(&*format!("{post}/edit")));
        assert_eq!(change(&admin, &post, ("Meanwhile", "theirs", "3")).await.location(), Some(&*post));
        assert!(editor.get(&format!("{post}/edit")).await.body.contains("name=\"version\" value=\"3\""));
        assert_eq!(change(&admin, &post, ("Editor's", "both", "4")).await.location(), Some(&*post));
        // Nothing changed: nothing is written.
        let before = count(&world, "audit_entries").await;
        assert_eq!(change(&editor, &post, ("Editor's", "both", "5")).await.location(), Some(&*post));
        assert_eq!(count(&world, "audit_entries").await, before);
    })
    .await;
}

#[tokio::test]
async fn what_cant_be_a_post_comes_back_as_it_was_typed() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let editor = world.signed_in("editor@acme.test").await;
        let home = project(&editor, "One").await;
        // The longest there is, in letters of four bytes: whole, there and back.
        let long = "𝄞".repeat(20_000);
        let written = write(&editor, &home, "Long", &long).await;
        let post = written.location().unwrap().to_owned();
        assert!(editor.get(&post).await.body.contains(&long));
        for (title, body, words) in [
            ("", "text", "Enter a title."),
            ("a\u{202e}b", "text", "Use 1 to 120 ordinary characters."),
            (&*"é".repeat(121), "text", "Use 1 to 120 ordinary characters."),
            ("Title", "", "Write something."),
            ("Title", " \r\n ", "Write something."),
            ("Title", "a\0b", "There is something in it that can't be shown."),
            ("Title", &*"x".repeat(20_001), "That is too long."),
        ] {
            let refused = write(&editor, &home, title, body).await;
            assert_eq!(refused.location(), Some(&*format!("{home}/posts/new")), "{words}");
            let page = editor.get(&format!("{home}/posts/new")).await;
            assert!(page.shows("form-error") && page.body.contains(words), "{words}");
            assert!(title.is_empty() || page.body.contains(title), "{words}");
            assert!(body.contains(['\0', ' ']) || page.body.contains(body), "{words}");
        }
        assert_eq!(write(&editor, &home, "Title", &"x".repeat(1_000_000)).await.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(count(&world, "posts").await, 1);
        assert_eq!(begin(&editor, "acme", " ").await.location(), Some("/o/acme/projects"));
        assert!(editor.get("/o/acme/projects").await.body.contains("Enter a name for the project."));
    })
    .await;
}

/// The text of the first link in each row.
fn rows(page: &Page, testid: &str) -> Vec<String> {
    let mark = format!("data-testid=\"{testid}\"");
    let rows = page.body.split(&mark).skip(1);
    rows.map(|row| row.split_once("<a ").unwrap().1.split(['>', '<']).nth(1).unwrap().to_owned()).collect()
}

#[tokio::test]
async fn lists_have_pages_and_are_searched() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let editor = id_of(&world, "editor@acme.test").await;
        let (services, who) = (world.services(), actor(&world, editor).await);
        let mut last = None;
        for number in 0..45 {
            let name = if number == 7 { "Müller & SÖHNE 100%".to_owned() } else { format!("Project {number:02}") };
            last = Some(services.create_project(&who, "acme", &name).await.unwrap());
        }
        let project = last.unwrap().to_string();
        for number in 0..41 {
            let body = if number == 3 { "Hier steht ÄRGER_mit %" } else { "nothing" };
            world.clock.advance(domain::Millis(1));
            let title = format!("Post {number:02}");
            services.create_post(&who, ("acme", &project), TypedPost { title: &title, body }).await.unwrap();
        }
        let viewer = world.signed_in("viewer@acme.test").await;
        let list = async |query: &str| rows(&viewer.get(&format!("/o/acme/projects?{query}")).await, "project-row");
        let names = [list("").await, list("page=1").await, list("page=2").await];
        assert_eq!(names.each_ref().map(Vec::len), [20, 20, 5]);
        let all: std::collections::BTreeSet<_> = names.iter().flatten().collect();
        assert_eq!(all.len(), 45, "each once");
        for (query, found) in [
            ("q=sohne", 1),
            ("q=M%C3%9CLLER", 1),
            ("q=%25", 1),
            ("q=_", 0),
            ("q=project%201", 10),
            ("q=nowhere", 0),
            ("page=x", 20),
            ("page=-1", 20),
            ("page=18446744073709551615", 0),
        ] {
            assert_eq!(list(query).await.len(), found, "{query}");
        }
        let home = format!("/o/acme/projects/{project}");
        let posts = async |query: &str| rows(&viewer.get(&format!("{home}?{query}")).await, "post-row");
        assert_eq!([posts("").await.len(), posts("page=1").await.len(), posts("page=2").await.len()], [20, 20, 1]);
        assert!(posts("").await[0].contains("Post 40"), "newest first");
        for (query, found) in [("q=arger_", 1), ("q=post%200", 10), ("q=%25", 1), ("q=zzz", 0)] {
            assert_eq!(posts(query).await.len(), found, "{query}");
        }
        let page = viewer.get("/o/acme/projects?q=project%201&page=0").await;
        assert!(page.body.contains("value=\"project 1\""), "what was looked for stands there");
        let page = viewer.get("/o/acme/projects?q=%3Cscript%3E&page=1").await;
        assert!(!page.body.contains("<script>\"") && page.body.contains("&lt;script&gt;"));
    })
    .await;
}

#[tokio::test]
async fn t02_a_post_is_found_in_its_own_project_only() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let editor = world.signed_in("editor@acme.test").await;
        let (one, two) = (project(&editor, "One").await, project(&editor, "Two").await);
        let written = write(&editor, &one, "A", "a").await;
        let post = written.location().unwrap().to_owned();
        let elsewhere = post.replace(last_part(&one), last_part(&two));
        assert_eq!(editor.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
        assert_eq!(editor.get(&format!("{elsewhere}/edit")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(change(&editor, &elsewhere, ("x", "x", "1")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(remove(&editor, &elsewhere).await.status, StatusCode::NOT_FOUND);
        for id in ["x", "", "..%2f..", "00000000-0000-0000-0000-000000000000"] {
            assert_eq!(
                editor.get(&format!("/o/acme/projects/{id}/posts/{id}")).await.status,
                StatusCode::NOT_FOUND,
                "{id}"
            );
        }
        assert!(editor.get(&post).await.shows("post"));
    })
    .await;
}

/// T09: the second wall. A statement without a filter finds nothing of others, and nothing can be put
/// where it does not belong.
#[tokio::test]
async fn t09_a_forgotten_filter_finds_nothing_of_others() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, globex) = (world.team("acme").await, world.team("globex").await);
        let mut of = Vec::new();
        for (org, slug) in [(acme, "acme"), (globex, "globex")] {
            let who = actor(&world, id_of(&world, &format!("editor@{slug}.test")).await).await;
            let project = world.services().create_project(&who, slug, "P").await.unwrap();
            let typed = TypedPost { title: "T", body: "B" };
            let post = world.services().create_post(&who, (slug, &project.to_string()), typed).await.unwrap();
            of.push((org, project, post));
        }
        // By our own statements, with the id of a thing of others under one's own organisation.
        let (store, entry) =
            (world.store(), world.store().list_audit_entries(acme, 0, 1).await.unwrap().entries.remove(0));
        let entry = || store::AuditEntry { id: Uuid::new_v4(), ..entry.clone() };
        let before = crate::tables::dump(&world).await;
        let (name, title) = (ProjectName::parse("x").unwrap(), PostTitle::parse("x").unwrap());
        let body = PostBody::parse("x").unwrap();
        let (project, post) = (of[1].1, of[1].2);
        let edit = store::Edit { title: &title, body: &body, version: 1 };
        assert_eq!(store.find_project(acme, project).await.unwrap(), None);
        assert!(!store.rename_project((acme, project), &name, &entry()).await.unwrap());
        assert!(!store.delete_project(acme, project, &entry()).await.unwrap());
        assert_eq!(store.list_posts((acme, project), "", (0, 10)).await.unwrap().rows, []);
        assert_eq!(store.find_post((acme, project, post)).await.unwrap(), None);
        assert_eq!(store.find_post((acme, of[0].1, post)).await.unwrap(), None);
        assert_eq!(store.update_post((acme, project, post), &edit, &entry()).await.unwrap(), store::Edited::Gone);
        assert!(!store.delete_post((acme, project, post), &entry()).await.unwrap());
        let new = store::NewPost {
            id: PostId::from_uuid(Uuid::new_v4()),
            org: acme,
            project,
            author: id_of(&world, "editor@acme.test").await,
            title: &title,
            body: &body,
        };
        assert!(!store.insert_post(&new, &entry()).await.unwrap());
        let all = store.list_posts_of_organization(acme, 10).await.unwrap();
        assert_eq!(all.iter().map(|post| post.id).collect::<Vec<_>>(), [of[0].2]);
        let theirs = id_of(&world, "editor@globex.test").await;
        assert_eq!(store.list_posts_by((acme, theirs), 10).await.unwrap(), []);
        assert_eq!(crate::tables::dump(&world).await, before);
        let db = world.store().connection();
        let backend = db.get_database_backend();
        let id = |id: Uuid| match backend {
            DbBackend::Postgres => format!("'{id}'"),
            _ => format!("X'{}'", id.simple()),
        };
        let (theirs, ours) = (&of[1], &of[0]);
        let post = |org: OrgId, project: ProjectId| {
            format!(
                "INSERT INTO posts (id, org_id, project_id, title, body, folded, version, created_at, updated_at) \
                 VALUES ({}, {}, {}, 'x', 'x', 'x', 1, 0, 0)",
                id(Uuid::new_v4()),
                id(org.as_uuid()),
                id(project.as_uuid())
            )
        };
        // On both: a post is of the organisation of its project. Asked as somebody whom no policy holds up.
        let crossed = world.oracle.connection().execute_unprepared(&post(acme, theirs.1)).await;
        assert!(crossed.unwrap_err().to_string().to_lowercase().contains("foreign key"));
        assert!(
            world.oracle.connection().execute_unprepared(&post(acme, ours.1)).await.is_ok(),
            "it is the key that says no"
        );
        if backend != DbBackend::Postgres {
            assert_eq!(world.store().keeps_tenants_apart().await.unwrap(), None);
            return;
        }
        assert_eq!(world.store().keeps_tenants_apart().await.unwrap(), Some(true));
        assert_eq!(world.oracle.keeps_tenants_apart().await.unwrap(), Some(false));
        let ids = async |tx: &sea_orm::DatabaseTransaction, sql: &str| -> Vec<Uuid> {
            let rows = tx.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await.unwrap();
            rows.iter().map(|row| row.try_get("", "org_id").unwrap()).collect()
        };
        for table in ["projects", "posts"] {
            // Nobody named: nothing.
            let tx = db.begin().await.unwrap();
            assert_eq!(ids(&tx, &format!("SELECT org_id FROM {table}")).await.len(), 0);
            assert_eq!(tx.execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap().rows_affected(), 0);
            // One named: theirs, though no filter says so.
            let name = format!("SELECT set_config('portico.org_id', '{acme}', true)");
            tx.execute_unprepared(&name).await.unwrap();
            let found = ids(&tx, &format!("SELECT org_id FROM {table}")).await;
            assert!(!found.is_empty() && found.iter().all(|org| *org == acme.as_uuid()), "{found:?}");
            let foreign = format!("UPDATE {table} SET folded = 'x' WHERE org_id = '{globex}'");
            assert_eq!(tx.execute_unprepared(&foreign).await.unwrap().rows_affected(), 0);
            tx.rollback().await.unwrap();
            // What is named is named for that transaction only.
            let tx = db.begin().await.unwrap();
            assert_eq!(ids(&tx, &format!("SELECT org_id FROM {table}")).await.len(), 0);
            // Nothing is put elsewhere, and nothing moved there.
            tx.execute_unprepared(&name).await.unwrap();
            let moved = tx.execute_unprepared(&format!("UPDATE {table} SET org_id = '{globex}'")).await;
            assert!(moved.unwrap_err().to_string().contains("row-level security"));
        }
        let tx = db.begin().await.unwrap();
        tx.execute_unprepared(&format!("SELECT set_config('portico.org_id', '{acme}', true)")).await.unwrap();
        let put = tx.execute_unprepared(&post(globex, theirs.1)).await;
        assert!(put.unwrap_err().to_string().contains("row-level security"));
        drop(tx);
        // And what follows from a key still does: an organisation is deleted with what is in it.
        let before = (count(&world, "projects").await, count(&world, "posts").await);
        db.execute_unprepared(&format!("DELETE FROM organizations WHERE id = '{globex}'")).await.unwrap();
        assert_eq!((count(&world, "projects").await, count(&world, "posts").await), (before.0 - 1, before.1 - 1));
    })
    .await;
}

#[tokio::test]
async fn a_post_stays_when_its_author_is_gone() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let editor = world.signed_in("editor@acme.test").await;
        let home = project(&editor, "One").await;
        let written = write(&editor, &home, "Left behind", "words").await;
        let post = written.location().unwrap().to_owned();
        let copy: serde_json::Value =
            serde_json::from_str(&editor.post("/api/account/export", &[]).await.body).unwrap();
        assert_eq!(
            (&copy["posts"][0]["title"], &copy["posts"][0]["organization"]),
            (&"Left behind".into(), &"acme".into())
        );
        editor.post("/api/account/delete", &[("confirmation", "editor@acme.test")]).await;
        world.clock.advance(domain::accounts::DELETION_GRACE);
        assert_eq!(world.services().delete_due_accounts(10).await.unwrap(), 1);
        let admin = world.signed_in("admin@acme.test").await;
        let page = admin.get(&post).await;
        assert!(page.body.contains("somebody who left") && page.body.contains("words") && page.shows("edit-post"));
        let stored = world.store().find_post((acme, id_in(&home), post_in(&post))).await.unwrap().unwrap();
        assert_eq!(stored.author, None);
    })
    .await;
}
