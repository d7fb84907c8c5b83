//! The schema goes up, down and up again on both databases.

use migrations::Migrator;
use sea_orm_migration::MigratorTrait;
use testkit::each_database;

/// X04: during a deploy the newer version migrates first; the older one stays ready.
#[tokio::test]
async fn a_step_of_a_newer_version_does_no_harm() {
    each_database(|database| async {
        use sea_orm::ConnectionTrait;
        let world = testkit::World::on(database).await;
        assert_eq!(world.browser().get("/readyz").await.body, "ready\n");
        let db = world.store().connection();
        db.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 1)")
            .await
            .unwrap();
        assert_eq!(world.browser().get("/readyz").await.status, reqwest::StatusCode::OK);
        db.execute_unprepared("DELETE FROM seaql_migrations WHERE version LIKE 'm0005%'").await.unwrap();
        let page = world.browser().get("/readyz").await;
        assert_eq!(page.status, reqwest::StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.body.contains("portico migrate"), "{}", page.body);
    })
    .await;
}

#[tokio::test]
async fn up_down_up() {
    each_database(|database| async move {
        // The whole of it: an SQLite file goes with the folder it is in.
        let database = database;
        let store = store::Store::open(&database.url).await.unwrap();
        let db = store.connection();
        assert!(migrations::is_current(db).await.unwrap());
        Migrator::down(db, None).await.unwrap();
        assert!(!migrations::is_current(db).await.unwrap());
        assert!(store.find_session("x").await.is_err(), "the tables are gone");
        assert_eq!(migrations::up(db).await.unwrap(), Migrator::migrations().len());
        assert_eq!(migrations::up(db).await.unwrap(), 0, "running it again does nothing");
        assert!(store.find_session("x").await.unwrap().is_none());
    })
    .await;
}
