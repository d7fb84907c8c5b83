//! Invitations (checks T07, T08, P01, P03, R01).

use domain::{
    Millis, OrgId, UserId,
    accounts::Email,
    audit::{AuditAction, AuditOutcome},
    orgs::{INVITATION_LIFE, Role},
};
use reqwest::{Method, StatusCode};
use services::{ServiceError, mail::Letter};
use testkit::{Browser, Database, PASSWORD, Page, World, each_database};

use crate::{
    Bar, figure,
    letters::{link, newest, open, token},
    members::actor,
    proving,
    tables::{count, dump},
};

async fn invite(browser: &Browser, email: &str, role: &str) -> Page {
    browser.post("/api/orgs/invite", &[("org", "acme"), ("email", email), ("role", role)]).await
}

async fn letter_to(world: &World, email: &str) -> Letter {
    newest(world, email, "invitation").await
}

async fn accept(browser: &Browser, token: &str) -> Page {
    browser.post("/api/invitations/accept", &[("token", token)]).await
}

async fn join(browser: &Browser, token: &str, name: &str, password: &str) -> Page {
    browser.post("/api/invitations/join", &[("token", token), ("name", name), ("password", password)]).await
}

async fn role(world: &World, org: OrgId, email: &str) -> Option<Role> {
    let user = world.store().find_user_by_email(&Email::parse(email).unwrap()).await.unwrap()?.id;
    world.store().find_member(org, user).await.unwrap().map(|member| member.role)
}

#[tokio::test]
async fn t07_somebody_with_an_account_accepts_once_signed_in() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        world.person("ann@example.test").await;
        let admin = world.signed_in("admin@acme.test").await;
        assert_eq!(invite(&admin, " Ann@Example.test ", "Editor").await.location(), Some("/o/acme/settings/members"));
        let page = admin.get("/o/acme/settings/members").await;
        assert!(page.shows("flash") && page.shows("invitation-row") && page.body.contains("ann@example.test"));
        let letter = letter_to(&world, "ann@example.test").await;
        let Letter::Invitation { inviter, organization, role: said, .. } = &letter else { panic!("{letter:?}") };
        assert_eq!((&**inviter, &**organization, &**said), ("admin", "Org acme", "Editor"));

        // Not signed in: asked to, and back here.
        let ann = world.browser();
        let page = open(&ann, link(&letter)).await;
        assert!(page.body.contains("Org acme") && page.shows("sign-in-first"));
        assert_eq!(accept(&ann, &token(&letter)).await.status, StatusCode::UNAUTHORIZED);
        let signed_in = ann
            .post(
                "/api/auth/sign-in",
                &[("email", "ann@example.test"), ("password", PASSWORD), ("next", "/invitations")],
            )
            .await;
        assert_eq!(signed_in.location(), Some("/invitations"));
        let page = ann.get("/invitations").await;
        assert!(page.shows("accept-invitation") && page.shows("decline-invitation"));
        assert_eq!(role(&world, acme, "ann@example.test").await, None, "looking makes nobody a member");
        assert_eq!(accept(&ann, &token(&letter)).await.location(), Some("/o/acme"));
        assert_eq!(role(&world, acme, "ann@example.test").await, Some(Role::Editor));
        let page = ann.get("/o/acme").await;
        assert!(page.status == StatusCode::OK && page.shows("flash") && page.body.contains("You are in."));
        let entry = world.store().list_audit_entries(acme, 0, 1).await.unwrap().entries.remove(0);
        assert_eq!((entry.action, &*entry.actor), (AuditAction::AcceptInvitation, "ann@example.test"));
        // Once.
        assert_eq!(accept(&ann, &token(&letter)).await.status, StatusCode::GONE);
        assert_eq!(count(&world, "invitations").await, 0);
    })
    .await;
}

#[tokio::test]
async fn t07_somebody_new_joins_in_one_step_because_the_link_shows_the_mailbox() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        invite(&owner, "new@example.test", "Viewer").await;
        let letter = letter_to(&world, "new@example.test").await;
        let browser = world.browser();
        let page = open(&browser, link(&letter)).await;
        assert!(page.shows("join") && page.body.contains("new@example.test"));
        // P03: HEAD and GET, ten times each, use nothing up.
        let path = format!("/invitations/{}", token(&letter));
        for method in [Method::HEAD, Method::GET].into_iter().cycle().take(20) {
            assert_eq!(Page::of(browser.request(method, &path)).await.status, StatusCode::SEE_OTHER);
        }
        for (name, password, words) in [
            ("Nina", "short", "Use at least"),
            ("", "seven green doors", "Enter your name"),
            ("Nina", "orgacme1", "has your name, address or organization in it"),
        ] {
            let refused = join(&browser, &token(&letter), name, password).await;
            assert_eq!(refused.location(), Some("/invitations"), "{password}");
            let page = browser.get("/invitations").await;
            assert!(page.shows("form-error") && page.body.contains(words), "{name} {password}");
            assert_eq!(count(&world, "users WHERE email = 'new@example.test'").await, 0);
        }
        let joined = join(&browser, &token(&letter), "Nina New", "seven green doors").await;
        assert_eq!(joined.location(), Some("/o/acme"));
        assert_eq!(browser.get("/o/acme").await.status, StatusCode::OK);
        assert_eq!(role(&world, acme, "new@example.test").await, Some(Role::Viewer));
        assert_eq!(join(&world.browser(), &token(&letter), "Eve", "seven green doors").await.status, StatusCode::GONE);
        let again = world.browser();
        let signed_in = again.try_sign_in("new@example.test", "seven green doors").await;
        assert_eq!(signed_in.location(), Some("/"));
    })
    .await;
}

/// T07, from outside: whatever makes it not good, nobody gets in.
#[tokio::test]
async fn t07_an_invitation_is_refused_to_others_and_when_it_is_no_longer_meant() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        for email in ["ann@example.test", "eve@example.test"] {
            world.person(email).await;
        }
        let (ann, eve) = (world.signed_in("ann@example.test").await, world.signed_in("eve@example.test").await);
        let (owner, admin) = (world.signed_in("owner@acme.test").await, world.signed_in("admin@acme.test").await);
        let admin_id =
            world.store().find_user_by_email(&Email::parse("admin@acme.test").unwrap()).await.unwrap().unwrap().id;
        let fresh = async |from: &Browser, role: &str| {
            invite(from, "ann@example.test", role).await;
            token(&letter_to(&world, "ann@example.test").await)
        };
        let refused = async |browser: &Browser, token: &str, what: &str| {
            assert_eq!(accept(browser, token).await.status, StatusCode::GONE, "{what}");
            assert_eq!(role(&world, acme, "ann@example.test").await, None, "{what}");
            assert_eq!(role(&world, acme, "eve@example.test").await, None, "{what}");
        };
        // Another person, whether signed in or new; a token of another kind; nonsense.
        let good = fresh(&admin, "Editor").await;
        refused(&eve, &good, "somebody else").await;
        assert!(open(&eve, &format!("http://x/invitations/{good}")).await.shows("somebody-else"));
        assert_eq!(join(&world.browser(), &good, "Eve", "seven green doors").await.status, StatusCode::GONE);
        ann.post("/api/auth/forgot-password", &[("email", "ann@example.test")]).await;
        let reset = token(&newest(&world, "ann@example.test", "reset_password").await);
        refused(&ann, &reset, "a reset link's token").await;
        let form = [("token", &*good), ("password", "seven green doors")];
        assert_eq!(world.browser().post("/api/auth/reset-password", &form).await.status, StatusCode::GONE);
        refused(&ann, "", "no token").await;

        // Sent again: the old link is dead.
        let id = world.store().list_invitations(acme, world.now()).await.unwrap()[0].id.to_string();
        admin.post("/api/orgs/resend-invitation", &[("org", "acme"), ("invitation", &id)]).await;
        refused(&ann, &good, "a link that was replaced").await;
        let newer = token(&letter_to(&world, "ann@example.test").await);
        assert_ne!(good, newer);
        // Taken back.
        admin.post("/api/orgs/revoke-invitation", &[("org", "acme"), ("invitation", &id)]).await;
        refused(&ann, &newer, "taken back").await;
        // Run out.
        let late = fresh(&admin, "Editor").await;
        world.clock.advance(INVITATION_LIFE);
        let ann = world.signed_in("ann@example.test").await;
        refused(&ann, &late, "run out").await;
        // Whoever invited may no longer: demoted, removed.
        let admin = world.signed_in("admin@acme.test").await;
        let of_demoted = fresh(&admin, "Editor").await;
        world.join(acme, admin_id, Role::Editor).await;
        refused(&ann, &of_demoted, "of somebody demoted").await;
        world.leave(acme, admin_id).await;
        refused(&ann, &of_demoted, "of somebody removed").await;
        // And good again with the right, and declined.
        world.join(acme, admin_id, Role::Admin).await;
        assert_eq!(ann.post("/api/invitations/decline", &[("token", &of_demoted)]).await.location(), Some("/"));
        refused(&ann, &of_demoted, "declined").await;
        drop(owner);
    })
    .await;
}

#[tokio::test]
async fn t06_nobody_invites_above_themselves_and_members_stay_what_they_are() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let admin = world.signed_in("admin@acme.test").await;
        assert_eq!(invite(&admin, "x@example.test", "Owner").await.status, StatusCode::FORBIDDEN);
        for who in ["editor", "viewer"] {
            let browser = world.signed_in(&format!("{who}@acme.test")).await;
            assert_eq!(invite(&browser, "x@example.test", "Viewer").await.status, StatusCode::FORBIDDEN);
        }
        assert_eq!(count(&world, "invitations").await, 0);
        // Nor is an owner's sent on by somebody below.
        let owner = world.signed_in("owner@acme.test").await;
        invite(&owner, "boss@example.test", "Owner").await;
        let id = world.store().list_invitations(acme, world.now()).await.unwrap()[0].id.to_string();
        let again = [("org", "acme"), ("invitation", &*id)];
        assert_eq!(admin.post("/api/orgs/resend-invitation", &again).await.status, StatusCode::FORBIDDEN);
        let entry = world.store().list_audit_entries(acme, 0, 1).await.unwrap().entries.remove(0);
        assert_eq!((entry.action, entry.outcome), (AuditAction::Invite, AuditOutcome::Refused));
        for (email, role, words) in [
            ("viewer@acme.test", "Editor", "They are a member already"),
            ("not an address", "Editor", "Enter an address like"),
            ("x@example.test", "King", "Choose one of the roles"),
        ] {
            assert_eq!(invite(&admin, email, role).await.location(), Some("/o/acme/settings/members"));
            let page = admin.get("/o/acme/settings/members").await;
            assert!(page.body.contains(words), "{email}");
        }
        // Somebody who became a member meanwhile keeps their role.
        let ann = world.person("ann@example.test").await;
        invite(&admin, "ann@example.test", "Viewer").await;
        let token = token(&letter_to(&world, "ann@example.test").await);
        world.join(acme, ann, Role::Admin).await;
        let browser = world.signed_in("ann@example.test").await;
        assert_eq!(accept(&browser, &token).await.location(), Some("/o/acme"));
        assert_eq!(role(&world, acme, "ann@example.test").await, Some(Role::Admin));
    })
    .await;
}

/// R01: the answer tells nothing about an account; P01: nothing in the database opens one.
#[tokio::test]
async fn r01_inviting_tells_nothing_and_the_database_opens_nothing() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        world.person("known@example.test").await;
        let owner = world.signed_in("owner@acme.test").await;
        let mut pages = Vec::new();
        for email in ["known@example.test", "other@example.test"] {
            let reply = invite(&owner, email, "Viewer").await;
            let page = owner.get("/o/acme/settings/members").await;
            pages.push((reply.status, reply.location().map(str::to_owned), page.texts("flash")));
        }
        assert_eq!(pages[0], pages[1]);
        let token = token(&letter_to(&world, "known@example.test").await);
        assert!(!dump(&world).await.contains(&token));
        // The same address twice.
        invite(&owner, "known@example.test", "Admin").await;
        assert!(owner.get("/o/acme/settings/members").await.body.contains("They are invited already"));
        assert_eq!(count(&world, "invitations WHERE email = 'known@example.test' AND role = 'Viewer'").await, 1);
    })
    .await;
}

/// T08: one organisation can't flood the world.
#[tokio::test]
async fn t08_invitations_are_bounded() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        for n in 0..60 {
            invite(&owner, &format!("n{n}@example.test"), "Viewer").await;
        }
        assert_eq!(count(&world, "invitations").await, 50, "open at once");
        assert!(owner.get("/o/acme/settings/members").await.body.contains("Too many invitations are open"));
        for n in 60..140 {
            invite(&owner, &format!("n{n}@example.test"), "Viewer").await;
        }
        assert!(owner.get("/o/acme/settings/members").await.body.contains("Too many attempts"));
        world.work_off().await;
        assert_eq!(world.mail.all().iter().filter(|mail| mail.letter.name() == "invitation").count(), 50);
    })
    .await;
}

/// A thousand of each of the four when proving.
fn rounds() -> u32 {
    if proving() { 4_000 } else { 12 }
}

async fn account(world: &World, round: u32) -> (String, UserId) {
    let email = format!("ann{round}@race.test");
    let user = world.person(&email).await;
    (email, user)
}

/// T07, on two nodes: accept ‖ accept, accept ‖ revoke, accept ‖ resend, accept ‖ the inviter's demotion.
async fn one_membership_at_most(database: Database) {
    let kind = database.kind;
    let world = World::on(database).await;
    let other = world.another_node().await;
    let acme = world.team("acme").await;
    let owner = world.store().find_user_by_email(&Email::parse("owner@acme.test").unwrap()).await.unwrap().unwrap().id;
    let mut kept = 0;
    for round in 0..rounds() {
        // So that the limit on mails of one organisation is not what is measured.
        world.clock.advance(Millis::days(1));
        let (email, user) = account(&world, round).await;
        let admin = world.person(&format!("admin{round}@race.test")).await;
        world.join(acme, admin, Role::Admin).await;
        let (inviter, ann) = (actor(&world, admin).await, actor(&world, user).await);
        world.services().invite(&inviter, "acme", &email, "Editor").await.unwrap();
        let id = world.store().list_invitations(acme, world.now()).await.unwrap()[0].id.to_string();
        let token = token(&letter_to(&world, &email).await);
        let (one, two) = (world.services(), &other.services);
        let (accepted, undone): (Result<String, ServiceError>, bool) = match round % 4 {
            0 => {
                let many = (0..8).map(|n| {
                    let services = if n % 2 == 0 { one } else { two };
                    services.accept_invitation(&ann, &token)
                });
                let results = futures_of(many).await;
                assert_eq!(
                    results.iter().filter(|result| result.is_ok()).count(),
                    1,
                    "round {round} on {kind}: {results:?}"
                );
                (results.into_iter().find(Result::is_ok).unwrap(), false)
            }
            1 => {
                let (accepted, revoked) =
                    tokio::join!(one.accept_invitation(&ann, &token), two.revoke_invitation(&inviter, "acme", &id));
                assert!(accepted.is_ok() != revoked.is_ok(), "round {round} on {kind}: {accepted:?} {revoked:?}");
                (accepted, revoked.is_ok())
            }
            2 => {
                let (accepted, resent) =
                    tokio::join!(one.accept_invitation(&ann, &token), two.resend_invitation(&inviter, "acme", &id));
                assert!(accepted.is_ok() != resent.is_ok(), "round {round} on {kind}: {accepted:?} {resent:?}");
                (accepted, resent.is_ok())
            }
            _ => {
                let boss = actor(&world, owner).await;
                let demoted = admin.to_string();
                let (accepted, _) = tokio::join!(
                    one.accept_invitation(&ann, &token),
                    two.change_role(&boss, "acme", &demoted, "Viewer")
                );
                let out = accepted.is_err();
                (accepted, out)
            }
        };
        let members =
            count(&world, &format!("memberships WHERE user_id IN (SELECT id FROM users WHERE email = '{email}')"))
                .await;
        assert_eq!(members, i64::from(!undone), "round {round} on {kind}: {accepted:?}");
        assert_eq!(accepted.is_ok(), !undone);
        kept += 1;
    }
    figure(&format!("invitation_races_{kind}"), f64::from(kept), Bar::AtLeast(f64::from(rounds())));
}

async fn futures_of<F: Future>(all: impl Iterator<Item = F>) -> Vec<F::Output> {
    futures::future::join_all(all).await
}

#[tokio::test(flavor = "multi_thread")]
async fn t07_one_membership_whoever_goes_first() {
    each_database(one_membership_at_most).await;
}

/// T09: by our own statements, with the id of an invitation of others under one's own organisation.
#[tokio::test]
async fn t09_an_invitation_of_others_is_not_renewed() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (acme, globex) = (world.team("acme").await, world.team("globex").await);
        let owner = world.signed_in("owner@globex.test").await;
        owner.post("/api/orgs/invite", &[("org", "globex"), ("email", "new@example.test"), ("role", "Viewer")]).await;
        let store = world.store();
        let theirs = store.list_invitations(globex, world.now()).await.unwrap().remove(0);
        let entry = store.list_audit_entries(globex, 0, 1).await.unwrap().entries.remove(0);
        let entry = store::AuditEntry { id: uuid::Uuid::new_v4(), ..entry };
        let mail = world.services().customer_row(
            acme,
            &domain::orgs::OrgName::parse("x").unwrap(),
            &domain::accounts::Email::parse("x@example.test").unwrap(),
        );
        let before = crate::tables::dump(&world).await;
        let renewed = ("hash", theirs.invited_by, theirs.expires_at);
        assert!(!store.renew_invitation(acme, theirs.id, renewed, mail.clone(), &entry).await.unwrap());
        assert_eq!(crate::tables::dump(&world).await, before);
        assert!(store.renew_invitation(globex, theirs.id, renewed, mail, &entry).await.unwrap(), "it is open");
    })
    .await;
}
