//! What pages read is guarded where it is read, whichever page asks (E02): each use case asked by
//! itself, by somebody the whole organisation is closed to, and by a stranger.

use domain::accounts::Email;
use policy::Reason;
use services::{Actor, ServiceError, audit::TypedAuditFilter, posts::TypedPost};
use testkit::{World, each_database};

use crate::members::actor;

/// Every use case that shows something of an organisation, and what came of each.
async fn shown(
    world: &World,
    actor: &Actor,
    (project, post): (&str, &str),
) -> Vec<(&'static str, Option<ServiceError>)> {
    let services = world.services();
    let everything = TypedAuditFilter::default();
    vec![
        ("list_members", services.list_members(actor, "acme").await.err()),
        ("list_projects", services.list_projects(actor, "acme", ("", 0)).await.err()),
        ("show_project", services.show_project(actor, ("acme", project), ("", 0)).await.err()),
        ("show_post", services.show_post(actor, "acme", (project, post)).await.err()),
        ("show_post_form", services.show_post_form(actor, "acme", (project, post)).await.err()),
        ("show_new_post", services.show_new_post(actor, "acme", project).await.err()),
        ("show_billing", services.show_billing(actor, "acme").await.err()),
        ("show_plans", services.show_plans(actor, "acme").await.err()),
        ("show_invoices", services.show_invoices(actor, "acme").await.err()),
        ("show_general", services.show_general(actor, "acme").await.err()),
        ("show_security", services.show_security(actor, "acme").await.err()),
        ("show_closing", services.show_closing(actor, "acme").await.err()),
        ("show_break_glass", services.show_break_glass(actor, "acme").await.err()),
        ("list_audit", services.list_audit(actor, "acme", (&everything, 0)).await.err()),
    ]
}

#[tokio::test]
async fn e02_whoever_asks_for_a_page_of_an_organization_is_asked_by_the_use_case() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let id = async |email: &str| {
            world.store().find_user_by_email(&Email::parse(email).unwrap()).await.unwrap().unwrap().id
        };
        let owner = id("owner@acme.test").await;
        let stranger = world.person("eve@example.test").await;
        let who = actor(&world, owner).await;
        let project = world.services().create_project(&who, "acme", "One").await.unwrap().to_string();
        let typed = TypedPost { title: "A", body: "a" };
        let post = world.services().create_post(&who, ("acme", &project), typed).await.unwrap().to_string();
        for (what, error) in shown(&world, &who, (&project, &post)).await {
            assert!(error.is_none(), "{what}: {error:?}");
        }
        for (what, error) in shown(&world, &actor(&world, stranger).await, (&project, &post)).await {
            assert!(matches!(error, Some(ServiceError::NotFound)), "{what}: {error:?}");
        }
        // To a Viewer, what takes another role.
        let viewer = actor(&world, id("viewer@acme.test").await).await;
        let refused: Vec<_> = shown(&world, &viewer, (&project, &post))
            .await
            .into_iter()
            .filter_map(|(what, error)| matches!(error, Some(ServiceError::Forbidden(_))).then_some(what))
            .collect();
        assert_eq!(
            refused,
            ["show_post_form", "show_new_post", "show_security", "show_closing", "show_break_glass", "list_audit"]
        );
        // The whole of it is closed to a session that showed a password alone.
        world.store().set_requires_second_factor(acme, true).await.unwrap();
        let who = actor(&world, owner).await;
        for (what, error) in shown(&world, &who, (&project, &post)).await {
            let reason = Some(Reason::SecondFactorRequired);
            assert!(matches!(error, Some(ServiceError::Forbidden(why)) if Some(why) == reason), "{what}: {error:?}");
        }
    })
    .await;
}
