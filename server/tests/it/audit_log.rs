//! The audit log (V01, P-10): found by what one looks for, taken along as CSV, kept as long as the
//! organisation says, and changed by nobody.

use domain::{
    Millis, OrgId,
    audit::{AuditAction, AuditOutcome},
};
use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, DbBackend};
use testkit::{Browser, World, each_database};

use crate::tables::{content, count};

const LOG: &str = "/o/acme/settings/audit";

/// A trail with something of each kind in it.
async fn some_history(world: &World) -> OrgId {
    let acme = world.team("acme").await;
    let (owner, viewer) = (world.signed_in("owner@acme.test").await, world.signed_in("viewer@acme.test").await);
    invite(&owner, "ann@example.test").await;
    invite(&owner, "bob@example.test").await;
    invite(&viewer, "eve@example.test").await;
    owner.open_portal("acme").await;
    acme
}

async fn invite(browser: &Browser, email: &str) {
    browser.post("/api/orgs/invite", &[("org", "acme"), ("email", email), ("role", "Viewer")]).await;
}

async fn rows(browser: &Browser, query: &str) -> usize {
    let page = browser.get(&format!("{LOG}?{query}")).await;
    assert_eq!(page.status, StatusCode::OK, "{query}");
    page.texts("audit-row").len()
}

#[tokio::test]
async fn v01_entries_are_found_by_what_who_how_and_when() {
    each_database(|database| async {
        let world = World::on(database).await;
        some_history(&world).await;
        let admin = world.signed_in("admin@acme.test").await;
        let today = testkit_day(&world);
        for (query, expected) in [
            ("", 5),
            ("action=invitation.send", 3),
            ("action=invitation.send&outcome=done", 2),
            ("outcome=refused", 1),
            ("about=ann", 1),
            ("about=%20OWNER%40acme.test", 4),
            ("about=owner&action=invitation.send", 2),
            // What LIKE would take for a pattern is not one.
            ("about=%25", 0),
            ("about=_nn", 0),
            ("about=%27%20OR%201%3D1%20--", 0),
            ("action=nonsense", 5),
            (&format!("from={today}"), 5),
            (&format!("from={today}&until={today}"), 5),
            ("until=2001-01-01", 0),
        ] {
            assert_eq!(rows(&admin, query).await, expected, "{query}");
        }
        let page = admin.get(&format!("{LOG}?from=yesterday&until=2026-02-31&about=owner")).await;
        assert_eq!(page.texts("form-error").len(), 2);
        assert!(page.body.contains("Enter a day such as 2026-11-26.") && page.body.contains("value=\"yesterday\""));
        assert!(admin.get(&format!("{LOG}?until=2001-01-01")).await.shows("no-entries"));
        // Nobody below reads it, however they ask.
        let editor = world.signed_in("editor@acme.test").await;
        assert_eq!(editor.get(&format!("{LOG}?action=invitation.send")).await.status, StatusCode::FORBIDDEN);
        assert_eq!(editor.post("/api/orgs/export-audit", &[("org", "acme")]).await.status, StatusCode::FORBIDDEN);
    })
    .await;
}

/// Today, by the world's clock, as a date field has it.
fn testkit_day(world: &World) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(world.now().as_seconds()).unwrap();
    format!("{:04}-{:02}-{:02}", at.year(), u8::from(at.month()), at.day())
}

#[tokio::test]
async fn v01_pages_keep_what_was_asked_for() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        for number in 0..60 {
            let name = format!("Acme {number}");
            owner.post("/api/orgs/update", &[("org", "acme"), ("name", &name), ("address", "acme")]).await;
        }
        let query = "action=organization.update&about=acme";
        let first = owner.get(&format!("{LOG}?{query}")).await;
        assert_eq!(first.texts("audit-row").len(), 50);
        assert!(first.body.contains(&format!("{LOG}?{}&amp;page=1", query.replace('&', "&amp;"))));
        assert_eq!(rows(&owner, &format!("{query}&page=1")).await, 10);
        assert_eq!(rows(&owner, &format!("{query}&page=99999999999999")).await, 50, "no number: the first");
    })
    .await;
}

#[tokio::test]
async fn v01_as_csv_nothing_is_a_formula_and_nothing_is_of_others() {
    each_database(|database| async {
        let world = World::on(database).await;
        some_history(&world).await;
        world.team("globex").await;
        let owner = world.signed_in("owner@acme.test").await;
        let names = ["=cmd|'/c calc'!A1", "{{7*7}}", "<script>alert(1)</script>", "+1,\"2\"", "-1", "@x"];
        for name in names {
            owner.post("/api/orgs/update", &[("org", "acme"), ("name", name), ("address", "acme")]).await;
        }
        let reply = owner.post("/api/orgs/export-audit", &[("org", "acme"), ("action", "organization.update")]).await;
        assert_eq!(reply.headers["content-type"], "text/csv; charset=utf-8");
        assert_eq!(reply.headers["content-disposition"], "attachment; filename=\"portico-audit-log.csv\"");
        let mut csv = csv::Reader::from_reader(reply.body.as_bytes());
        let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), names.len());
        for (row, name) in rows.iter().zip(names.iter().rev()) {
            assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@'])), "{row:?}");
            assert_eq!(row[5].trim_start_matches('\''), format!("{name} (/o/acme)"));
            assert_eq!((&row[1], &row[2], &row[4]), ("organization.update", "done", "owner@acme.test"));
        }
        // Everything, and that it was taken along stands in it.
        let all = owner.post("/api/orgs/export-audit", &[("org", "acme")]).await.body;
        assert!(all.contains("ann@example.test") && all.contains("audit.export") && !all.contains("globex"));
        let refused = owner.post("/api/orgs/export-audit", &[("org", "acme"), ("from", "x")]).await;
        assert_eq!(refused.location(), Some("/o/acme/settings/audit?from=x"));
        assert_eq!(count(&world, "audit_entries WHERE action = 'audit.export'").await, 2);
    })
    .await;
}

/// Not even by somebody who owns the table, nor by a superuser.
#[tokio::test]
async fn v01_the_database_refuses_to_change_an_entry() {
    each_database(|database| async {
        let world = World::on(database).await;
        some_history(&world).await;
        let before = content(&world, "audit_entries").await;
        let mut attempts = vec![
            "DELETE FROM audit_entries",
            "DELETE FROM audit_entries WHERE outcome = 'refused'",
            "UPDATE audit_entries SET outcome = 'done'",
            "UPDATE audit_entries SET actor = 'nobody'",
            "UPDATE audit_entries SET subject = NULL",
            "UPDATE audit_entries SET address = '127.0.0.2'",
            "UPDATE audit_entries SET at = 0",
            "UPDATE audit_entries SET org_id = NULL",
        ];
        if world.store().connection().get_database_backend() == DbBackend::Postgres {
            attempts.extend(["TRUNCATE audit_entries", "TRUNCATE audit_entries CASCADE"]);
        }
        for db in [world.store().connection(), world.oracle.connection()] {
            for sql in &attempts {
                let refused = db.execute_unprepared(sql).await.unwrap_err();
                assert!(refused.to_string().contains("append-only"), "{sql}: {refused}");
            }
        }
        assert_eq!(content(&world, "audit_entries").await, before);
    })
    .await;
}

#[tokio::test]
async fn v01_what_is_older_than_an_organization_says_is_removed_and_nothing_else() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = some_history(&world).await;
        let globex = world.team("globex").await;
        let other = world.signed_in("owner@globex.test").await;
        other.post("/api/orgs/update", &[("org", "globex"), ("name", "Globex 2"), ("address", "globex")]).await;
        world.clock.advance(Millis::days(91));
        let owner = world.signed_in("owner@acme.test").await;
        invite(&owner, "new@example.test").await;
        let keep = async |browser: &Browser, days: &str| {
            browser.post("/api/orgs/set-audit-retention", &[("org", "acme"), ("keep", days)]).await
        };
        let entries = async |org| world.store().list_audit_entries(org, 0, 100).await.unwrap().entries;
        assert_eq!(world.services().sweep_audit_entries(100).await.unwrap(), 0, "kept for ever");
        for wrong in ["", "1", "-90", "forever; DROP TABLE audit_entries"] {
            assert_eq!(keep(&owner, wrong).await.location(), Some(LOG), "{wrong}");
            assert!(owner.get(LOG).await.shows("form-error"), "{wrong}");
        }
        let admin = world.signed_in("admin@acme.test").await;
        assert_eq!(keep(&admin, "90").await.status, StatusCode::FORBIDDEN);
        assert!(!admin.get(LOG).await.shows("set-audit-retention"));
        world.clock.advance(Millis::minutes(16));
        assert!(keep(&owner, "90").await.location().unwrap().starts_with("/account/confirm"), "without a recent proof");
        let newest = entries(acme).await.remove(0);
        assert_eq!((newest.action, newest.outcome), (AuditAction::SetAuditRetention, AuditOutcome::Refused));
        let owner = world.signed_in("owner@acme.test").await;
        assert_eq!(keep(&owner, "90").await.location(), Some(LOG));
        assert!(owner.get(LOG).await.body.contains("kept for 90 days"));

        let before = entries(acme).await.len() as u64;
        // In parts, by two at once.
        let mut removed = 0;
        loop {
            let (one, two) =
                tokio::join!(world.services().sweep_audit_entries(1), world.services().sweep_audit_entries(2));
            let count = one.unwrap() + two.unwrap();
            if count == 0 {
                break;
            }
            removed += count;
        }
        assert_eq!(removed, 5, "what was 91 days old");
        let left = entries(acme).await;
        assert_eq!(left.len() as u64, before - removed);
        assert!(left.iter().any(|entry| entry.subject.as_deref() == Some("new@example.test")));
        assert_eq!(entries(globex).await.len(), 1, "of others");
        // And for ever again.
        keep(&owner, "forever").await;
        world.clock.advance(Millis::days(4_000));
        assert_eq!(world.services().sweep_audit_entries(100).await.unwrap(), 0);
    })
    .await;
}
