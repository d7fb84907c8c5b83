//! O09: providers that hang, flood, redirect or talk nonsense: a clean message within ten
//! seconds, nothing followed, nobody half made, and everything else goes on.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use testkit::{
    Database, IdentityProvider, World,
    identity_provider::{Misbehaviour, Someone},
};

use super::{assert_turned_away, counts, go, sign_up, start, with_google};

const BAR: Duration = Duration::from_secs(10);

fn nonsense() -> Vec<(&'static str, Misbehaviour)> {
    let say = |text: &str| Misbehaviour::Say(text.to_owned());
    vec![
        ("hangs", Misbehaviour::Hang),
        ("floods", Misbehaviour::Flood),
        ("leads to the cloud's metadata", Misbehaviour::Redirect("http://169.254.169.254/latest/meta-data".to_owned())),
        ("fails", Misbehaviour::Status(500)),
        ("is not there", Misbehaviour::Status(404)),
        ("is empty", say("")),
        ("is no JSON", say("<html>canary")),
        ("is something else", say("[1,2,3]")),
        ("is half a document", say("{\"issuer\":\"")),
    ]
}

async fn ready() -> (IdentityProvider, World) {
    let idp = IdentityProvider::start().await;
    let world = with_google(Database::sqlite().await, &idp).await;
    (idp, world)
}

#[tokio::test(flavor = "multi_thread")]
async fn o09_a_broken_token_endpoint() {
    let (idp, world) = ready().await;
    let ann = Someone::verified("1", "ann@example.test");
    sign_up(&world, &idp, &ann, "Acme").await;
    let before = counts(&world).await;
    for (what, how) in nonsense() {
        let browser = world.browser();
        let back = idp.grant(&start(&browser, "google", &[]).await, &ann);
        idp.misbehave("/token", how);
        let begun = Instant::now();
        let page = browser.get(&back).await;
        assert!(begun.elapsed() < BAR, "{what}: {:?}", begun.elapsed());
        assert_eq!(page.location(), Some("/sign-in"), "{what}");
        let told = browser.get("/sign-in").await;
        assert!(told.shows("form-error") && !told.body.contains("canary"), "{what}");
        assert_eq!(counts(&world).await, before, "{what}");
        idp.behave();
    }
    assert_eq!(go(&world.browser(), &idp, "google", &ann).await.location(), Some("/"), "and it is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn o09_broken_discovery_and_keys() {
    for path in ["/.well-known/openid-configuration", "/keys"] {
        let (idp, world) = ready().await;
        for (what, how) in nonsense() {
            idp.misbehave(path, how);
            let begun = Instant::now();
            let browser = world.browser();
            let page = browser.post("/auth/google/start", &[]).await;
            assert!(begun.elapsed() < BAR, "{path} {what}: {:?}", begun.elapsed());
            assert_turned_away(&browser, &page, "did not answer").await;
            // Meanwhile the rest of the house.
            assert_eq!(browser.get("/sign-in").await.status, StatusCode::OK);
        }
        assert_eq!(counts(&world).await, [0, 0, 0, 0, 0]);
        idp.behave();
        start(&world.browser(), "google", &[]).await;
    }
}

/// A discovery document that names other places: another issuer, another host for people,
/// endpoints inside.
#[tokio::test]
async fn o09_discovery_leads_nowhere_else() {
    let (idp, world) = ready().await;
    let document = |issuer: &str, authorize: &str, token: &str, keys: &str| {
        Misbehaviour::Say(
            serde_json::json!({
                "issuer": issuer, "authorization_endpoint": authorize, "token_endpoint": token, "jwks_uri": keys,
            })
            .to_string(),
        )
    };
    let own = |path: &str| format!("{}{path}", idp.url);
    for (what, how) in [
        ("another issuer", document("https://evil.example", &own("/google/authorize"), &own("/token"), &own("/keys"))),
        (
            "another place for people",
            document(&idp.url, "https://evil.example/authorize", &own("/token"), &own("/keys")),
        ),
        ("keys inside", document(&idp.url, &own("/google/authorize"), &own("/token"), "http://169.254.169.254/keys")),
        ("keys in a file", document(&idp.url, &own("/google/authorize"), &own("/token"), "file:///etc/passwd")),
    ] {
        idp.misbehave("/.well-known/openid-configuration", how);
        let browser = world.browser();
        let page = browser.post("/auth/google/start", &[]).await;
        assert_eq!(page.location(), Some("/sign-in"), "{what}");
        assert!(browser.get("/sign-in").await.shows("form-error"), "{what}");
    }
    // A token endpoint inside is not asked either.
    let inside = "http://169.254.169.254/token";
    idp.misbehave(
        "/.well-known/openid-configuration",
        document(&idp.url, &own("/google/authorize"), inside, &own("/keys")),
    );
    let browser = world.browser();
    let back = idp.grant(&start(&browser, "google", &[]).await, &Someone::new("1"));
    let page = browser.get(&back).await;
    assert_turned_away(&browser, &page, "did not answer").await;
}
