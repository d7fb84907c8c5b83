//! The schema goes up, down and up again on both databases.

use migrations::Migrator;
use sea_orm_migration::MigratorTrait;
use testkit::each_database;

#[tokio::test]
async fn up_down_up() {
    each_database(|database| async move {
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
