//! O01 to O03, O08, C03: a way to a provider and back ends once, in its own browser.

use domain::Millis;
use reqwest::{Method, StatusCode};
use testkit::{Database, IdentityProvider, Page, each_database, identity_provider::Someone};

use super::{assert_turned_away, counts, sign_up, start, with_all, with_google};
use crate::tables::count;

const ENDED: &str = "begin again";

#[tokio::test]
async fn o01_a_state_is_used_once() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let ann = Someone::verified("1", "ann@example.test");
        sign_up(&world, &idp, &ann, "Acme").await;
        let (browser, asked) = (world.browser(), idp.asked("/token"));
        let back = idp.grant(&start(&browser, "google", &[]).await, &ann);
        assert_eq!(browser.get(&back).await.location(), Some("/"));
        let sessions = counts(&world).await[4];
        let again = browser.get(&back).await;
        assert_turned_away(&browser, &again, ENDED).await;
        assert_eq!(idp.asked("/token"), asked + 1, "no second request");
        assert_eq!(counts(&world).await[4], sessions);
    })
    .await;
}

#[tokio::test]
async fn o01_a_state_is_of_one_browser_one_provider_and_ten_minutes() {
    each_database(|database| async {
        let (google, microsoft) = (IdentityProvider::start().await, IdentityProvider::start().await);
        let world = with_all(database, &google, &microsoft).await;
        let ann = Someone::verified("1", "ann@example.test");
        sign_up(&world, &google, &ann, "Acme").await;
        let asked = google.asked("/token");
        let victim = world.browser();
        let back = google.grant(&start(&victim, "google", &[]).await, &ann);
        // Another browser, with a flow of its own and without.
        let (other, bare) = (world.browser(), world.browser());
        start(&other, "google", &[]).await;
        for stranger in [&other, &bare] {
            let page = stranger.get(&back).await;
            assert_turned_away(stranger, &page, ENDED).await;
        }
        // The same browser at another provider's address.
        for provider in ["microsoft", "github"] {
            let elsewhere = back.replace("/auth/google/", &format!("/auth/{provider}/"));
            let browser = world.browser();
            let own = google.grant(&start(&browser, "google", &[]).await, &ann);
            let page = browser.get(&own.replace("/auth/google/", &format!("/auth/{provider}/"))).await;
            assert_turned_away(&browser, &page, ENDED).await;
            assert_turned_away(&bare, &bare.get(&elsewhere).await, ENDED).await;
        }
        // HEAD uses nothing up, and none of this did.
        let head = Page::of(victim.request(Method::HEAD, &back)).await;
        assert_eq!(head.status, StatusCode::NOT_FOUND);
        assert_eq!((google.asked("/token"), microsoft.asked("/token")), (asked, 0));
        // The cookie went with the strangers' tries; the victim's is still there.
        assert_eq!(victim.get(&back).await.location(), Some("/"));

        let late = world.browser();
        let back = google.grant(&start(&late, "google", &[]).await, &ann);
        world.clock.advance(Millis::minutes(10));
        assert_turned_away(&late, &late.get(&back).await, ENDED).await;
        assert_eq!(google.asked("/token"), asked + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn o01_fifty_callbacks_of_one_state_are_one_session_and_one_person() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let ann = Someone::verified("1", "ann@example.test");
        // Somebody new first: one form, then one account.
        let browser = world.browser();
        let back = idp.grant(&start(&browser, "google", &[]).await, &ann);
        assert_eq!(at_once(&browser, &back, "/sign-up/complete").await, 1);
        let forms: Vec<_> = (0..20)
            .map(|_| {
                let browser = browser.clone();
                tokio::spawn(async move {
                    let form = [("name", "Ann"), ("organization", "Acme")];
                    browser.post("/api/auth/complete-sign-up", &form).await.location().map(str::to_owned)
                })
            })
            .collect();
        for form in forms {
            form.await.unwrap();
        }
        assert_eq!(counts(&world).await[..4], [1, 1, 1, 1]);
        // And somebody who is known.
        let browser = world.browser();
        let (sessions, asked) = (counts(&world).await[4], idp.asked("/token"));
        let back = idp.grant(&start(&browser, "google", &[]).await, &ann);
        assert_eq!(at_once(&browser, &back, "/").await, 1);
        assert_eq!((counts(&world).await[4], idp.asked("/token")), (sessions + 1, asked + 1));
        assert_eq!(counts(&world).await[..4], [1, 1, 1, 1]);
    })
    .await;
}

/// Fifty of the same request with the cookies of one moment; how many led to `there`.
async fn at_once(browser: &testkit::Browser, back: &str, there: &str) -> usize {
    let requests: Vec<_> = (0..50)
        .map(|_| {
            let (browser, back) = (browser.clone(), back.to_owned());
            tokio::spawn(async move { browser.get(&back).await.location().map(str::to_owned) })
        })
        .collect();
    let mut landed = 0;
    for request in requests {
        landed += usize::from(request.await.unwrap().as_deref() == Some(there));
    }
    landed
}

/// O02: somebody else's code brings nothing in a flow of one's own: the verifier doesn't fit.
#[tokio::test]
async fn o02_an_injected_code_is_refused() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let victim = Someone::verified("1", "ann@example.test");
        sign_up(&world, &idp, &victim, "Acme").await;
        let before = counts(&world).await;
        let stolen = idp.grant(&start(&world.browser(), "google", &[]).await, &victim);
        let attacker = world.browser();
        let own = idp.grant(&start(&attacker, "google", &[]).await, &Someone::new("2"));
        let code = |back: &str| back.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let asked = idp.asked("/token");
        let page = attacker.get(&own.replace(&code(&own), &code(&stolen))).await;
        assert_turned_away(&attacker, &page, "did not check out").await;
        assert_eq!(idp.asked("/token"), asked + 1, "the provider said no");
        assert_eq!(counts(&world).await, before);
    })
    .await;
}

/// O03: a response of one provider at the callback of another leads to no token request at all.
#[tokio::test]
async fn o03_a_mix_up_is_noticed_before_anything_leaves() {
    each_database(|database| async {
        let (honest, evil) = (IdentityProvider::start().await, IdentityProvider::start().await);
        let world = with_all(database, &evil, &honest).await;
        let ann = Someone::verified("1", "ann@example.test");
        // Evil sent the victim on to honest, whose code comes back in the flow that evil began.
        for issuer in [honest.url.as_str(), "https://accounts.google.com", "", &format!("{}/", evil.url)] {
            let browser = world.browser();
            let back = evil.grant(&start(&browser, "google", &[]).await, &ann);
            let back = back.split("&iss=").next().unwrap().to_owned();
            let mut mixed = format!("{back}&iss=");
            mixed.extend(url::form_urlencoded::byte_serialize(issuer.as_bytes()));
            let page = browser.get(&mixed).await;
            assert_turned_away(&browser, &page, "did not check out").await;
        }
        // Left out, where the provider says that it is always there.
        let browser = world.browser();
        let back = evil.grant(&start(&browser, "google", &[]).await, &ann);
        let page = browser.get(back.split("&iss=").next().unwrap()).await;
        assert_turned_away(&browser, &page, "did not check out").await;
        // And at Microsoft, which doesn't say it, one that isn't its own.
        let browser = world.browser();
        let back = honest.grant(&start(&browser, "microsoft", &[]).await, &ann);
        let page = browser.get(&format!("{back}&iss={}", evil.url)).await;
        assert_turned_away(&browser, &page, "did not check out").await;
        assert_eq!((honest.asked("/token"), evil.asked("/token")), (0, 0));
        assert_eq!(counts(&world).await, [0, 0, 0, 0, 0]);
    })
    .await;
}

/// The provider's no ends the flow as well.
#[tokio::test]
async fn o09_somebody_who_says_no_there_is_told_that_nothing_has_changed() {
    let idp = IdentityProvider::start().await;
    let world = with_google(Database::sqlite().await, &idp).await;
    let browser = world.browser();
    let address = start(&browser, "google", &[]).await;
    let state = address.split("state=").nth(1).unwrap().split('&').next().unwrap();
    let no = format!("/auth/google/callback?error=access_denied&error_description=canary&state={state}&code=x");
    let page = browser.get(&no).await;
    assert_eq!(page.location(), Some("/sign-in"));
    let told = browser.get("/sign-in").await;
    assert!(told.body.contains("Nothing has changed") && !told.body.contains("canary"), "{}", told.body);
    assert_eq!((count(&world, "login_flows").await, idp.asked("/token")), (0, 0));
}

/// O08: whatever `next` is, the way ends on a page of ours.
#[tokio::test]
async fn o08_next_leads_nowhere_else() {
    let idp = IdentityProvider::start().await;
    let world = with_google(Database::sqlite().await, &idp).await;
    let ann = Someone::verified("1", "ann@example.test");
    sign_up(&world, &idp, &ann, "Acme").await;
    let mut tried = 0;
    for next in payloads() {
        // One browser's tries are counted together.
        if tried % 40 == 0 {
            world.clock.advance(Millis::minutes(15));
        }
        let browser = world.browser();
        let address = start(&browser, "google", &[("next", next.as_str())]).await;
        assert!(!address.contains("evil"), "{address}");
        let page = browser.get(&idp.grant(&address, &ann)).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some("/")), "{next:?}");
        tried += 1;
    }
    assert!(tried >= 60, "{tried}");
    let browser = world.browser();
    let address = start(&browser, "google", &[("next", "/o/acme/settings?x=1#y")]).await;
    assert_eq!(browser.get(&idp.grant(&address, &ann)).await.location(), Some("/o/acme/settings?x=1"));
}

fn payloads() -> Vec<String> {
    let hosts =
        ["evil.example", "evil.example/o/acme", "127.0.0.1@evil.example", "evil.example:80", "xn--e1awd7f.example"];
    let begins =
        ["//", "/\\", "\\\\", "https:", "https://", "http:///", "/%2f/", "/%5c", "\t//", "/\t/", "///", "/.//", "/a//"];
    let mut payloads: Vec<String> =
        begins.iter().flat_map(|begin| hosts.iter().map(move |host| format!("{begin}{host}"))).collect();
    let more = [
        "javascript:alert(1)",
        "data:text/html,x",
        "evil.example",
        "/ /evil.example",
        "/\r\nLocation: //evil.example",
        "/%252f%252fevil.example\\",
        "/é",
        "/api/auth/sign-out",
        "/auth/google/callback?code=1",
        "/sign-in?next=/",
        "",
    ];
    payloads.extend(more.map(str::to_owned));
    payloads
}

/// C03: somebody else's page can't begin one, whatever it says of itself.
#[tokio::test]
async fn c03_another_site_begins_nothing() {
    let idp = IdentityProvider::start().await;
    let world = with_google(Database::sqlite().await, &idp).await;
    for (origin, site) in
        [("https://evil.example", "cross-site"), ("null", "cross-site"), ("http://localhost", "same-site")]
    {
        let request = world.browser().request(Method::POST, "/auth/google/start").form(&[("next", "/")]);
        let page = Page::of(request.header("origin", origin).header("sec-fetch-site", site)).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(world.browser().get("/auth/google/start").await.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(count(&world, "login_flows").await, 0);
}

/// The flow's cookie, and the way back from another site.
#[tokio::test]
async fn a10_the_first_request_of_the_way_back_changes_nothing() {
    let idp = IdentityProvider::start().await;
    let world = with_google(Database::sqlite().await, &idp).await;
    let ann = Someone::verified("1", "ann@example.test");
    let browser = world.browser();
    let begun = browser.post("/auth/google/start", &[]).await;
    let cookie = begun.cookies().into_iter().find(|cookie| cookie.starts_with("portico_flow=")).unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=600"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let back = idp.grant(begun.location().unwrap(), &ann);
    // As a browser sends it after a redirect from elsewhere.
    let cross = browser
        .request(Method::GET, &back)
        .header("sec-fetch-site", "cross-site")
        .header("sec-fetch-mode", "navigate")
        .header("sec-fetch-dest", "document");
    let step = Page::of(cross).await;
    assert_eq!((step.status, idp.asked("/token")), (StatusCode::OK, 0));
    assert!(step.body.contains("http-equiv=\"refresh\""), "{}", step.body);
    let page = browser.get(&back).await;
    assert_eq!(page.location(), Some("/sign-up/complete"));
    assert!(page.cookies().iter().any(|cookie| cookie.starts_with("portico_flow=;") && cookie.contains("Max-Age=0")));

    let https = [("PORTICO_BASE_URL".to_owned(), "https://portico.test".to_owned())];
    let settings: Vec<_> = idp.as_google().into_iter().chain(https).collect();
    let world = super::with(Database::sqlite().await, &settings, &idp).await;
    let request = world.browser().request(Method::POST, "/auth/google/start").header("origin", "https://portico.test");
    let begun = Page::of(request.form(&[("next", "/")])).await;
    let cookie = begun.cookies().into_iter().find(|cookie| cookie.starts_with("__Host-portico_flow=")).unwrap();
    assert!(cookie.contains("Secure"), "{cookie}");
    assert!(begun.location().unwrap().contains("redirect_uri=https%3A%2F%2Fportico.test%2Fauth%2Fgoogle%2Fcallback"));
}
