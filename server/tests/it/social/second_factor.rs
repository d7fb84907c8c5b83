//! a provider is one factor. An account that asks for a second asks after it as well,
//! and nothing is linked before it was shown.

use domain::Millis;
use reqwest::StatusCode;
use testkit::{IdentityProvider, PASSWORD, each_database, identity_provider::Someone};

use super::{counts, go, with_google};

const EMAIL: &str = "owner@acme.test";
const SECOND: &str = "/sign-in/second-factor";

#[tokio::test]
async fn a10_a_provider_is_one_factor_and_a_link_waits_for_the_second() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        world.team("acme").await;
        let owner = world.signed_in(EMAIL).await;
        let (app, _) = world.set_up_totp(&owner).await;
        world.clock.advance(Millis::seconds(30));
        let google = Someone::verified("1", EMAIL);

        // The password alone links nothing.
        let browser = world.browser();
        assert_eq!(go(&browser, &idp, "google", &google).await.location(), Some("/sign-in/link"));
        let half = browser.post("/api/auth/accept-link", &[("password", PASSWORD)]).await;
        assert_eq!(half.location(), Some(SECOND));
        assert_eq!(counts(&world).await[3], 0);
        let wrong = app.wrong_code(world.now());
        browser.post("/api/auth/second-factor", &[("code", wrong.as_str())]).await;
        assert_eq!(counts(&world).await[3], 0);
        let code = app.code(world.now());
        let page = browser.post("/api/auth/second-factor", &[("code", code.as_str())]).await;
        assert_eq!(page.location(), Some("/"), "{}", page.body);
        assert_eq!(counts(&world).await[3], 1, "now it is");

        // And from then on the provider is asked for the second factor as well.
        world.clock.advance(Millis::seconds(30));
        let browser = world.browser();
        assert_eq!(go(&browser, &idp, "google", &google).await.location(), Some(SECOND));
        assert_eq!(browser.get("/o/acme").await.status, StatusCode::SEE_OTHER, "not in yet");
        let code = app.code(world.now());
        browser.post("/api/auth/second-factor", &[("code", code.as_str())]).await;
        assert_eq!(browser.get("/o/acme").await.status, StatusCode::OK);
    })
    .await;
}
