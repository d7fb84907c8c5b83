//! P-03, P-04, P-10: opening the portal.

use domain::{
    audit::{AuditAction, AuditOutcome},
    orgs::Role,
};
use reqwest::StatusCode;
use testkit::{World, each_database};

#[tokio::test]
async fn p03_an_owner_is_sent_to_the_portal_of_their_organization() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        world.team("globex").await;
        let owner = world.signed_in("owner@acme.test").await;
        // Makes the customer; from here on it is the stored one.
        owner.open_portal("acme").await;
        let page = owner.open_portal("acme").await;

        assert_eq!(page.status, StatusCode::SEE_OTHER);
        let stored = world.store().find_billing_customer(acme).await.unwrap().unwrap();
        let call = world.provider.portal_calls().await.pop().unwrap();
        assert_eq!(call["form"]["customer"], stored.id.as_str());
        assert_eq!(call["form"]["return_url"], format!("{}/o/acme/settings/billing", world.node.url));
        assert!(call["idempotency_key"].is_string());
        // The address is a secret of this reply: nothing may keep it (P-07, B10).
        let location = page.location().unwrap();
        assert!(location.starts_with(&world.provider.url.replace("127.0.0.1", "localhost")), "{location}");
        assert_eq!(page.headers["cache-control"], "no-store");
        assert_eq!(page.body, "");
        // And it opens the page of that customer.
        let hosted = reqwest::get(location).await.unwrap().text().await.unwrap();
        assert!(hosted.contains(stored.id.as_str()));
        world.provider.assert_contract_kept().await;
    })
    .await;
}

#[tokio::test]
async fn b01_nothing_the_client_sends_selects_the_customer() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let globex = world.team("globex").await;
        for (who, org) in [("owner@acme.test", "acme"), ("owner@globex.test", "globex")] {
            world.signed_in(who).await.open_portal(org).await;
        }
        let acme_customer = world.store().find_billing_customer(acme).await.unwrap().unwrap().id;
        let globex_customer = world.store().find_billing_customer(globex).await.unwrap().unwrap().id;
        assert_ne!(acme_customer, globex_customer);
        let (foreign, foreign_org) = (globex_customer.as_str().to_owned(), globex.to_string());
        let owner = world.signed_in("owner@acme.test").await;
        let before = world.provider.portal_calls().await.len();

        let extras: [&[(&str, &str)]; 7] = [
            &[("customer", &foreign)],
            &[("customer_id", &foreign), ("stripe_customer_id", &foreign)],
            &[("org_id", &foreign_org), ("organization", "globex")],
            &[("return_url", "https://evil.example/"), ("next", "https://evil.example/")],
            &[("email", "owner@globex.test"), ("user_id", "1")],
            &[("role", "Owner"), ("livemode", "true")],
            &[("configuration", "bpc_evil"), ("flow_data[type]", "payment_method_update")],
        ];
        for extra in extras {
            let mut fields = vec![("org", "acme")];
            fields.extend_from_slice(extra);
            let page = owner.post("/api/billing/open-portal", &fields).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{extra:?}");
        }
        // Headers that elsewhere end in mail links and redirects (L03, B05).
        for (name, value) in [
            ("host", "evil.example"),
            ("x-forwarded-host", "evil.example"),
            ("forwarded", "host=evil.example;proto=https"),
            ("x-forwarded-proto", "https"),
            ("x-original-url", "/o/globex"),
            ("referer", "https://evil.example/"),
        ] {
            let request = owner.form("/api/billing/open-portal", &[("org", "acme")]).header(name, value);
            let page = testkit::Page::of(request).await;
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{name}");
            assert!(!page.location().unwrap().contains("evil"), "{name}");
        }
        // Two organisations in one form: refused, or the one whose portal it then is.
        let twice = owner.post("/api/billing/open-portal", &[("org", "acme"), ("org", "globex")]).await;
        assert!(twice.status.is_client_error(), "{}", twice.status);

        let calls = world.provider.portal_calls().await;
        assert_eq!(calls.len() - before, extras.len() + 6);
        for call in &calls[before..] {
            assert_eq!(call["form"]["customer"], acme_customer.as_str());
            assert_eq!(call["form"]["return_url"], format!("{}/o/acme/settings/billing", world.node.url));
            assert_eq!(call["form"].as_object().unwrap().len(), 2, "{call}");
        }
    })
    .await;
}

#[tokio::test]
async fn b02_everybody_else_is_refused_without_a_call() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        world.team("globex").await;
        world.signed_in("owner@acme.test").await.open_portal("acme").await;
        let former = world.person("former@acme.test").await;
        world.join(acme, former, Role::Owner).await;
        let former_browser = world.signed_in("former@acme.test").await;
        world.leave(acme, former).await;
        let before = world.provider.portal_calls().await.len();

        for (who, want) in [
            ("admin@acme.test", StatusCode::FORBIDDEN),
            ("editor@acme.test", StatusCode::FORBIDDEN),
            ("viewer@acme.test", StatusCode::FORBIDDEN),
            ("owner@globex.test", StatusCode::NOT_FOUND),
        ] {
            let page = world.signed_in(who).await.open_portal("acme").await;
            assert_eq!(page.status, want, "{who}");
            assert_eq!(page.location(), None, "{who}");
        }
        assert_eq!(former_browser.open_portal("acme").await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.browser().open_portal("acme").await.status, StatusCode::UNAUTHORIZED);
        // What does not exist looks like what is not theirs.
        for org in ["nowhere", "", "../acme", "ACME", "acme ", &"a".repeat(5_000)] {
            let page = world.signed_in("owner@acme.test").await.open_portal(org).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{org:?}");
        }
        assert_eq!(world.provider.portal_calls().await.len(), before, "no call for any of them");
    })
    .await;
}

#[tokio::test]
async fn p10_opened_and_refused_are_in_the_audit_trail() {
    each_database(|database| async {
        let world = World::on(database).await;
        let acme = world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        let opened = owner.open_portal("acme").await;
        world.signed_in("editor@acme.test").await.open_portal("acme").await;

        let entries = world.store().list_audit_entries(acme, 0, 50).await.unwrap().entries;
        let of_portal: Vec<_> = entries.iter().filter(|e| e.action == AuditAction::OpenBillingPortal).collect();
        let [refused, done] = of_portal[..] else { panic!("{of_portal:#?}") };
        assert_eq!((done.outcome, done.actor.as_str()), (AuditOutcome::Done, "owner@acme.test"));
        assert_eq!(done.reason, None);
        assert_eq!(done.address.as_deref(), Some("127.0.0.1"));
        assert_eq!(Some(done.request_id.as_str()), opened.headers["x-request-id"].to_str().ok());
        assert_eq!((refused.outcome, refused.actor.as_str()), (AuditOutcome::Refused, "editor@acme.test"));
        assert_eq!(refused.reason.as_deref(), Some("role_missing"));

        // A stranger and a switched-off feature are told nothing, and written down with the reason.
        world.team("globex").await;
        world.signed_in("owner@globex.test").await.open_portal("acme").await;
        world.services().set_flag(domain::flags::BILLING_PORTAL, None, domain::flags::Rollout::Off).await.unwrap();
        owner.open_portal("acme").await;
        let entries = world.store().list_audit_entries(acme, 0, 50).await.unwrap().entries;
        let refused: Vec<_> = entries
            .iter()
            .filter(|e| e.outcome == AuditOutcome::Refused)
            .map(|e| (e.actor.as_str(), e.reason.as_deref().unwrap()))
            .collect();
        assert_eq!(
            refused,
            [
                ("owner@acme.test", "flag_off"),
                ("owner@globex.test", "not_a_member"),
                ("editor@acme.test", "role_missing")
            ]
        );

        let page = owner.get("/o/acme/settings/audit").await;
        assert_eq!(page.body.matches("data-testid=\"audit-row\"").count(), entries.len());
        assert!(page.body.contains("Needs another role"));
    })
    .await;
}
