//! Roles, removing, leaving, handing over (A-12, checks T03 to T06).

use domain::{
    OrgId, UserId,
    accounts::{Email, Method, Proof},
    audit::{AuditAction, AuditOutcome},
    orgs::Role,
};
use reqwest::StatusCode;
use services::{Actor, Origin, ServiceError, Services, mail::Letter};
use testkit::{Browser, Database, Page, World, each_database};

use crate::{Bar, figure, proving, tables::count};

async fn id_of(world: &World, email: &str) -> UserId {
    world.store().find_user_by_email(&Email::parse(email).unwrap()).await.unwrap().unwrap().id
}

async fn role_of(world: &World, org: OrgId, user: UserId) -> Option<Role> {
    world.store().find_member(org, user).await.unwrap().map(|member| member.role)
}

async fn change(browser: &Browser, user: UserId, role: &str) -> Page {
    let (user, more) = (user.to_string(), [("plan", "enterprise"), ("is_admin", "1"), ("org_id", "globex")]);
    let mut form = vec![("org", "acme"), ("user", &*user), ("role", role)];
    // Mass assignment: what isn't asked for plays no part.
    form.extend(more);
    browser.post("/api/orgs/change-role", &form).await
}

async fn remove(browser: &Browser, user: UserId) -> Page {
    browser.post("/api/orgs/remove-member", &[("org", "acme"), ("user", &user.to_string())]).await
}

async fn last_entry(world: &World, org: OrgId) -> (AuditAction, AuditOutcome, Option<String>, Option<String>) {
    let entry = world.store().list_audit_entries(org, 0, 1).await.unwrap().entries.remove(0);
    (entry.action, entry.outcome, entry.reason, entry.subject)
}

/// T06, 4 × 4 × 4 and removal: who may make whom what, by the form itself.
#[tokio::test]
async fn t06_nobody_gives_or_touches_a_role_above_their_own() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        // So that the last owner is never what stands in the way.
        let second = world.person("second@acme.test").await;
        world.join(acme, second, Role::Owner).await;
        let target = world.person("target@acme.test").await;
        let mut cells = 0;
        for own in Role::ALL {
            let browser = world.signed_in(&format!("{}@acme.test", own.as_str().to_lowercase())).await;
            for theirs in Role::ALL {
                for new in Role::ALL {
                    world.join(acme, target, theirs).await;
                    let page = change(&browser, target, new.as_str()).await;
                    let may = own >= Role::Admin && theirs <= own && new <= own;
                    let after = if may { new } else { theirs };
                    assert_eq!(role_of(&world, acme, target).await, Some(after), "{own} {theirs} {new}");
                    // What is so already needs no leave, beyond that of managing people.
                    let passes = may || (own == Role::Admin && theirs == new);
                    let want = if passes { StatusCode::SEE_OTHER } else { StatusCode::FORBIDDEN };
                    assert_eq!(page.status, want, "{own} {theirs} {new}");
                    cells += 1;
                }
                world.join(acme, target, theirs).await;
                let page = remove(&browser, target).await;
                let may = own >= Role::Admin && theirs <= own;
                assert_eq!(page.status == StatusCode::SEE_OTHER, may, "{own} removes {theirs}");
                assert_eq!(role_of(&world, acme, target).await.is_none(), may, "{own} removes {theirs}");
                cells += 1;
            }
        }
        assert_eq!(cells, 4 * 4 * 4 + 4 * 4);
        // And for themselves.
        let admin = world.signed_in("admin@acme.test").await;
        let you = id_of(&world, "admin@acme.test").await;
        assert_eq!(change(&admin, you, "Owner").await.status, StatusCode::FORBIDDEN);
        assert_eq!(role_of(&world, acme, you).await, Some(Role::Admin));
        let subject = Some("admin@acme.test".to_owned());
        let refused = (AuditAction::ChangeRole, AuditOutcome::Refused, Some("above_own_role".to_owned()), subject);
        assert_eq!(last_entry(&world, acme).await, refused);
    })
    .await;
}

#[tokio::test]
async fn a12_a_change_is_written_down_and_told_to_whom_it_concerns() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let (owner, viewer) = (world.signed_in("owner@acme.test").await, id_of(&world, "viewer@acme.test").await);
        let page = change(&owner, viewer, "Editor").await;
        assert_eq!(page.location(), Some("/o/acme/settings/members"));
        assert!(owner.get("/o/acme/settings/members").await.shows("flash"));
        let subject = Some("viewer@acme.test".to_owned());
        let done =
            |action, reason: Option<&str>| (action, AuditOutcome::Done, reason.map(str::to_owned), subject.clone());
        assert_eq!(last_entry(&world, acme).await, done(AuditAction::ChangeRole, Some("Editor")));
        world.work_off().await;
        let letter = world.mail.last_to("viewer@acme.test");
        assert!(matches!(&letter, Letter::RoleChanged { role, .. } if role == "Editor"), "{letter:?}");
        // An unknown role, somebody of others, nobody, and nonsense.
        assert_eq!(change(&owner, viewer, "Emperor").await.location(), Some("/o/acme/settings/members"));
        assert!(owner.get("/o/acme/settings/members").await.body.contains("Choose one of the roles"));
        world.team("globex").await;
        let theirs = id_of(&world, "viewer@globex.test").await;
        for user in [theirs.to_string(), uuid::Uuid::new_v4().to_string(), "x".to_owned(), String::new()] {
            for (path, role) in [("change-role", "Viewer"), ("remove-member", ""), ("transfer-ownership", "")] {
                let form = [("org", "acme"), ("user", &*user), ("role", role)];
                let page = owner.post(&format!("/api/orgs/{path}"), &form).await;
                assert_eq!(page.status, StatusCode::NOT_FOUND, "{path} {user}");
            }
        }
        remove(&owner, viewer).await;
        assert_eq!(last_entry(&world, acme).await, done(AuditAction::RemoveMember, None));
        world.work_off().await;
        assert!(matches!(world.mail.last_to("viewer@acme.test"), Letter::RemovedFromOrganization { .. }));
    })
    .await;
}

#[tokio::test]
async fn t05_the_last_owner_stays() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let (owner, you) = (world.signed_in("owner@acme.test").await, id_of(&world, "owner@acme.test").await);
        let gone = world.person("gone@acme.test").await;
        world.join(acme, gone, Role::Owner).await;
        // Somebody who can't act is no owner to lean on.
        world.store().set_user_active(gone, false).await.unwrap();
        for attempt in ["demote", "remove", "leave"] {
            let page = match attempt {
                "demote" => change(&owner, you, "Admin").await,
                "remove" => remove(&owner, you).await,
                _ => owner.post("/api/orgs/leave", &[("org", "acme")]).await,
            };
            assert_eq!(page.location(), Some("/o/acme/settings/members"));
            let members = owner.get("/o/acme/settings/members").await;
            assert!(members.body.contains("Somebody has to own this organization"), "{attempt}");
            assert_eq!(role_of(&world, acme, you).await, Some(Role::Owner));
        }
        assert_eq!(last_entry(&world, acme).await.2.as_deref(), Some("last_owner"));
        world.store().set_user_active(gone, true).await.unwrap();
        let left = owner.post("/api/orgs/leave", &[("org", "acme")]).await;
        assert_eq!(left.location(), Some("/"));
        let home = owner.get("/").await;
        assert!(home.shows("flash") && home.body.contains("You left."));
        assert_eq!(role_of(&world, acme, you).await, None);
        assert_eq!(owner.get("/o/acme").await.status, StatusCode::NOT_FOUND);
    })
    .await;
}

#[tokio::test]
async fn l06_owners_are_made_and_unmade_with_a_recent_proof() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        let (you, editor) = (id_of(&world, "owner@acme.test").await, id_of(&world, "editor@acme.test").await);
        world.clock.advance(Proof::RECENT);
        let transfer = [("org", "acme"), ("user", &*editor.to_string())];
        for page in [
            change(&owner, editor, "Owner").await,
            owner.post("/api/orgs/transfer-ownership", &transfer).await,
            change(&owner, you, "Viewer").await,
            remove(&owner, you).await,
            owner.post("/api/orgs/invite", &[("org", "acme"), ("email", "new@acme.test"), ("role", "Owner")]).await,
        ] {
            assert!(page.location().unwrap().starts_with("/account/confirm"));
            assert_eq!(last_entry(&world, acme).await.2.as_deref(), Some("proof_too_old"));
        }
        world.work_off().await;
        assert!(world.mail.to("new@acme.test").is_empty(), "nobody is invited to own it");
        assert_eq!(role_of(&world, acme, editor).await, Some(Role::Editor));
        assert_eq!(role_of(&world, acme, you).await, Some(Role::Owner));
        // What makes no owner needs none.
        change(&owner, editor, "Viewer").await;
        assert_eq!(role_of(&world, acme, editor).await, Some(Role::Viewer));

        let owner = world.signed_in("owner@acme.test").await;
        owner.post("/api/orgs/transfer-ownership", &transfer).await;
        assert_eq!(role_of(&world, acme, editor).await, Some(Role::Owner));
        assert_eq!(role_of(&world, acme, you).await, Some(Role::Admin));
        assert_eq!(last_entry(&world, acme).await.0, AuditAction::TransferOwnership);
        // It is theirs now.
        let again = owner.post("/api/orgs/transfer-ownership", &transfer).await;
        assert_eq!(again.status, StatusCode::FORBIDDEN);
        let editor = world.signed_in("editor@acme.test").await;
        let to_oneself = [("org", "acme"), ("user", transfer[1].1)];
        editor.post("/api/orgs/transfer-ownership", &to_oneself).await;
        assert!(editor.get("/o/acme/settings/members").await.body.contains("You own it already"));
    })
    .await;
}

/// T04: with the next request on the other node, also for a page that was open before.
#[tokio::test]
async fn t04_what_is_taken_away_is_gone_everywhere_at_once() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let other = world.another_node().await;
        let owner = world.signed_in("owner@acme.test").await;
        let (admin, you) =
            (world.signed_in("admin@acme.test").await.on(&other.url), id_of(&world, "admin@acme.test").await);
        let viewer = id_of(&world, "viewer@acme.test").await;
        let open_tab = admin.get("/o/acme/settings/members").await;
        assert!(open_tab.shows("change-role") && open_tab.shows("invite"));
        change(&owner, you, "Editor").await;
        let page = admin.get("/o/acme/settings/members").await;
        assert!(!page.shows("change-role") && !page.shows("invite") && !page.shows("remove-member"));
        assert_eq!(change(&admin, viewer, "Editor").await.status, StatusCode::FORBIDDEN);
        assert_eq!(role_of(&world, acme, viewer).await, Some(Role::Viewer));
        remove(&owner, you).await;
        for path in ["/o/acme", "/o/acme/settings", "/o/acme/settings/members", "/o/acme/settings/audit"] {
            assert_eq!(admin.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        }
        assert_eq!(change(&admin, viewer, "Editor").await.status, StatusCode::NOT_FOUND);
        assert_eq!(role_of(&world, acme, viewer).await, Some(Role::Viewer));
    })
    .await;
}

/// T03: the form of a tab acts on its own organisation, whatever another tab is at.
#[tokio::test]
async fn t03_a_stale_tab_writes_where_it_was_opened() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let globex = world.team("globex").await;
        let you = id_of(&world, "owner@acme.test").await;
        world.join(globex, you, Role::Owner).await;
        let member = world.person("both@example.test").await;
        world.join(acme, member, Role::Viewer).await;
        world.join(globex, member, Role::Viewer).await;
        let browser = world.signed_in("owner@acme.test").await;
        browser.get("/o/acme/settings/members").await;
        browser.get("/o/globex/settings/members").await;
        change(&browser, member, "Editor").await;
        assert_eq!(role_of(&world, acme, member).await, Some(Role::Editor));
        assert_eq!(role_of(&world, globex, member).await, Some(Role::Viewer));
    })
    .await;
}

/// A thousand of each of the five when proving.
fn rounds() -> u32 {
    if proving() { 5_000 } else { 25 }
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Demote(UserId),
    Remove(UserId),
    HandOver(UserId),
    Leave,
}

async fn act(services: &Services, actor: Actor, slug: &str, act: Act) -> Result<(), ServiceError> {
    match act {
        Act::Demote(user) => services.change_role(&actor, slug, &user.to_string(), "Viewer").await,
        Act::Remove(user) => services.remove_member(&actor, slug, &user.to_string()).await,
        Act::HandOver(user) => services.transfer_ownership(&actor, slug, &user.to_string()).await,
        Act::Leave => services.leave_organization(&actor, slug).await,
    }
}

/// As of a request that came in at this moment.
pub async fn actor(world: &World, user: UserId) -> Actor {
    let found = world.store().find_memberships(user).await.unwrap().unwrap();
    Actor::of_session(found, Proof::new(Method::Password, world.now()), Origin::default())
}

/// T05: the last two owners, by everything that takes one away, at once on two nodes.
async fn somebody_owns_it(database: Database) {
    let kind = database.kind;
    let world = World::on(database).await;
    let other = world.another_node().await;
    let mut kept = 0;
    for round in 0..rounds() {
        let slug = format!("race{round}");
        let org = world.organization(&slug).await;
        let (ann, bob) = (
            world.person(&format!("ann-{round}@race.test")).await,
            world.person(&format!("bob-{round}@race.test")).await,
        );
        for user in [ann, bob] {
            world.join(org, user, Role::Owner).await;
        }
        let pairs = [
            (Act::Remove(bob), Act::Demote(ann)),
            (Act::Leave, Act::Leave),
            (Act::Demote(ann), Act::Demote(bob)),
            (Act::HandOver(bob), Act::Leave),
            (Act::Remove(bob), Act::Remove(ann)),
        ];
        let (one, two) = pairs[round as usize % pairs.len()];
        let (first, second) = (actor(&world, ann).await, actor(&world, bob).await);
        let (a, b) = tokio::join!(act(world.services(), first, &slug, one), act(&other.services, second, &slug, two));
        let left = format!(
            "memberships WHERE role = 'Owner' AND org_id IN (SELECT id FROM organizations WHERE slug = '{slug}')"
        );
        assert!(count(&world, &left).await >= 1, "round {round} on {kind}: {one:?} {a:?}, {two:?} {b:?}");
        assert!(a.is_ok() || b.is_ok(), "round {round} on {kind}: {one:?} {a:?}, {two:?} {b:?}");
        kept += 1;
    }
    figure(&format!("owner_kept_two_nodes_{kind}"), f64::from(kept), Bar::AtLeast(f64::from(rounds())));
}

#[tokio::test(flavor = "multi_thread")]
async fn t05_somebody_owns_it_whoever_goes_first() {
    each_database(somebody_owns_it).await;
}
