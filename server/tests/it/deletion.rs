//! Deleting one's account: closed at once, gone after fourteen days, and nobody left behind (T05).

use std::collections::BTreeSet;

use domain::{
    Millis, OrgId, SubscriptionId, UserId,
    accounts::DELETION_GRACE,
    billing::{Subscription, SubscriptionStatus},
    orgs::{Role, Slug},
};
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use services::mail::Letter;
use testkit::{Browser, PASSWORD, Page, World, each_database};

use crate::tables;

const ANN: &str = "ann@example.test";

/// Ann, alone in an organisation of her own.
async fn ann_alone(world: &World) -> (UserId, OrgId) {
    let (ann, org) = (world.person(ANN).await, world.organization("annsown").await);
    world.join(org, ann, Role::Owner).await;
    (ann, org)
}

async fn ask(browser: &Browser) -> Page {
    browser.post("/api/account/delete", &[("confirmation", " Ann@Example.test ")]).await
}

#[track_caller]
fn assert_scheduled(page: &Page) {
    assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some("/sign-in")), "{}", page.body);
}

/// Signs in while the account waits.
async fn knock(world: &World) -> (Browser, Page) {
    let browser = world.browser();
    let page = browser.try_sign_in(ANN, PASSWORD).await;
    (browser, page)
}

async fn rows(world: &World, sql: &str) -> usize {
    let db = world.store().connection();
    db.query_all_raw(Statement::from_string(db.get_database_backend(), sql.to_owned())).await.unwrap().len()
}

async fn is_there(world: &World, user: UserId) -> bool {
    world.store().find_profile(user).await.unwrap().is_some()
}

async fn org_is_there(world: &World, slug: &str) -> bool {
    world.store().find_organization_by_slug(&Slug::parse(slug).unwrap()).await.unwrap().is_some()
}

/// Every table that has a column of that name, by the database's own word.
pub async fn tables_with(world: &World, column: &str) -> BTreeSet<String> {
    all_columns(world).await.into_iter().filter(|(_, name)| name == column).map(|(table, _)| table).collect()
}

async fn all_columns(world: &World) -> Vec<(String, String)> {
    let db = world.store().connection();
    let sql = match db.get_database_backend() {
        DbBackend::Sqlite => {
            "SELECT m.name AS t, c.name AS c FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        }
        _ => {
            "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns WHERE table_schema = 'public'"
        }
    };
    let found = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
    found.iter().map(|row| (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap())).collect()
}

/// All that the database says, but for what a refused form leaves for the next page: that lives five minutes.
async fn whole_database(world: &World) -> String {
    world.store().connection().execute_unprepared("DELETE FROM flashes").await.unwrap();
    tables::dump(world).await
}

#[tokio::test]
async fn an_account_is_closed_at_once_and_kept_by_signing_in_again() {
    each_database(|database| async {
        let world = World::on(database).await;
        let other = world.another_node().await;
        let (ann, _) = ann_alone(&world).await;
        let browser = world.signed_in(ANN).await;
        let elsewhere = world.signed_in(ANN).await.on(&other.url);
        assert!(browser.get("/account/data").await.body.contains("Org annsown"), "said by name before");
        let asked = ask(&browser).await;
        assert_scheduled(&asked);
        assert!(browser.get("/sign-in").await.body.contains("deleted in 14 days"));
        for browser in [&browser, &elsewhere] {
            assert_eq!(browser.get("/o/annsown").await.status, StatusCode::SEE_OTHER);
            assert_eq!(browser.open_portal("annsown").await.status, StatusCode::UNAUTHORIZED);
        }
        world.work_off().await;
        let Letter::DeletionScheduled { due, .. } = world.mail.last_to(ANN) else { panic!("another letter") };
        assert_eq!(due, world.now() + DELETION_GRACE);

        // A wrong password is told nothing.
        let wrong = world.browser().try_sign_in(ANN, "wrong").await;
        assert_eq!(wrong.location(), Some("/sign-in"));
        let (browser, page) = knock(&world).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some("/keep-account")));
        let page = browser.get("/keep-account").await;
        assert!(page.status == StatusCode::OK && page.shows("keep-account") && page.body.contains(ANN));
        for path in ["/account", "/account/data", "/o/annsown"] {
            assert_eq!(browser.get(path).await.status, StatusCode::SEE_OTHER, "{path} stays closed");
        }
        assert_eq!(browser.post("/api/account/export", &[]).await.status, StatusCode::UNAUTHORIZED);

        let kept = browser.post("/api/account/keep", &[]).await;
        assert_eq!((kept.status, kept.location()), (StatusCode::SEE_OTHER, Some("/account")));
        assert!(browser.get("/account").await.body.contains("Your account stays."));
        assert_eq!(browser.get("/o/annsown").await.status, StatusCode::OK);
        assert_eq!(elsewhere.get("/o/annsown").await.status, StatusCode::SEE_OTHER, "what was ended stays ended");
        world.work_off().await;
        assert!(matches!(world.mail.last_to(ANN), Letter::DeletionCancelled { .. }));
        world.clock.advance(Millis::days(15));
        assert_eq!(world.services().delete_due_accounts(10).await.unwrap(), 0);
        assert!(is_there(&world, ann).await);
    })
    .await;
}

#[tokio::test]
async fn the_page_to_keep_an_account_is_for_those_who_just_showed_that_it_is_theirs() {
    each_database(|database| async {
        let world = World::on(database).await;
        ann_alone(&world).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        ask(&world.signed_in(ANN).await).await;
        for browser in [&owner, &world.browser()] {
            assert_eq!(browser.get("/keep-account").await.status, StatusCode::UNAUTHORIZED);
            assert_eq!(browser.post("/api/account/keep", &[]).await.status, StatusCode::UNAUTHORIZED);
        }
        let (browser, _) = knock(&world).await;
        world.clock.advance(Millis::minutes(16));
        assert_eq!(browser.post("/api/account/keep", &[]).await.status, StatusCode::UNAUTHORIZED, "that was long ago");
        // Kept by one browser, there is nothing left to keep for another.
        let (browser, _) = knock(&world).await;
        let (again, _) = knock(&world).await;
        assert_eq!(browser.post("/api/account/keep", &[]).await.location(), Some("/account"));
        assert_eq!(again.get("/keep-account").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(again.post("/api/account/keep", &[]).await.status, StatusCode::UNAUTHORIZED);
    })
    .await;
}

/// A second factor is asked for as ever, and a new browser is told of: the password alone keeps nothing.
#[tokio::test]
async fn an_account_with_a_second_factor_is_kept_with_both() {
    each_database(|database| async {
        let world = World::on(database).await;
        ann_alone(&world).await;
        let browser = world.signed_in(ANN).await;
        let (app, _) = world.set_up_totp(&browser).await;
        assert_scheduled(&ask(&browser).await);
        world.clock.advance(Millis::seconds(30));
        let (back, page) = knock(&world).await;
        assert_eq!(page.location(), Some("/sign-in/second-factor"));
        assert_eq!(back.get("/keep-account").await.status, StatusCode::UNAUTHORIZED);
        assert_eq!(back.post("/api/account/keep", &[]).await.status, StatusCode::UNAUTHORIZED);
        world.work_off().await;
        let new_devices = || world.mail.to(ANN).iter().filter(|letter| letter.name() == "new_device").count();
        assert_eq!(new_devices(), 0, "half-way in is not in");
        let code = app.code(world.now());
        let passed = back.post("/api/auth/second-factor", &[("code", &code)]).await;
        assert_eq!(passed.location(), Some("/keep-account"));
        world.work_off().await;
        assert_eq!(new_devices(), 1);
        assert_eq!(back.post("/api/account/keep", &[]).await.location(), Some("/account"));
    })
    .await;
}

#[tokio::test]
async fn l06_it_needs_a_recent_proof_and_ones_own_address_typed() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (ann, _) = ann_alone(&world).await;
        let browser = world.signed_in(ANN).await;
        for (typed, message) in [
            ("", "Type your email address to confirm."),
            ("ann", "not the address of this account"),
            ("bob@example.test", "not the address of this account"),
        ] {
            let page = browser.post("/api/account/delete", &[("confirmation", typed)]).await;
            assert_eq!(page.location(), Some("/account/data"));
            assert!(browser.get("/account/data").await.body.contains(message), "{typed}");
        }
        world.clock.advance(Millis::minutes(16));
        assert!(ask(&browser).await.location().unwrap().starts_with("/account/confirm?next="));
        assert_eq!(world.services().find_leaving(ann).await.unwrap().map(|found| found.1), None);
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    })
    .await;
}

/// T05: refused, in words, while others would be left without an owner.
#[tokio::test]
async fn t05_the_last_owner_of_others_is_refused_until_there_is_another() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (ann, _) = ann_alone(&world).await;
        let acme = world.team("acme").await;
        world.join(acme, ann, Role::Owner).await;
        let acmes_owner = world.signed_in("owner@acme.test").await;
        let other_owner = acmes_owner.get("/account").await;
        assert_eq!(other_owner.status, StatusCode::OK);
        // Not an owner who can act: disabled.
        let statement = "UPDATE users SET status = 'disabled' WHERE email = 'owner@acme.test'";
        world.store().connection().execute_unprepared(statement).await.unwrap();
        let browser = world.signed_in(ANN).await;
        let page = browser.get("/account/data").await;
        assert!(page.shows("deletion-blocked") && page.body.contains("Org acme"));
        assert!(!page.shows("delete-account"), "no form that would be refused");
        assert_eq!(ask(&browser).await.location(), Some("/account/data"), "and the action refuses by itself");
        assert_eq!(world.services().find_leaving(ann).await.unwrap().map(|found| found.1), None);
        assert_eq!(rows(&world, "SELECT * FROM audit_entries WHERE reason = 'organization_in_the_way'").await, 1);

        let statement = "UPDATE users SET status = 'active' WHERE email = 'owner@acme.test'";
        world.store().connection().execute_unprepared(statement).await.unwrap();
        assert_scheduled(&ask(&browser).await);
        // Who is leaving is no owner to count on: the other one must stay.
        let left = acmes_owner.post("/api/account/delete", &[("confirmation", "owner@acme.test")]).await;
        assert_eq!(left.location(), Some("/account/data"));
        let owner = owner_of(&world).await;
        let acting = crate::members::actor(&world, owner).await;
        let demoted = world.services().change_role(&acting, "acme", &owner.to_string(), "Viewer").await;
        assert!(matches!(demoted, Err(services::ServiceError::Invalid(_))), "{demoted:?}");
    })
    .await;
}

async fn owner_of(world: &World) -> UserId {
    let email = domain::accounts::Email::parse("owner@acme.test").unwrap();
    world.store().find_user_by_email(&email).await.unwrap().unwrap().id
}

#[tokio::test]
async fn an_organization_that_still_pays_is_in_the_way() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (ann, org) = ann_alone(&world).await;
        let browser = world.signed_in(ANN).await;
        for status in SubscriptionStatus::ALL {
            let id = SubscriptionId::from_trusted("sub_1");
            let subscription = Subscription::new(id, "pro", status);
            world.store().put_subscription(org, &subscription, world.now()).await.unwrap();
            let page = browser.get("/account/data").await;
            let ended = [SubscriptionStatus::Canceled, SubscriptionStatus::IncompleteExpired].contains(&status);
            assert_eq!(page.shows("deletion-blocked"), !ended, "{status:?}");
            if !ended {
                assert!(page.body.contains("/o/annsown/settings/billing"));
                assert_eq!(ask(&browser).await.location(), Some("/account/data"), "{status:?}");
                assert_eq!(world.services().find_leaving(ann).await.unwrap().map(|found| found.1), None, "{status:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn after_the_grace_everything_of_theirs_is_gone_and_the_facts_stay() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (ann, _) = ann_alone(&world).await;
        let acme = world.team("acme").await;
        world.join(acme, ann, Role::Editor).await;
        let slug = Slug::parse("annsown").unwrap();
        let on = domain::flags::Rollout::On;
        world.services().set_flag(domain::flags::BILLING_PORTAL, Some(&slug), on).await.unwrap();
        let browser = world.signed_in(ANN).await;
        browser.open_portal("annsown").await;
        world.browser().try_sign_in(ANN, "wrong").await;
        let entries = rows(&world, "SELECT * FROM audit_entries").await;
        assert_scheduled(&ask(&browser).await);

        world.clock.advance(Millis(DELETION_GRACE.0 - 1));
        assert_eq!(world.services().delete_due_accounts(10).await.unwrap(), 0, "not a moment early");
        assert!(is_there(&world, ann).await);
        knock(&world).await;
        assert!(whole_database(&world).await.contains(ANN), "so that it would be seen");
        world.clock.advance(Millis(1));
        assert_eq!(world.services().delete_due_accounts(10).await.unwrap(), 1);
        assert_eq!(world.services().delete_due_accounts(10).await.unwrap(), 0, "once");

        assert!(!is_there(&world, ann).await && !org_is_there(&world, "annsown").await);
        assert!(org_is_there(&world, "acme").await);
        world.work_off().await;
        assert!(matches!(world.mail.last_to(ANN), Letter::AccountDeleted { .. }));
        let all = whole_database(&world).await;
        assert!(!all.contains(ANN), "the address is nowhere: {all}");
        for table in tables_with(&world, "user_id").await {
            assert_eq!(rows_of(&world, &table, ann).await, 0, "{table}");
        }
        // The facts: every entry is still there, with one more each for asking and for the end of it.
        assert!(rows(&world, "SELECT * FROM audit_entries").await >= entries + 2);
        assert_eq!(rows(&world, "SELECT * FROM audit_entries WHERE action = 'account.delete'").await, 1);
        assert!(rows(&world, "SELECT * FROM audit_entries WHERE actor = 'deleted account'").await >= 4);

        let (_, page) = knock(&world).await;
        assert_eq!(page.location(), Some("/sign-in"), "as for anybody who was never there");
        // The address is free again.
        world.person(ANN).await;
    })
    .await;
}

async fn rows_of(world: &World, table: &str, user: UserId) -> usize {
    let db = world.store().connection();
    let sql = format!("SELECT * FROM {table} WHERE user_id = $1");
    let statement = Statement::from_sql_and_values(db.get_database_backend(), sql, [user.as_uuid().into()]);
    db.query_all_raw(statement).await.unwrap().len()
}

/// By the schedule that every node and worker keeps.
#[tokio::test]
async fn a_worker_carries_it_out_by_itself() {
    each_database(|database| async {
        let world = World::on(database).await;
        let (ann, _) = ann_alone(&world).await;
        assert_scheduled(&ask(&world.signed_in(ANN).await).await);
        world.clock.advance(DELETION_GRACE);
        let (tell, told) = tokio::sync::oneshot::channel();
        let stop = async { drop(told.await) };
        let worker = tokio::spawn(jobs::run(world.services().clone(), jobs::Pace::default(), stop));
        let begun = std::time::Instant::now();
        while is_there(&world, ann).await {
            assert!(begun.elapsed() < std::time::Duration::from_secs(20));
            tokio::task::yield_now().await;
        }
        tell.send(()).unwrap();
        assert!(worker.await.unwrap());
    })
    .await;
}

/// Something came into the way meanwhile: nobody is left behind, and somebody is told.
#[tokio::test]
async fn t05_what_comes_into_the_way_during_the_grace_puts_it_off() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let ann = world.person(ANN).await;
        world.join(acme, ann, Role::Owner).await;
        assert_scheduled(&ask(&world.signed_in(ANN).await).await);
        // By whoever writes to the database.
        world
            .store()
            .connection()
            .execute_unprepared("UPDATE users SET status = 'disabled' WHERE email = 'owner@acme.test'")
            .await
            .unwrap();
        world.clock.advance(DELETION_GRACE);
        assert_eq!(world.services().delete_due_accounts(10).await.unwrap(), 1);
        assert!(is_there(&world, ann).await);
        assert_eq!(world.alerts.take(), ["deletion_put_off"]);
        assert_eq!(world.services().delete_due_accounts(10).await.unwrap(), 0, "it holds up nobody");
        world
            .store()
            .connection()
            .execute_unprepared("UPDATE users SET status = 'active' WHERE email = 'owner@acme.test'")
            .await
            .unwrap();
        world.clock.advance(Millis::days(1));
        assert_eq!(world.services().delete_due_accounts(10).await.unwrap(), 1);
        assert!(!is_there(&world, ann).await);
    })
    .await;
}

fn rounds(quick: usize, proving: usize) -> usize {
    if crate::proving() { proving } else { quick }
}

/// T05: one of two owners is demoted while the other deletes the account, and both delete theirs.
#[tokio::test(flavor = "multi_thread")]
async fn t05_an_owner_is_left_whoever_goes_first() {
    each_database(|database| async move {
        let world = World::on(database).await;
        let mut kept = 0;
        let rounds = rounds(12, 500);
        for round in 0..rounds {
            let org = world.organization(&format!("race{round}")).await;
            let mut owners = Vec::new();
            for n in 0..2 {
                let user = world.person(&format!("owner{n}-{round}@race.test")).await;
                world.join(org, user, Role::Owner).await;
                owners.push(user);
            }
            let viewer = world.person(&format!("viewer-{round}@race.test")).await;
            world.join(org, viewer, Role::Viewer).await;
            let leave = |user| schedule(&world, user);
            if round % 2 == 0 {
                let acting = crate::members::actor(&world, owners[1]).await;
                tokio::join!(leave(owners[0]), async {
                    let (slug, user) = (format!("race{round}"), owners[1].to_string());
                    let _ = world.services().change_role(&acting, &slug, &user, "Viewer").await;
                });
            } else {
                tokio::join!(leave(owners[0]), leave(owners[1]));
            }
            let acting = format!(
                "SELECT 1 FROM memberships m JOIN users u ON u.id = m.user_id JOIN organizations o ON o.id = m.org_id \
                 WHERE o.slug = 'race{round}' AND m.role = 'Owner' AND u.deletion_due_at IS NULL"
            );
            assert_eq!(rows(&world, &acting).await, 1, "round {round}: one goes, one stays");
            kept += 1;
        }
        world.clock.advance(DELETION_GRACE);
        while world.services().delete_due_accounts(50).await.unwrap() > 0 {}
        assert_eq!(world.alerts.take(), [] as [&str; 0]);
        assert_eq!(rows(&world, "SELECT 1 FROM memberships WHERE role = 'Owner'").await, rounds);
        crate::figure(
            "owner_races_kept",
            f64::from(kept),
            crate::Bar::AtLeast(f64::from(u32::try_from(rounds).unwrap())),
        );
    })
    .await;
}

async fn schedule(world: &World, user: UserId) {
    let found = world.store().find_memberships(user).await.unwrap().unwrap();
    let email = found.person.email.clone();
    let proof = domain::accounts::Proof::new(domain::accounts::Method::Password, world.now());
    let actor = services::Actor::of_session(found, proof, services::Origin::default());
    match world.services().schedule_deletion(&actor, &email).await {
        Ok(()) | Err(services::ServiceError::Invalid(_)) => {}
        Err(error) => panic!("{error}"),
    }
}

/// Two workers, and somebody who changes their mind at that very moment: one of the two happens, whole.
#[tokio::test(flavor = "multi_thread")]
async fn carrying_it_out_and_taking_it_back_never_both_happen() {
    each_database(|database| async move {
        let world = World::on(database).await;
        let other = world.another_node().await;
        for round in 0..rounds(12, 300) {
            let email = format!("ann{round}@race.test");
            let user = world.person(&email).await;
            let org = world.organization(&format!("own{round}")).await;
            world.join(org, user, Role::Owner).await;
            schedule(&world, user).await;
            world.clock.advance(DELETION_GRACE);
            let origin = services::Origin::default();
            let (one, two, kept) = tokio::join!(
                world.services().delete_due_accounts(50),
                other.services.delete_due_accounts(50),
                Box::pin(world.services().keep_account(user, &origin)),
            );
            one.unwrap();
            two.unwrap();
            let there = is_there(&world, user).await;
            assert_eq!(kept.is_ok(), there, "round {round}");
            assert_eq!(org_is_there(&world, &format!("own{round}")).await, there, "round {round}");
            world.work_off().await;
            let letters = world.mail.to(&email);
            let deleted = letters.iter().filter(|letter| matches!(letter, Letter::AccountDeleted { .. })).count();
            let cancelled = letters.iter().filter(|letter| matches!(letter, Letter::DeletionCancelled { .. })).count();
            assert_eq!((deleted, cancelled), if there { (0, 1) } else { (1, 0) }, "round {round}");
        }
    })
    .await;
}

/// Whoever signs in at the moment that it is asked for has nothing open afterwards.
#[tokio::test(flavor = "multi_thread")]
async fn signing_in_at_the_same_moment_opens_nothing() {
    each_database(|database| async move {
        let world = World::on(database).await;
        let (ann, _) = ann_alone(&world).await;
        for round in 0..rounds(4, 100) {
            let browser = world.signed_in(ANN).await;
            let (asked, (late, page)) = tokio::join!(ask(&browser), knock(&world));
            assert_scheduled(&asked);
            assert_eq!(page.status, StatusCode::SEE_OTHER, "round {round}");
            assert_eq!(late.get("/o/annsown").await.status, StatusCode::SEE_OTHER, "round {round}");
            let (back, _) = knock(&world).await;
            assert_eq!(back.post("/api/account/keep", &[]).await.location(), Some("/account"), "round {round}");
            // A session from that moment does not come to life with the account.
            assert_eq!(late.get("/o/annsown").await.status, StatusCode::SEE_OTHER, "round {round}");
            assert!(is_there(&world, ann).await);
        }
    })
    .await;
}
