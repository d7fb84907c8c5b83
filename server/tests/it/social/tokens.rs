//! O04: ID tokens that must not be believed, each from a provider that is otherwise honest.

use serde_json::{Value, json};
use testkit::{
    Database, IdentityProvider, each_database,
    identity_provider::{CLIENT, Minting, Sign, Someone, TENANTS},
};

use super::{assert_turned_away, counts, go, sign_up, with_all, with_google};

type Mutant = (&'static str, fn(&mut Minting));

fn remove(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name);
}

/// Not one of them may be believed.
const MUTANTS: [Mutant; 47] = [
    ("alg none", |m| (m.header["alg"], m.sign) = (json!("none"), Sign::Nothing)),
    ("alg None", |m| (m.header["alg"], m.sign) = (json!("None"), Sign::Nothing)),
    ("alg none, signed", |m| m.header["alg"] = json!("none")),
    ("RS256 without a signature", |m| m.sign = Sign::Nothing),
    ("a signature that is garbage", |m| m.sign = Sign::Garbage),
    ("HS256 with the public key", |m| (m.header["alg"], m.sign) = (json!("HS256"), Sign::HmacOfPublicKey)),
    ("HS256 with the client's secret", |m| (m.header["alg"], m.sign) = (json!("HS256"), Sign::HmacOfSecret)),
    ("RS256 in name, HMAC in fact", |m| m.sign = Sign::HmacOfPublicKey),
    ("ES256", |m| (m.header["alg"], m.sign) = (json!("ES256"), Sign::Es256)),
    ("RS512", |m| (m.header["alg"], m.sign) = (json!("RS512"), Sign::Rs512)),
    ("PS256", |m| (m.header["alg"], m.sign) = (json!("PS256"), Sign::Ps256)),
    ("no alg", |m| remove(&mut m.header, "alg")),
    ("a stranger's key under a known name", |m| m.sign = Sign::Stranger),
    ("a stranger's key without a name", |m| {
        m.sign = Sign::Stranger;
        remove(&mut m.header, "kid");
    }),
    ("a name that no key has", |m| m.header["kid"] = json!("key-77")),
    ("a name that is a path", |m| m.header["kid"] = json!("../../../../dev/null")),
    ("a name that is a number", |m| m.header["kid"] = json!(0)),
    ("crit", |m| m.header["crit"] = json!(["exp"])),
    ("another kind of token", |m| m.header["typ"] = json!("at+jwt")),
    ("a foreign issuer", |m| m.claims["iss"] = json!("https://evil.example")),
    ("the issuer with a slash", |m| m.claims["iss"] = json!(format!("{}/", m.issuer))),
    ("no issuer", |m| remove(&mut m.claims, "iss")),
    ("an issuer that is a list", |m| m.claims["iss"] = json!([m.issuer])),
    ("another audience", |m| m.claims["aud"] = json!("another-client")),
    ("an audience more", |m| m.claims["aud"] = json!([CLIENT, "another-client"])),
    ("no audience", |m| remove(&mut m.claims, "aud")),
    ("an empty list of audiences", |m| m.claims["aud"] = json!([])),
    ("an audience that is null", |m| m.claims["aud"] = Value::Null),
    ("another authorized party", |m| m.claims["azp"] = json!("another-client")),
    ("no nonce", |m| remove(&mut m.claims, "nonce")),
    ("another nonce", |m| m.claims["nonce"] = json!("A".repeat(43))),
    ("a nonce that is null", |m| m.claims["nonce"] = Value::Null),
    ("expired", |m| m.claims["exp"] = json!(m.now - 31)),
    ("no exp", |m| remove(&mut m.claims, "exp")),
    ("exp as text", |m| m.claims["exp"] = json!((m.now + 600).to_string())),
    ("exp as null", |m| m.claims["exp"] = Value::Null),
    ("exp as a list", |m| m.claims["exp"] = json!([m.now + 600])),
    ("exp below zero", |m| m.claims["exp"] = json!(-1)),
    ("issued in the future", |m| m.claims["iat"] = json!(m.now + 120)),
    ("issued yesterday", |m| m.claims["iat"] = json!(m.now - 86_400)),
    ("no iat", |m| remove(&mut m.claims, "iat")),
    ("iat as text", |m| m.claims["iat"] = json!(m.now.to_string())),
    ("no subject", |m| remove(&mut m.claims, "sub")),
    ("an empty subject", |m| m.claims["sub"] = json!("")),
    ("a subject that is a number", |m| m.claims["sub"] = json!(1)),
    ("an endless subject", |m| m.claims["sub"] = json!("1".repeat(256))),
    ("no ID token", |m| m.sign = Sign::NoToken),
];

#[tokio::test]
async fn o04_no_mutant_is_believed() {
    each_database(|database| async {
        let idp = IdentityProvider::start().await;
        let world = with_google(database, &idp).await;
        let ann = Someone::verified("1", "ann@example.test");
        sign_up(&world, &idp, &ann, "Acme").await;
        let before = counts(&world).await;
        for (name, change) in MUTANTS {
            // Once as somebody who is known, once as somebody who would be new.
            for someone in [&ann, &Someone::verified("2", "new@example.test")] {
                world.clock.advance(domain::Millis::minutes(15));
                idp.mint_with(change);
                let browser = world.browser();
                let page = go(&browser, &idp, "google", someone).await;
                assert_eq!(page.location(), Some("/sign-in"), "{name}");
                assert_turned_away(&browser, &page, "did not check out").await;
                assert_eq!(browser.get("/sign-up/complete").await.status, reqwest::StatusCode::GONE, "{name}");
            }
            assert_eq!(counts(&world).await, before, "{name}");
        }
        idp.behave();
        let page = go(&world.browser(), &idp, "google", &ann).await;
        assert_eq!(page.location(), Some("/"), "the honest one is");
    })
    .await;
}

/// At the edge of what is believed: what a strict reader must still take.
#[tokio::test]
async fn o04_what_the_standard_allows_is_believed() {
    const FINE: [Mutant; 7] = [
        ("aud as a list of one", |m| m.claims["aud"] = json!([CLIENT])),
        ("azp is us", |m| m.claims["azp"] = json!(CLIENT)),
        ("no kid, and one key", |m| remove(&mut m.header, "kid")),
        ("no typ", |m| remove(&mut m.header, "typ")),
        ("a clock that is 20 s behind", |m| m.claims["exp"] = json!(m.now - 20)),
        ("a clock that is 20 s ahead", |m| m.claims["iat"] = json!(m.now + 20)),
        ("claims that nobody knows", |m| m.claims["https://example.test/x"] = json!({ "a": [1] })),
    ];
    let idp = IdentityProvider::start().await;
    let world = with_google(Database::sqlite().await, &idp).await;
    let ann = Someone::verified("1", "ann@example.test");
    sign_up(&world, &idp, &ann, "Acme").await;
    for (name, change) in FINE {
        idp.mint_with(change);
        let page = go(&world.browser(), &idp, "google", &ann).await;
        assert_eq!(page.location(), Some("/"), "{name}");
    }
}

/// Keys that are new are fetched once, and not again for every token that names none of them.
#[tokio::test]
async fn o04_keys_rotate_and_an_unknown_name_does_not_have_us_ask_at_will() {
    let idp = IdentityProvider::start().await;
    let world = with_google(Database::sqlite().await, &idp).await;
    let ann = Someone::verified("1", "ann@example.test");
    sign_up(&world, &idp, &ann, "Acme").await;
    assert_eq!((idp.asked("/keys"), idp.asked("/.well-known/openid-configuration")), (1, 1), "kept");
    world.clock.advance(domain::Millis::minutes(2));
    idp.rotate();
    assert_eq!(go(&world.browser(), &idp, "google", &ann).await.location(), Some("/"), "by the new key");
    assert_eq!(idp.asked("/keys"), 2);
    idp.mint_with(|m| m.header["kid"] = json!("key-77"));
    for _ in 0..10 {
        assert_eq!(go(&world.browser(), &idp, "google", &ann).await.location(), Some("/sign-in"));
    }
    assert_eq!(idp.asked("/keys"), 2, "a moment ago");
    world.clock.advance(domain::Millis::minutes(2));
    for _ in 0..10 {
        go(&world.browser(), &idp, "google", &ann).await;
    }
    assert_eq!(idp.asked("/keys"), 3);
}

/// Microsoft: the issuer is of the token's tenant and of the configured place, the subject is
/// tenant and object, and the address is never vouched for.
#[tokio::test]
async fn o04_o06_microsofts_tenants_are_kept_apart() {
    each_database(|database| async {
        let (google, idp) = (IdentityProvider::start().await, IdentityProvider::start().await);
        let world = with_all(database, &google, &idp).await;
        let mutants: [Mutant; 6] = [
            ("no tenant", |m| remove(&mut m.claims, "tid")),
            ("another tenant than the issuer's", |m| m.claims["tid"] = json!(TENANTS[1])),
            ("a tenant that is no id", |m| {
                m.claims["tid"] = json!("../evil");
                m.claims["iss"] = json!(m.issuer.replace(TENANTS[0], "../evil"));
            }),
            ("the template itself", |m| m.claims["iss"] = json!(m.issuer.replace(TENANTS[0], "{tenantid}"))),
            ("no object", |m| remove(&mut m.claims, "oid")),
            ("an object that is no id", |m| m.claims["oid"] = json!("1")),
        ];
        for (name, change) in mutants {
            idp.mint_with(change);
            let browser = world.browser();
            let page = go(&browser, &idp, "microsoft", &Someone::new("1")).await;
            assert_eq!(page.location(), Some("/sign-in"), "{name}");
        }
        idp.behave();
        let page = go(&world.browser(), &idp, "microsoft", &Someone::verified("1", "ann@example.test")).await;
        assert_eq!(page.location(), Some("/sign-up/complete"));
        assert_eq!(counts(&world).await, [0, 0, 0, 0, 0]);
    })
    .await;
}

/// O06: the same subject at two providers is two people.
#[tokio::test]
async fn o06_one_subject_at_two_providers_is_two_people() {
    let (google, microsoft) = (IdentityProvider::start().await, IdentityProvider::start().await);
    let world = with_all(Database::sqlite().await, &google, &microsoft).await;
    // Microsoft's subject as Google's, and the other way round.
    let subject = format!("{}:{}", TENANTS[0], TENANTS[1]);
    sign_up(&world, &google, &Someone::verified(&subject, "ann@example.test"), "Acme").await;
    let browser = world.browser();
    let page = go(&browser, &microsoft, "microsoft", &Someone::new(&subject)).await;
    assert_ne!(page.location(), Some("/"), "not Ann");
    assert_eq!(browser.get("/o/acme").await.status, reqwest::StatusCode::SEE_OTHER);
}
