//! Operators who act as a member (W-06): told and written down, for half an hour, and with nothing in
//! reach that is the person's own or costs money. Here is whoever would want more.

use std::sync::Arc;

use domain::{
    Millis, OrgId, UserId,
    accounts::{DELETION_GRACE, Email, IMPERSONATION_LASTS, Proof},
    audit::{AuditAction, AuditOutcome},
    orgs::Role,
};
use reqwest::{Method, StatusCode, header::REFERER};
use server::doors::{DOORS, Kind, Needs};
use services::{Origin, mail::Letter};
use store::AuditEntry;
use testkit::{Browser, PASSWORD, Page, World, each_database};
use tokio::sync::Barrier;

use crate::{
    actions::every_action,
    tables::{count, dump_but},
};

const STAFF: &str = "ann@portico.test";
const WHY: &str = "Ticket 4711: a post that can't be saved";

async fn id_of(world: &World, email: &str) -> UserId {
    world.store().find_user_by_email(&Email::parse(email).unwrap()).await.unwrap().unwrap().id
}

async fn try_impersonate(browser: &Browser, org: OrgId, user: UserId, reason: &str) -> Page {
    let (org, user) = (org.to_string(), user.to_string());
    let page = format!("{}/admin/organizations/{org}/members/{user}", browser.base);
    let form = [("org", &*org), ("user", &*user), ("reason", reason)];
    Page::of(browser.form("/api/console/impersonate", &form).header(REFERER, page)).await
}

/// An operator who acts as the owner of acme.
async fn as_owner(world: &World) -> (Browser, OrgId) {
    let acme = world.team("acme").await;
    let operator = world.operator(STAFF).await;
    let begun = try_impersonate(&operator, acme, id_of(world, "owner@acme.test").await, WHY).await;
    assert_eq!((begun.status, begun.location()), (StatusCode::SEE_OTHER, Some("/o/acme")));
    (operator, acme)
}

async fn trail(world: &World, org: OrgId) -> Vec<AuditEntry> {
    world.store().list_audit_entries(org, 0, 50).await.unwrap().entries
}

fn cookie(page: &Page) -> String {
    let cookies = page.cookies();
    let cookie = cookies.iter().find(|cookie| cookie.starts_with("portico=")).unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn w06_an_operator_sees_what_a_member_sees_and_everybody_is_told() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (operator, acme) = as_owner(&world).await;
        let page = operator.get("/o/acme").await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains("/settings/billing"), "nothing leads to what is closed");
        let words = &page.texts("impersonation-words")[0];
        assert!(words.contains("owner (owner@acme.test) until"), "{words}");
        for path in [
            "/",
            "/pricing",
            "/o/acme/settings",
            "/o/acme/settings/members",
            "/o/acme/projects",
            "/nowhere",
            "/account",
        ] {
            assert!(operator.get(path).await.shows("impersonation"), "{path}");
        }
        world.work_off().await;
        let Letter::Impersonated { organization, reason, at, until, .. } = world.mail.last_to("owner@acme.test") else {
            panic!("another letter")
        };
        assert_eq!((organization.as_str(), reason.as_str()), ("Org acme", WHY));
        assert_eq!(until, at + IMPERSONATION_LASTS);
        // What is done meanwhile is the person's, by that operator.
        let created = operator.post("/api/projects/create", &[("org", "acme"), ("name", "Seen")]).await;
        assert_eq!(created.status, StatusCode::SEE_OTHER);

        let ended = operator.post("/api/impersonation/end", &[]).await;
        let back = format!("/admin/organizations/{acme}");
        assert_eq!((ended.status, ended.location()), (StatusCode::SEE_OTHER, Some(&*back)));
        let console = operator.get(&back).await;
        assert_eq!(console.status, StatusCode::OK, "as themselves, with their second factor");
        assert!(!console.shows("impersonation"));
        assert_eq!(operator.get("/o/acme").await.status, StatusCode::NOT_FOUND);

        let trail = trail(&world, acme).await;
        let seen: Vec<_> = trail.iter().map(|entry| (entry.action, &*entry.actor, entry.operator.as_deref())).collect();
        assert_eq!(
            seen,
            [
                (AuditAction::EndImpersonation, STAFF, None),
                (AuditAction::CreateProject, "owner@acme.test", Some(STAFF)),
                (AuditAction::Impersonate, STAFF, None),
            ]
        );
        assert_eq!((trail[2].reason.as_deref(), trail[2].subject.as_deref()), (Some(WHY), Some("owner@acme.test")));
        let owner = world.signed_in("owner@acme.test").await;
        let log = owner.get("/o/acme/settings/audit").await;
        assert!(log.body.contains(WHY), "{}", log.body);
        assert!(log.body.contains("data-testid=\"audit-operator\"") && log.body.contains(STAFF), "{}", log.body);
        let csv = owner.post("/api/orgs/export-audit", &[("org", "acme")]).await.body;
        assert!(csv.lines().next().unwrap().ends_with(",operator") && csv.contains(&format!(",{STAFF}\r\n")), "{csv}");
        // Their own sessions are theirs: the operator's is not among them, and ended nothing.
        assert_eq!(owner.get("/account/sessions").await.body.matches("session-row").count(), 1);
    })
    .await;
}

/// Every door there is, asked by an operator who acts as an owner: what is theirs is closed.
#[tokio::test(flavor = "multi_thread")]
async fn w06_t01_nothing_of_the_persons_own_nor_billing_nor_the_console_is_in_reach() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (operator, acme) = as_owner(&world).await;
        operator.get("/o/acme").await;
        let customers = world.provider.customers().await.len();
        let before = dump_but(&world, &["audit_entries", "sessions", "flashes"]).await;
        let open_pages = [
            "/",
            "/pricing",
            "/impersonation",
            "/o/{org}",
            "/o/{org}/projects",
            "/o/{org}/settings",
            "/o/{org}/settings/audit",
            "/o/{org}/settings/members",
        ];
        let named_things = ["{project}", "{post}"];
        for door in DOORS.iter().filter(|door| door.kind == Kind::Page && !open_pages.contains(&door.path)) {
            let page = operator.get(&door.path.replace("{org}", "acme").replace("{provider}", "google")).await;
            let want = match door.needs {
                Needs::Staff => StatusCode::NOT_FOUND,
                // There is no such project: what is asked is whether the console or an account is.
                _ if named_things.iter().any(|part| door.path.contains(part)) => StatusCode::NOT_FOUND,
                _ => StatusCode::FORBIDDEN,
            };
            assert_eq!(page.status, want, "{}", door.path);
        }
        for path in ["/o/acme/settings/billing", "/o/acme/settings/billing/plans", "/o/acme/settings/billing/invoices"]
        {
            let page = operator.get(path).await;
            assert!(page.body.contains("Not while you act as somebody"), "{path}: in words");
        }
        let fields = [
            ("org", "acme"),
            ("plan", "pro"),
            ("interval", "month"),
            ("password", PASSWORD),
            ("current", PASSWORD),
            ("new", "another long pass phrase"),
            ("email", "evil@portico.test"),
            ("name", "Evil"),
            ("role", "Owner"),
            ("required", "on"),
            ("keep", "90"),
            ("confirmation", "acme"),
            ("address", "evil"),
            ("next", "/"),
            ("organization", "Evil"),
            ("reason", WHY),
        ];
        // What an operator may do for them, and the two ways out.
        let open = [
            "/api/posts/create",
            "/api/posts/update",
            "/api/projects/create",
            "/api/projects/rename",
            "/api/impersonation/end",
            "/api/auth/sign-out",
            "/api/orgs/export-audit",
        ];
        let mut cells = 0;
        for action in every_action().into_iter().filter(|action| !open.iter().any(|start| action.starts_with(start))) {
            let page = operator.post(action, &fields).await;
            let refused = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND].contains(&page.status);
            assert!(refused, "{action}: {} to {:?}", page.status, page.location());
            assert!(page.cookies().iter().all(|cookie| !cookie.starts_with("portico=")), "{action}");
            cells += 1;
        }
        assert!(cells > 50, "{cells}");
        assert_eq!(dump_but(&world, &["audit_entries", "sessions", "flashes"]).await, before, "nothing changed");
        assert_eq!(world.provider.customers().await.len(), customers);
        assert_eq!(world.provider.portal_calls().await.len(), 0);
        // Attempts at the organisation are in its trail, by the operator's name.
        let refused: Vec<_> =
            trail(&world, acme).await.into_iter().filter(|entry| entry.outcome == AuditOutcome::Refused).collect();
        assert!(refused.iter().any(|entry| entry.action == AuditAction::OpenBillingPortal));
        assert!(refused.iter().all(|entry| entry.operator.as_deref() == Some(STAFF)), "{refused:?}");
        // Still who they were.
        assert!(operator.get("/o/acme").await.shows("impersonation"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w06_it_is_over_after_half_an_hour_on_every_node() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (operator, acme) = as_owner(&world).await;
        let node = world.another_node().await;
        let other = operator.on(&node.url);
        world.clock.advance(Millis(IMPERSONATION_LASTS.0 - 1));
        assert_eq!(other.get("/o/acme").await.status, StatusCode::OK);
        world.clock.advance(Millis(1));
        for browser in [&operator, &other] {
            let page = browser.get("/o/acme").await;
            assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some("/impersonation")));
            let post = browser.post("/api/projects/create", &[("org", "acme"), ("name", "Late")]).await;
            assert_eq!(post.status, StatusCode::UNAUTHORIZED);
            for path in ["/", "/admin", "/admin/events", "/account"] {
                assert_eq!(browser.get(path).await.location(), Some("/impersonation"), "{path}");
            }
            assert!(!browser.get("/pricing").await.body.contains("owner@acme.test"));
        }
        assert_eq!(count(&world, "projects").await, 0);
        // A clock that is set back opens nothing that was ended.
        assert_eq!(world.services().end_due_impersonations().await.unwrap(), 1);
        assert_eq!(world.services().end_due_impersonations().await.unwrap(), 0, "once");
        world.clock.advance(Millis::minutes(-10));
        assert_eq!(operator.get("/o/acme").await.location(), Some("/impersonation"));
        world.clock.advance(Millis::minutes(10));
        let entry = trail(&world, acme).await.remove(0);
        assert_eq!((entry.action, entry.reason.as_deref()), (AuditAction::EndImpersonation, Some("time_is_up")));
        assert!(operator.get("/impersonation").await.shows("impersonation-over"));
        let back = operator.post("/api/impersonation/end", &[]).await;
        assert_eq!(back.location(), Some(&*format!("/admin/organizations/{acme}")));
        assert_eq!(operator.get("/admin").await.status, StatusCode::OK);
        let ends = "audit_entries WHERE action = 'impersonation.end'";
        assert_eq!(count(&world, ends).await, 1, "that it ended is said once");
        // For everybody else there is no such page, and nothing to end.
        assert_eq!(operator.get("/impersonation").await.status, StatusCode::NOT_FOUND);
        assert_eq!(operator.post("/api/impersonation/end", &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.browser().get("/impersonation").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w06_it_ends_with_the_operator_on_the_other_node() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (operator, acme) = as_owner(&world).await;
        let node = world.another_node().await;
        let other = operator.on(&node.url);
        assert_eq!(other.get("/o/acme").await.status, StatusCode::OK);
        // Removed from the staff.
        world.services().remove_staff(&Email::parse(STAFF).unwrap()).await.unwrap();
        assert_eq!(other.get("/o/acme").await.location(), Some("/impersonation"));
        let entry = trail(&world, acme).await.remove(0);
        assert_eq!((entry.action, entry.reason.as_deref()), (AuditAction::EndImpersonation, Some("no_longer_staff")));
        let back = operator.post("/api/impersonation/end", &[]).await;
        assert_eq!(back.location(), Some("/"), "to themselves, and there is no console");
        assert_eq!(operator.get("/admin").await.status, StatusCode::NOT_FOUND);
        assert_eq!(operator.get("/account").await.status, StatusCode::OK);

        // Signed out elsewhere: the operator's own session, which waits, is among the others.
        world.services().add_staff(&Email::parse(STAFF).unwrap()).await.unwrap();
        let owner = id_of(&world, "owner@acme.test").await;
        assert_eq!(try_impersonate(&operator, acme, owner, WHY).await.location(), Some("/o/acme"));
        assert_eq!(other.get("/o/acme").await.status, StatusCode::OK);
        world.store().delete_sessions_of(id_of(&world, STAFF).await, None).await.unwrap();
        assert_eq!(other.get("/o/acme").await.location(), Some("/impersonation"));
        assert_eq!(operator.post("/api/impersonation/end", &[]).await.location(), Some("/sign-in"));

        // The person becomes staff, is disabled, or leaves.
        let operator = {
            let browser = world.browser();
            world.store().delete_sessions_of(id_of(&world, STAFF).await, None).await.unwrap();
            browser.try_sign_in(STAFF, PASSWORD).await;
            browser
        };
        assert_eq!(operator.get("/admin").await.status, StatusCode::NOT_FOUND, "half signed in is nobody");
        let second = world.operator("bob@portico.test").await;
        assert_eq!(try_impersonate(&second, acme, owner, WHY).await.location(), Some("/o/acme"));
        world.appoint("owner@acme.test").await;
        assert_eq!(second.get("/o/acme").await.location(), Some("/impersonation"));
        world.services().remove_staff(&Email::parse("owner@acme.test").unwrap()).await.unwrap();
        assert_eq!(second.get("/o/acme").await.status, StatusCode::OK);
        world.store().set_user_active(owner, false).await.unwrap();
        assert_eq!(second.get("/o/acme").await.location(), Some("/impersonation"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w06_signing_out_ends_both_and_no_cookie_opens_anything_again() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let operator = world.operator(STAFF).await;
        let owner = id_of(&world, "owner@acme.test").await;
        // The operator's cookie of before is good for nothing meanwhile.
        let own = cookie(&operator.post("/api/account/confirm", &[("password", PASSWORD), ("next", "/admin")]).await);
        let begun = try_impersonate(&operator, acme, owner, WHY).await;
        let acting = cookie(&begun);
        assert_ne!(own, acting);
        assert_eq!(Browser::with_cookie(&world.node.url, &own).get("/admin").await.status, StatusCode::NOT_FOUND);
        let copied = Browser::with_cookie(&world.node.url, &acting);
        assert_eq!(copied.get("/o/acme").await.status, StatusCode::OK);

        operator.sign_out().await;
        for cookie in [&own, &acting] {
            let browser = Browser::with_cookie(&world.node.url, cookie);
            assert!(browser.get("/o/acme").await.location().unwrap().starts_with("/sign-in"));
            assert_eq!(browser.get("/admin").await.status, StatusCode::NOT_FOUND);
            assert_eq!(browser.post("/api/impersonation/end", &[]).await.status, StatusCode::NOT_FOUND);
        }
        let staff = id_of(&world, STAFF).await;
        assert_eq!(world.store().list_sessions_of(staff, 10).await.unwrap().len(), 0, "nothing of theirs is left");
        assert_eq!(trail(&world, acme).await.remove(0).action, AuditAction::EndImpersonation);
    })
    .await;
}

/// Whoever comes back in two tabs at once comes back once, and nobody after the waiting session was ended.
#[tokio::test(flavor = "multi_thread")]
async fn w06_coming_back_twice_at_once_is_coming_back_once() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let (owner, node) = (id_of(&world, "owner@acme.test").await, world.another_node().await);
        for round in 0..10 {
            let email = format!("staff-{round}@portico.test");
            let operator = world.operator(&email).await;
            assert_eq!(try_impersonate(&operator, acme, owner, WHY).await.location(), Some("/o/acme"));
            let staff = id_of(&world, &email).await;
            let open = world.store().list_open_impersonations(Some(staff), world.now(), 2).await.unwrap();
            let (id, at_once) = (open[0].id, Arc::new(Barrier::new(16)));
            let ends: Vec<_> = (0..16)
                .map(|n| {
                    let services = if n % 2 == 0 { world.services().clone() } else { node.services.clone() };
                    let at_once = Arc::clone(&at_once);
                    tokio::spawn(async move {
                        at_once.wait().await;
                        services.end_impersonation(id, &Origin::default()).await.unwrap().session.is_some()
                    })
                })
                .collect();
            let mut back = 0;
            for end in ends {
                back += usize::from(end.await.unwrap());
            }
            assert_eq!(back, 1, "round {round}");
        }
    })
    .await;
}

/// Deleted, they are in nobody's trail any more: neither by name nor by where they were.
#[tokio::test(flavor = "multi_thread")]
async fn w06_a_deleted_operator_is_forgotten_wherever_they_acted() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (operator, acme) = as_owner(&world).await;
        operator.post("/api/projects/create", &[("org", "acme"), ("name", "Seen")]).await;
        operator.post("/api/impersonation/end", &[]).await;
        let made = async || {
            let entries = trail(&world, acme).await;
            let made = entries.into_iter().find(|entry| entry.action == AuditAction::CreateProject).unwrap();
            (made.actor, made.operator, made.address.is_some())
        };
        let owner = || "owner@acme.test".to_owned();
        assert_eq!(made().await, (owner(), Some(STAFF.to_owned()), true));
        operator.post("/api/account/delete", &[("confirmation", STAFF)]).await;
        world.clock.advance(DELETION_GRACE);
        assert_eq!(world.services().delete_due_accounts(10).await.unwrap(), 1);
        assert_eq!(made().await, (owner(), Some("deleted account".to_owned()), false));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn w06_whom_an_operator_can_be_and_whom_not() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let globex = world.team("globex").await;
        let operator = world.operator(STAFF).await;
        let (owner, stranger) = (id_of(&world, "owner@acme.test").await, id_of(&world, "owner@globex.test").await);
        let colleague = world.person("bob@portico.test").await;
        world.join(acme, colleague, Role::Viewer).await;
        world.appoint("bob@portico.test").await;
        let page = operator.get(&format!("/admin/organizations/{acme}/members/{colleague}")).await;
        assert!(page.shows("no-impersonation") && !page.shows("impersonate"), "{}", page.body);
        let before = dump_but(&world, &["sessions", "flashes"]).await;
        let form = |user: UserId| format!("/admin/organizations/{acme}/members/{user}");
        for (user, reason, says) in [
            (colleague, WHY, "They operate the product themselves"),
            (owner, "", "Say why"),
            (owner, "  ", "Say why"),
            (owner, &*"x".repeat(201), "Use 1 to 200"),
            (owner, "a\u{202e}b", "Use 1 to 200"),
        ] {
            let refused = try_impersonate(&operator, acme, user, reason).await;
            assert_eq!((refused.status, refused.location()), (StatusCode::SEE_OTHER, Some(&*form(user))), "{reason}");
            let page = operator.get(&form(user)).await;
            assert!(page.body.contains(says) || page.shows("no-impersonation"), "{reason}: {}", page.body);
        }
        // Nobody of another organisation, and nobody who never was.
        for (org, user) in [(acme, stranger), (globex, owner), (acme, UserId::from_uuid(uuid::Uuid::nil()))] {
            assert_eq!(try_impersonate(&operator, org, user, WHY).await.status, StatusCode::NOT_FOUND);
        }
        world.clock.advance(Proof::RECENT);
        let refused = try_impersonate(&operator, acme, owner, WHY).await;
        assert!(refused.location().unwrap().starts_with("/account/confirm?"), "an old proof");
        assert_eq!(dump_but(&world, &["sessions", "flashes"]).await, before, "nothing happened");

        // Somebody of two organisations is seen in the one.
        world.join(globex, owner, Role::Owner).await;
        operator.post("/api/account/confirm", &[("password", PASSWORD), ("next", "/admin")]).await;
        assert_eq!(try_impersonate(&operator, acme, owner, &"é".repeat(200)).await.location(), Some("/o/acme"));
        assert_eq!(operator.get("/o/globex").await.status, StatusCode::NOT_FOUND);
        let made = operator.post("/api/projects/create", &[("org", "globex"), ("name", "X")]).await;
        assert_eq!(made.status, StatusCode::NOT_FOUND);
        assert!(!operator.get("/").await.body.contains("Org globex"));
        // Not twice over: what is acted as is no operator.
        assert_eq!(try_impersonate(&operator, globex, stranger, WHY).await.status, StatusCode::NOT_FOUND);
        // Rules about when and from where hold for support as well, and so does a second factor: theirs.
        world.store().set_requires_second_factor(acme, true).await.unwrap();
        assert_eq!(operator.get("/o/acme").await.status, StatusCode::OK);
        let head = Page::of(operator.request(Method::HEAD, "/account")).await;
        assert_eq!(head.status, StatusCode::FORBIDDEN);
    })
    .await;
}
