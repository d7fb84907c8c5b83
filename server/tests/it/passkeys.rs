//! Passkeys: added, as the second factor, as the only one; and every answer that is not right.

use domain::{
    Millis, UserId,
    accounts::{Email, Proof},
};
use reqwest::StatusCode;
use serde_json::Value;
use services::mail::Letter;
use testkit::{Browser, Database, PASSWORD, Page, SoftKey, World, each_database};

const OWNER: &str = "owner@acme.test";
const VIEWER: &str = "viewer@acme.test";
/// Browsers allow no passkeys at an address that is a number.
const ORIGIN: &str = "http://portico.localhost";
const SECOND: &str = "/sign-in/second-factor";

async fn world(database: Database) -> World {
    let world = World::with_settings(database, &[("PORTICO_BASE_URL", ORIGIN)]).await;
    world.team("acme").await;
    world
}

async fn ask(browser: &Browser, path: &str, purpose: &str) -> Value {
    let (status, options) = browser.ask(path, &[("purpose", purpose)]).await;
    assert_eq!(status, StatusCode::OK, "{path} {purpose}");
    serde_json::from_str(options.as_str().expect("options")).unwrap()
}

async fn try_add(browser: &Browser, answer: &str, name: &str) -> Page {
    browser.post("/api/account/add-passkey", &[("credential", answer), ("name", name)]).await
}

async fn add(browser: &Browser, name: &str) -> SoftKey {
    let options = ask(browser, "/api/account/ask-passkey", "add").await;
    let (key, answer) = SoftKey::create(&options, ORIGIN);
    let added = try_add(browser, &answer, name).await;
    assert!(added.location().unwrap().starts_with("/account/two-factor"), "{:?}", added.location());
    assert!(!browser.get(added.location().unwrap()).await.shows("form-error"));
    key
}

async fn any_key(browser: &Browser) -> Value {
    ask(browser, "/api/auth/ask-passkey", "sign_in").await
}

async fn sign_in(browser: &Browser, answer: &str, next: &str) -> Page {
    browser.post("/api/auth/passkey", &[("credential", answer), ("next", next)]).await
}

async fn pass(browser: &Browser, answer: &str) -> Page {
    browser.post("/api/auth/second-factor-passkey", &[("credential", answer)]).await
}

async fn half(world: &World, email: &str) -> Browser {
    let browser = world.browser();
    assert_eq!(browser.try_sign_in(email, PASSWORD).await.location(), Some(SECOND));
    browser
}

async fn is_in(browser: &Browser) -> bool {
    browser.get("/o/acme").await.status == StatusCode::OK
}

async fn user(world: &World, email: &str) -> UserId {
    world.store().find_user_by_email(&Email::parse(email).unwrap()).await.unwrap().unwrap().id
}

#[tokio::test]
async fn a_passkey_is_added_used_renamed_and_removed() {
    each_database(|database| async {
        let world = world(database).await;
        let (owner, elsewhere) = (world.signed_in(OWNER).await, world.signed_in(OWNER).await);
        let options = ask(&owner, "/api/account/ask-passkey", "add").await;
        assert_eq!(options["rp"]["id"], "portico.localhost");
        assert_eq!(options["authenticatorSelection"]["residentKey"], "required");
        assert_eq!(options["authenticatorSelection"]["userVerification"], "required");
        let (mut key, answer) = SoftKey::create(&options, ORIGIN);
        let added = try_add(&owner, &answer, " my <b>phone</b> ").await;
        assert_eq!(added.location(), Some("/account/two-factor/recovery-codes"), "the first one brings codes");
        let codes = owner.get(added.location().unwrap()).await.texts("recovery-code");
        assert_eq!(codes.len(), 10);
        let page = owner.get("/account/two-factor").await;
        assert!(page.shows("passkey-row") && page.body.contains("my &lt;b&gt;phone&lt;/b&gt;"));
        assert!(is_in(&owner).await && !is_in(&elsewhere).await, "other browsers are out");
        world.work_off().await;
        assert!(matches!(world.mail.last_to(OWNER), Letter::SignInMethodAdded { method, .. } if method == "a passkey"));

        // After the password.
        let browser = half(&world, OWNER).await;
        let options = ask(&browser, "/api/auth/ask-passkey", "second_factor").await;
        assert_eq!(options["allowCredentials"].as_array().unwrap().len(), 1);
        assert_eq!(pass(&browser, &key.answer(&options)).await.location(), Some("/"));
        assert!(is_in(&browser).await);
        // Or a recovery code.
        let lost = half(&world, OWNER).await;
        let form = [("recovery_code", codes[0].as_str()), ("recovering", "true")];
        assert_eq!(lost.post("/api/auth/second-factor", &form).await.location(), Some("/"));

        // Instead of the password: both factors in one.
        let browser = world.browser();
        let options = any_key(&browser).await;
        assert_eq!(
            (&options["userVerification"], options["allowCredentials"].as_array().map(Vec::len)),
            (&"required".into(), Some(0))
        );
        let page = sign_in(&browser, &key.answer(&options), "/o/acme/settings/billing").await;
        assert_eq!(page.location(), Some("/o/acme/settings/billing"));
        assert!(is_in(&browser).await);

        let id = world.store().list_passkeys(user(&world, OWNER).await).await.unwrap()[0].id.to_string();
        for (name, says) in [("", "1 to 40"), ("key ring", "Saved")] {
            browser.post("/api/account/rename-passkey", &[("passkey", &id), ("name", name)]).await;
            assert!(browser.get("/account/two-factor").await.body.contains(says));
        }
        assert_eq!(browser.get("/account/two-factor").await.texts("passkey-name"), ["key ring"]);
        // Somebody else's is not there.
        let viewer = world.signed_in(VIEWER).await;
        for (action, id) in [("rename-passkey", &*id), ("remove-passkey", &*id), ("remove-passkey", "nonsense")] {
            let page = viewer.post(&format!("/api/account/{action}"), &[("passkey", id), ("name", "mine")]).await;
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{action}");
        }
        let removed = browser.post("/api/account/remove-passkey", &[("passkey", &id)]).await;
        assert_eq!(removed.location(), Some("/account/two-factor"));
        assert!(!browser.get("/account/two-factor").await.shows("passkey-row"));
        world.work_off().await;
        assert!(matches!(world.mail.last_to(OWNER), Letter::SignInMethodRemoved { .. }));
        let browser = world.browser();
        let options = any_key(&browser).await;
        assert_eq!(sign_in(&browser, &key.answer(&options), "").await.location(), Some("/sign-in"));
        assert!(browser.get("/sign-in").await.body.contains("was not accepted"));
        world.signed_in(OWNER).await;
    })
    .await;
}

/// O01, S01 for challenges: each of these is refused, and none is good afterwards.
#[tokio::test]
async fn whatever_is_not_right_about_an_answer_it_opens_nothing() {
    each_database(|database| async {
        let world = world(database).await;
        let (owner, viewer) = (world.signed_in(OWNER).await, world.signed_in(VIEWER).await);
        let mut key = add(&owner, "phone").await;
        let mut theirs = add(&viewer, "phone").await;
        let mut refused = 0;
        let mut expect_refused = async |what: &str, browser: &Browser, answer: &str| {
            let page = sign_in(browser, answer, "").await;
            assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some("/sign-in")), "{what}");
            assert!(!is_in(browser).await, "{what}");
            refused += 1;
        };

        // Another browser's challenge, and one that was never given.
        let (browser, other) = (world.browser(), world.browser());
        let (_, foreign) = (any_key(&browser).await, any_key(&other).await);
        expect_refused("another browser's challenge", &browser, &key.answer(&foreign)).await;
        let stranger = world.browser();
        expect_refused("no challenge at all", &stranger, &key.answer(&foreign)).await;
        // Twice.
        let options = any_key(&browser).await;
        let answer = key.answer(&options);
        assert_eq!(sign_in(&browser, &answer, "").await.location(), Some("/"));
        browser.sign_out().await;
        expect_refused("the same answer again", &browser, &answer).await;
        any_key(&browser).await;
        expect_refused("an old answer to a new challenge", &browser, &answer).await;
        // A wrong one uses the challenge up.
        let options = any_key(&browser).await;
        expect_refused("not JSON", &browser, "{").await;
        expect_refused("the right one after a wrong one", &browser, &key.answer(&options)).await;
        // Late.
        let options = any_key(&browser).await;
        world.clock.advance(Millis::minutes(5));
        expect_refused("after five minutes", &browser, &key.answer(&options)).await;
        // For something else.
        let other = half(&world, OWNER).await;
        let options = ask(&other, "/api/auth/ask-passkey", "second_factor").await;
        expect_refused("a challenge for the second step", &other, &key.answer(&options)).await;
        // At another address.
        for origin in [
            "https://evil.example",
            "http://evil.localhost",
            "https://portico.localhost",
            "http://portico.localhost:81",
        ] {
            let mut phished = SoftKey { origin: origin.to_owned(), ..key.clone() };
            let options = any_key(&browser).await;
            expect_refused(origin, &browser, &phished.answer(&options)).await;
        }
        // Without its user's finger.
        let mut found = SoftKey { verifies: false, counter: 50, ..key.clone() };
        let options = any_key(&browser).await;
        expect_refused("nobody was verified", &browser, &found.answer(&options)).await;
        // A copy, which is behind.
        let mut copy = SoftKey { counter: 0, ..key.clone() };
        let options = any_key(&browser).await;
        expect_refused("a counter that went back", &browser, &copy.answer(&options)).await;
        // Another's key that says it is the owner's, and the owner's with another's signature.
        let mut posing = SoftKey { user: key.user.clone(), ..theirs.clone() };
        let options = any_key(&browser).await;
        expect_refused("another's key for the owner", &browser, &posing.answer(&options)).await;
        let mut forged = SoftKey { id: key.id.clone(), user: key.user.clone(), counter: 60, ..theirs.clone() };
        let options = any_key(&browser).await;
        expect_refused("another's signature", &browser, &forged.answer(&options)).await;
        // One that nobody registered.
        let (mut unknown, _) = SoftKey::create(&ask(&owner, "/api/account/ask-passkey", "add").await, ORIGIN);
        let options = any_key(&browser).await;
        expect_refused("a key that was never added", &browser, &unknown.answer(&options)).await;

        // The second step takes the person's own only.
        let browser = half(&world, OWNER).await;
        let options = ask(&browser, "/api/auth/ask-passkey", "second_factor").await;
        assert_eq!(pass(&browser, &theirs.answer(&options)).await.location(), Some(SECOND));
        let options = ask(&browser, "/api/auth/ask-passkey", "second_factor").await;
        assert_eq!(pass(&browser, &key.answer(&options)).await.location(), Some("/"));
        assert_eq!(refused, 17);
    })
    .await;
}

#[tokio::test]
async fn a_key_is_added_with_its_own_challenge_and_to_one_account() {
    each_database(|database| async {
        let world = world(database).await;
        let (owner, viewer) = (world.signed_in(OWNER).await, world.signed_in(VIEWER).await);
        let key = add(&owner, "phone").await;
        // Known to the browser, so that it does not offer it again.
        let options = ask(&owner, "/api/account/ask-passkey", "add").await;
        assert_eq!(options["excludeCredentials"].as_array().unwrap().len(), 1);
        let again = try_add(&owner, &key.attest(&options), "again").await;
        assert!(owner.get(again.location().unwrap()).await.shows("form-error"));
        // The owner's key, offered by the viewer.
        let options = ask(&viewer, "/api/account/ask-passkey", "add").await;
        let stolen = try_add(&viewer, &key.attest(&options), "mine").await;
        assert!(viewer.get(stolen.location().unwrap()).await.shows("form-error"));
        // A challenge of another person, in the viewer's browser.
        ask(&viewer, "/api/account/ask-passkey", "add").await;
        let (_, answer) = SoftKey::create(&ask(&owner, "/api/account/ask-passkey", "add").await, ORIGIN);
        let page = try_add(&viewer, &answer, "mine").await;
        assert!(viewer.get(page.location().unwrap()).await.shows("form-error"));
        // Without verification, and late.
        for (verifies, wait) in [(false, 0), (true, 5)] {
            let options = ask(&viewer, "/api/account/ask-passkey", "add").await;
            let (key, _) = SoftKey::create(&options, ORIGIN);
            world.clock.advance(Millis::minutes(wait));
            let page = try_add(&viewer, &SoftKey { verifies, ..key }.attest(&options), "mine").await;
            assert!(viewer.get(page.location().unwrap()).await.shows("form-error"), "{verifies} {wait}");
        }
        assert!(world.store().list_passkeys(user(&world, VIEWER).await).await.unwrap().is_empty());
        assert_eq!(world.store().list_passkeys(user(&world, OWNER).await).await.unwrap().len(), 1);
        // L06: with an old proof nothing is asked for, added or removed; also not what was asked for before.
        let late = world.signed_in(VIEWER).await;
        world.clock.advance(Millis(Proof::RECENT.0 - Millis::minutes(1).0));
        let options = ask(&late, "/api/account/ask-passkey", "add").await;
        world.clock.advance(Millis::minutes(1));
        let (_, answer) = SoftKey::create(&options, ORIGIN);
        assert!(try_add(&late, &answer, "late").await.location().unwrap().starts_with("/account/confirm"));
        assert!(world.store().list_passkeys(user(&world, VIEWER).await).await.unwrap().is_empty());
        let (status, _) = owner.ask("/api/account/ask-passkey", &[("purpose", "add")]).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let id = world.store().list_passkeys(user(&world, OWNER).await).await.unwrap()[0].id.to_string();
        let page = owner.post("/api/account/remove-passkey", &[("passkey", &id)]).await;
        assert!(page.location().unwrap().starts_with("/account/confirm"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_answers_at_once_exactly_one_gets_in() {
    each_database(|database| async {
        let world = world(database).await;
        let other = world.another_node().await;
        let mut key = add(&world.signed_in(OWNER).await, "phone").await;
        let browser = world.browser();
        let answer = key.answer(&any_key(&browser).await);
        let tries: Vec<_> = (0..50)
            .map(|n| {
                let browser = browser.on(if n % 2 == 0 { &world.node.url } else { &other.url });
                let answer = answer.clone();
                tokio::spawn(async move { sign_in(&browser, &answer, "").await.location() == Some("/") })
            })
            .collect();
        let mut inside = 0;
        for one in tries {
            inside += u32::from(one.await.unwrap());
        }
        assert_eq!(inside, 1);
    })
    .await;
}

/// Two at once remove the last two: whatever the order, no code is left behind.
#[tokio::test(flavor = "multi_thread")]
async fn removing_the_last_two_at_once_leaves_nothing() {
    each_database(|database| async {
        let world = world(database).await;
        let user = user(&world, OWNER).await;
        for round in 0..5 {
            let owner = world.signed_in(OWNER).await;
            world.set_up_totp(&owner).await;
            add(&owner, "phone").await;
            let key = world.store().list_passkeys(user).await.unwrap()[0].id;
            let change =
                |session| store::FactorChange { user, session, first_codes: &[], letters: &[], now: world.now() };
            let (one, two) = (change(None), change(None));
            let (totp, passkey) =
                tokio::join!(world.store().remove_totp(&one), world.store().remove_passkey(&two, key));
            assert_ne!((totp.unwrap(), passkey.unwrap()), (store::Changed::Nothing, store::Changed::Nothing));
            let left = world.store().find_second_factors(user).await.unwrap();
            assert!(left.totp_since.is_none() && left.passkeys.is_empty(), "round {round}");
            assert_eq!(left.recovery_codes_left, 0, "round {round}");
            world.clock.advance(Millis::seconds(90));
        }
    })
    .await;
}

/// O07: somebody without a password keeps one key, also when two removals come at once.
#[tokio::test(flavor = "multi_thread")]
async fn o07_the_last_way_in_stays() {
    each_database(|database| async {
        let world = world(database).await;
        let email = Email::parse("ann@keys.test").unwrap();
        let ann = UserId::from_uuid(uuid::Uuid::new_v4());
        let new = store::NewUser { id: ann, email: &email, name: "Ann", password_hash: None };
        assert!(world.store().insert_user(&new, world.now()).await.unwrap());
        let browser = Browser { origin: ORIGIN.to_owned(), ..world.signed_in_without_password(ann).await };
        add(&browser, "phone").await;
        let ids = async || -> Vec<String> {
            let rows = world.store().list_passkeys(ann).await.unwrap();
            rows.into_iter().map(|row| row.id.to_string()).collect()
        };
        let only = ids().await.remove(0);
        let refused = browser.post("/api/account/remove-passkey", &[("passkey", &only)]).await;
        assert!(browser.get(refused.location().unwrap()).await.body.contains("last way in"));
        add(&browser, "laptop").await;
        let both = ids().await;
        let remove = |id: &str| browser.form("/api/account/remove-passkey", &[("passkey", id)]);
        let (one, two) = (Page::of(remove(&both[0])), Page::of(remove(&both[1])));
        tokio::join!(one, two);
        assert_eq!(ids().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn l06_a_passkey_confirms_who_one_is() {
    each_database(|database| async {
        let world = world(database).await;
        let owner = world.signed_in(OWNER).await;
        let mut key = add(&owner, "phone").await;
        world.clock.advance(Proof::RECENT);
        let page = owner.get("/account/confirm?next=/o/acme").await;
        assert!(page.shows("passkey-confirm") && page.body.contains("/passkey.js"));
        let confirm = async |answer: &str| {
            owner.post("/api/account/confirm-by-passkey", &[("credential", answer), ("next", "/o/acme")]).await
        };
        assert_eq!(confirm("{}").await.location(), Some("/account/confirm?next=%2Fo%2Facme"));
        // A challenge for signing in confirms nothing.
        let answer = key.answer(&any_key(&owner).await);
        assert_eq!(confirm(&answer).await.location(), Some("/account/confirm?next=%2Fo%2Facme"));
        let options = ask(&owner, "/api/account/ask-passkey", "confirm").await;
        assert_eq!(confirm(&key.answer(&options)).await.location(), Some("/o/acme"));
        assert_eq!(
            owner.post("/api/account/renew-recovery-codes", &[]).await.location(),
            Some("/account/two-factor/recovery-codes")
        );
    })
    .await;
}

#[tokio::test]
async fn s06_a_disabled_persons_key_opens_nothing() {
    let world = world(Database::sqlite().await).await;
    let mut key = add(&world.signed_in(OWNER).await, "phone").await;
    world.store().set_user_active(user(&world, OWNER).await, false).await.unwrap();
    let browser = world.browser();
    let answer = key.answer(&any_key(&browser).await);
    assert_eq!(sign_in(&browser, &answer, "").await.location(), Some("/sign-in"));
    assert!(!is_in(&browser).await);
}

/// At an address that is a number there are none: nothing is shown, and nothing answers.
#[tokio::test]
async fn without_a_name_there_are_no_passkeys() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let owner = world.signed_in(OWNER).await;
    assert!(!world.browser().get("/sign-in").await.body.contains("passkey"));
    assert!(!owner.get("/account/two-factor").await.shows("passkeys"));
    for (path, purpose) in [("/api/auth/ask-passkey", "sign_in"), ("/api/account/ask-passkey", "add")] {
        assert_eq!(owner.ask(path, &[("purpose", purpose)]).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(try_add(&owner, "{}", "x").await.status, StatusCode::NOT_FOUND);
    assert_eq!(sign_in(&owner, "{}", "").await.status, StatusCode::NOT_FOUND);
}
