//! R04: somebody gets to a victim's address first, and waits (Sudhodanan and Paverd,
//! "Pre-hijacked accounts", 2022). What there is to wait with, by way of a provider.

use testkit::{IdentityProvider, each_database, identity_provider::Someone};

use super::{counts, go, sign_up, with_google};
use crate::tables::count;

const VICTIM: &str = "victim@example.test";

/// Non-verifying provider: the attacker's identity claims the victim's address. It gets no
/// account, and the victim's own sign-up finds nothing there.
#[tokio::test]
async fn r04_an_identity_that_claims_an_address_holds_nothing() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let claims = Someone::new("evil").with("email", VICTIM.into());
        for someone in [claims.clone(), claims.clone().with("email_verified", false.into())] {
            let attacker = world.browser();
            go(&attacker, &idp, "google", &someone).await;
            // Past the page, as a script would.
            let form = [("name", "Evil"), ("organization", "Evil"), ("email", VICTIM)];
            attacker.post("/api/auth/complete-sign-up", &form).await;
            assert_eq!(counts(&world).await, [0, 0, 0, 0, 0]);
        }
        let victim = sign_up(&world, &idp, &Someone::verified("victim", VICTIM), "Theirs").await;
        assert_eq!(counts(&world).await, [1, 1, 1, 1, 1]);
        assert!(victim.get("/o/theirs").await.status.is_success());
        // And the attacker's identity still opens nothing.
        let attacker = world.browser();
        assert_eq!(go(&attacker, &idp, "google", &claims).await.location(), Some("/sign-up/complete"));
        assert_eq!(count(&world, "identities").await, 1);
    })
    .await;
}

/// Unexpired session: the attacker is halfway, with an address that was theirs and is the
/// victim's now. Whoever finishes first has it; the other is told, and gets into nothing.
#[tokio::test]
async fn r04_of_two_who_finish_with_one_address_one_has_it() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let attacker = world.browser();
        go(&attacker, &idp, "google", &Someone::verified("evil", VICTIM)).await;
        let victim = sign_up(&world, &idp, &Someone::verified("victim", VICTIM), "Theirs").await;
        let form = [("name", "Evil"), ("organization", "Evil")];
        let page = attacker.post("/api/auth/complete-sign-up", &form).await;
        super::assert_turned_away(&attacker, &page, "belongs to another account").await;
        assert_eq!(counts(&world).await, [1, 1, 1, 1, 1]);
        assert!(victim.get("/o/theirs").await.status.is_success());
    })
    .await;
}
