//! L01, L02, R04, S01 and the second factor: authenticator apps and recovery codes.

use domain::{
    Millis,
    accounts::throttle::{PER_RECOVERY, PER_SECOND_FACTOR, PER_SECOND_FACTOR_AND_DAY},
};
use reqwest::{Method, StatusCode};
use services::mail::Letter;
use testkit::{Authenticator, Browser, Database, PASSWORD, Page, World, each_database};

use crate::actions::every_action;

const SECOND: &str = "/sign-in/second-factor";
const OWNER: &str = "owner@acme.test";

/// Owner of acme with an authenticator and ten recovery codes, not signed in anywhere.
struct Guarded {
    world: World,
    app: Authenticator,
    codes: Vec<String>,
}

impl Guarded {
    async fn on(database: Database) -> Self {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in(OWNER).await;
        let (app, codes) = world.set_up_totp(&owner).await;
        owner.sign_out().await;
        // The code that confirmed it is used.
        world.clock.advance(Millis::seconds(30));
        Self { world, app, codes }
    }

    /// A browser whose password was right.
    async fn half(&self) -> Browser {
        let browser = self.world.browser();
        let page = browser.try_sign_in(OWNER, PASSWORD).await;
        assert_eq!((page.status, page.location()), (StatusCode::SEE_OTHER, Some(SECOND)));
        browser
    }

    fn code(&self) -> String {
        self.app.code(self.world.now())
    }

    fn wrong(&self) -> String {
        self.app.wrong_code(self.world.now())
    }
}

async fn with_code(browser: &Browser, code: &str) -> Page {
    browser.post("/api/auth/second-factor", &[("code", code)]).await
}

async fn recover(browser: &Browser, code: &str) -> Page {
    browser.post("/api/auth/second-factor", &[("recovery_code", code), ("recovering", "true")]).await
}

fn is_in(page: &Page) -> bool {
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    page.location() == Some("/")
}

#[tokio::test]
async fn totp_is_set_up_with_a_code_and_asked_for_from_then_on() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let (owner, elsewhere) = (world.signed_in(OWNER).await, world.signed_in(OWNER).await);
        assert_eq!(owner.post("/api/account/begin-totp", &[]).await.status, StatusCode::SEE_OTHER);
        let page = owner.get("/account/two-factor/authenticator").await;
        assert!(page.shows("totp-qr") && page.body.contains("src=\"data:image/svg+xml;base64,"));
        let app = Authenticator::with(&page.texts("totp-key")[0]);
        assert_eq!(app.key().len(), 32, "160 bits");
        // It does not count yet.
        world.signed_in(OWNER).await;
        for (code, says) in
            [("", "Enter the code"), ("12345", "not right"), (&*app.wrong_code(world.now()), "not right")]
        {
            let refused = owner.post("/api/account/confirm-totp", &[("code", code)]).await;
            let page = owner.get(refused.location().unwrap()).await;
            assert!(page.shows("form-error") && page.body.contains(says), "{code:?}");
            assert_eq!(Authenticator::with(&page.texts("totp-key")[0]).key(), app.key(), "the same secret");
        }
        world.signed_in(OWNER).await;

        let code = app.code(world.now());
        let confirmed = owner.post("/api/account/confirm-totp", &[("code", &code)]).await;
        assert_eq!(confirmed.location(), Some("/account/two-factor/recovery-codes"));
        let waiting = crate::tables::dump(&world).await;
        let shown = owner.get("/account/two-factor/recovery-codes").await;
        let codes = shown.texts("recovery-code");
        assert_eq!(codes.len(), 10);
        assert!(!owner.get("/account/two-factor/recovery-codes").await.shows("recovery-code"), "shown once");
        let at_rest = waiting + &crate::tables::dump(&world).await;
        for secret in codes.iter().map(String::as_str).chain([app.key(), &codes[0].replace('-', "")]) {
            assert!(!at_rest.contains(secret), "nothing usable is stored");
        }
        assert_eq!(owner.get("/o/acme").await.status, StatusCode::OK, "this browser stays");
        assert_eq!(elsewhere.get("/o/acme").await.status, StatusCode::SEE_OTHER, "the others don't");
        world.work_off().await;
        // Beside one for each browser.
        let letters = world.mail.to(OWNER);
        let others: Vec<_> = letters.iter().map(Letter::name).filter(|name| *name != "new_device").collect();
        assert_eq!(others, ["sign_in_method_added"]);

        // Again with the same form: nothing to confirm, nothing changes.
        let again = owner.post("/api/account/confirm-totp", &[("code", &code)]).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
        let begun = owner.post("/api/account/begin-totp", &[]).await;
        assert_eq!(begun.status, StatusCode::UNPROCESSABLE_ENTITY, "one that counts is not replaced");

        let browser = world.browser();
        let form = [("email", OWNER), ("password", PASSWORD), ("next", "/o/acme/settings/members")];
        assert_eq!(browser.post("/api/auth/sign-in", &form).await.location(), Some(SECOND));
        let used = with_code(&browser, &code).await;
        assert_eq!(used.location(), Some(SECOND));
        assert!(browser.get(SECOND).await.body.contains("used already"), "the code that confirmed it");
        world.clock.advance(Millis::seconds(30));
        let page = with_code(&browser, &format!(" {} ", app.code(world.now()))).await;
        assert_eq!(page.location(), Some("/o/acme/settings/members"), "where they wanted to go");
        assert_eq!(browser.get("/o/acme").await.status, StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn a_code_is_good_once_and_one_step_around_its_time() {
    each_database(|database| async {
        let guarded = Guarded::on(database).await;
        let (world, app) = (&guarded.world, &guarded.app);
        let code = guarded.code();
        assert!(is_in(&with_code(&guarded.half().await, &code).await));
        assert!(!is_in(&with_code(&guarded.half().await, &code).await), "not twice");
        // The one before it is older than what was used; the next one is early, and then used up.
        let (before, next) = (app.code(world.now() - Millis::seconds(30)), app.code(world.now() + Millis::seconds(30)));
        assert!(!is_in(&with_code(&guarded.half().await, &before).await));
        assert!(is_in(&with_code(&guarded.half().await, &next).await));
        world.clock.advance(Millis::seconds(30));
        assert!(!is_in(&with_code(&guarded.half().await, &next).await));
        let stale = guarded.code();
        world.clock.advance(Millis::seconds(90));
        assert!(!is_in(&with_code(&guarded.half().await, &stale).await));
        let late = app.code(world.now() - Millis::seconds(30));
        assert!(is_in(&with_code(&guarded.half().await, &late).await), "a clock half a minute behind");
    })
    .await;
}

#[tokio::test]
async fn a_recovery_code_opens_once_and_a_mail_says_so() {
    each_database(|database| async {
        let guarded = Guarded::on(database).await;
        let world = &guarded.world;
        let browser = guarded.half().await;
        for wrong in ["", "abcd", "0000-0000-0000-0000"] {
            assert_eq!(recover(&browser, wrong).await.location(), Some(SECOND));
            let page = browser.get(SECOND).await;
            assert!(page.body.contains("id=\"recovery_code-error\""), "beside its field: {wrong}");
            assert!(page.body.contains("<details") && page.body.contains(" open"), "which is seen");
        }
        assert!(is_in(&recover(&browser, &guarded.codes[0].to_uppercase().replace('-', " ")).await));
        assert_eq!(browser.get("/o/acme").await.status, StatusCode::OK);
        assert!(browser.get("/account/two-factor").await.body.contains("9 left"));
        assert!(!is_in(&recover(&guarded.half().await, &guarded.codes[0]).await), "not twice");
        world.work_off().await;
        let letters = world.mail.to(OWNER);
        let left: Vec<u32> = letters
            .iter()
            .filter_map(|letter| match letter {
                Letter::RecoveryCodeUsed { left, .. } => Some(*left),
                _ => None,
            })
            .collect();
        assert_eq!(left, [9], "one letter, beside one for each new browser");
        // New ones end the old ones.
        let renewed = browser.post("/api/account/renew-recovery-codes", &[]).await;
        let codes = browser.get(renewed.location().unwrap()).await.texts("recovery-code");
        assert!(!is_in(&recover(&guarded.half().await, &guarded.codes[1]).await));
        assert!(is_in(&recover(&guarded.half().await, &codes[9]).await));
        // Another person's code is nobody's.
        let viewer = world.signed_in("viewer@acme.test").await;
        let (_, theirs) = world.set_up_totp(&viewer).await;
        assert!(!is_in(&recover(&guarded.half().await, &theirs[0]).await));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_at_once_with_one_code_exactly_one_gets_in() {
    each_database(|database| async {
        let guarded = Guarded::on(database).await;
        let world = &guarded.world;
        let other = world.another_node().await;
        let user = world.store().find_user_by_email(&domain::accounts::Email::parse(OWNER).unwrap()).await.unwrap();
        let user = user.unwrap().id;
        // From outside: what the limit lets through.
        for (round, recovery) in [(0, false), (1, true)] {
            let code = if recovery { guarded.codes[0].clone() } else { guarded.code() };
            let half = guarded.half().await;
            let tries: Vec<_> = (0..50)
                .map(|n| {
                    let browser = half.on(if n % 2 == 0 { &world.node.url } else { &other.url });
                    let code = code.clone();
                    tokio::spawn(async move {
                        let page =
                            if recovery { recover(&browser, &code).await } else { with_code(&browser, &code).await };
                        page.location() == Some("/")
                    })
                })
                .collect();
            let mut inside = 0;
            for one in tries {
                inside += u32::from(one.await.unwrap());
            }
            assert_eq!(inside, 1, "round {round}");
        }
        // And where the limit plays no part: the statements themselves.
        let step = i64::MAX / 2;
        let uses = (0..50).map(|_| {
            let store = world.store().clone();
            tokio::spawn(async move { store.use_totp_step(user, step).await.unwrap() })
        });
        let uses: Vec<_> = uses.collect();
        let mut used = 0;
        for one in uses {
            used += u32::from(one.await.unwrap());
        }
        assert_eq!(used, 1);
        let hash = {
            let code = domain::accounts::RecoveryCode::parse(&guarded.codes[1]).unwrap();
            services::hash_token(&format!("recovery {user} {}", code.as_str()))
        };
        let uses = (0..50).map(|_| {
            let (store, services, hash, now) =
                (world.store().clone(), world.services().clone(), hash.clone(), world.now());
            tokio::spawn(async move {
                let letter = |left: u64| {
                    let letter = Letter::DeletionCancelled { name: left.to_string() };
                    services.letter_row(OWNER, letter, &services.entropy().uuid().to_string())
                };
                store.use_recovery_code(user, &hash, letter, now).await.unwrap()
            })
        });
        let uses: Vec<_> = uses.collect();
        let mut left = Vec::new();
        for one in uses {
            left.extend(one.await.unwrap());
        }
        assert_eq!(left, [8]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn l02_six_digits_are_tried_five_times_in_a_quarter_of_an_hour() {
    each_database(|database| async {
        let guarded = Guarded::on(database).await;
        let world = &guarded.world;
        let other = world.another_node().await;
        let half = guarded.half().await;
        let wrong = guarded.wrong();
        let tries: Vec<_> = (0..40)
            .map(|n| {
                let browser = half.on(if n % 2 == 0 { &world.node.url } else { &other.url });
                let wrong = wrong.clone();
                tokio::spawn(async move { browser.ask("/api/auth/second-factor", &[("code", &wrong)]).await.0 })
            })
            .collect();
        let mut evaluated = 0;
        for one in tries {
            match one.await.unwrap() {
                StatusCode::UNPROCESSABLE_ENTITY => evaluated += 1,
                other => assert_eq!(other, StatusCode::TOO_MANY_REQUESTS),
            }
        }
        assert_eq!(evaluated, PER_SECOND_FACTOR.attempts, "on both nodes together");
        assert!(!is_in(&with_code(&half, &guarded.code()).await), "the right one is not looked at either");
        // Who has lost patience, or their device, is not kept out by somebody who tries.
        assert!(is_in(&recover(&half, &guarded.codes[0]).await));
        world.clock.advance(PER_SECOND_FACTOR.window);
        assert!(is_in(&with_code(&guarded.half().await, &guarded.code()).await), "it ends by itself");
    })
    .await;
}

#[tokio::test]
async fn l02_and_thirty_times_in_a_day_whatever_was_right_in_between() {
    each_database(|database| async {
        let guarded = Guarded::on(database).await;
        let world = &guarded.world;
        // From the beginning of a day, so that it is one day.
        let day = PER_SECOND_FACTOR_AND_DAY.window_start(world.now()) + PER_SECOND_FACTOR_AND_DAY.window;
        world.clock.advance(Millis(day.as_millis() - world.now().as_millis()));
        let mut evaluated = 0;
        for round in 0..8 {
            let half = guarded.half().await;
            for _ in 0..PER_SECOND_FACTOR.attempts {
                with_code(&half, &guarded.wrong()).await;
                evaluated += u32::from(!half.get(SECOND).await.body.contains("Too many attempts"));
            }
            world.clock.advance(PER_SECOND_FACTOR.window);
            if round == 2 {
                assert!(is_in(&with_code(&guarded.half().await, &guarded.code()).await));
            }
        }
        assert_eq!(evaluated, PER_SECOND_FACTOR_AND_DAY.attempts);
        let half = guarded.half().await;
        assert!(!is_in(&with_code(&half, &guarded.code()).await));
        assert!(half.get(SECOND).await.body.contains("hours"), "how long");
        assert!(is_in(&recover(&half, &guarded.codes[0]).await));
        world.clock.advance(PER_SECOND_FACTOR_AND_DAY.window);
        assert!(is_in(&with_code(&guarded.half().await, &guarded.code()).await));
    })
    .await;
}

#[tokio::test]
async fn l02_recovery_codes_have_a_count_of_their_own() {
    let guarded = Guarded::on(Database::sqlite().await).await;
    let half = guarded.half().await;
    for _ in 0..PER_RECOVERY.attempts {
        recover(&half, "0000-0000-0000-0000").await;
        assert!(half.get(SECOND).await.body.contains("not one of your recovery codes"));
    }
    assert!(!is_in(&recover(&half, &guarded.codes[0]).await));
    assert!(is_in(&with_code(&half, &guarded.code()).await));
}

/// A right password and nothing more opens no page and does nothing, on every address there is.
#[tokio::test]
async fn who_is_half_signed_in_opens_nothing() {
    each_database(|database| async {
        let guarded = Guarded::on(database).await;
        let world = &guarded.world;
        let (half, nobody) = (guarded.half().await, world.browser());
        let mut asked = 0;
        let pages = app::routes::PAGES;
        for page in pages.iter().map(|page| page.path.replace("{org}", "acme")) {
            let (got, want) = (half.get(&page).await, nobody.get(&page).await);
            if page == SECOND {
                assert_eq!((got.status, want.location()), (StatusCode::OK, Some("/sign-in")));
                continue;
            }
            assert_eq!((got.status, got.location()), (want.status, want.location()), "{page}");
            assert!(!got.body.contains(OWNER) && !got.body.contains("Org acme"), "{page}");
            asked += 1;
        }
        assert!(asked >= 10, "{asked}");
        let fields = [("org", "acme"), ("email", OWNER), ("password", "x"), ("next", "/"), ("code", "1")];
        // Those that end the half session, or answer for anybody, by their own rules.
        let open =
            ["/api/auth/sign-in", "/api/auth/sign-out", "/api/auth/second-factor", "/api/auth/second-factor-passkey"];
        for action in every_action().into_iter().filter(|action| !open.contains(action)) {
            let (got, want) = (half.post(action, &fields).await, nobody.post(action, &fields).await);
            assert_eq!((got.status, got.location()), (want.status, want.location()), "{action}");
            let inside = ["/api/billing/", "/api/orgs/", "/api/account/begin-totp", "/api/account/remove-"];
            if inside.iter().any(|start| action.starts_with(start)) {
                assert_eq!(got.status, StatusCode::UNAUTHORIZED, "{action}");
            }
            asked += 1;
        }
        assert!(asked >= 16, "{asked}");
        assert_eq!(world.provider.portal_calls().await, [] as [serde_json::Value; 0]);
        assert!(is_in(&with_code(&half, &guarded.code()).await), "and is where it was");
    })
    .await;
}

#[tokio::test]
async fn the_second_step_is_open_for_a_quarter_of_an_hour_and_the_way_back_always() {
    each_database(|database| async {
        let guarded = Guarded::on(database).await;
        let world = &guarded.world;
        let half = guarded.half().await;
        world.clock.advance(Millis::minutes(15));
        let late = with_code(&half, &guarded.code()).await;
        assert_eq!(late.location(), Some("/sign-in"));
        assert!(half.get("/sign-in").await.body.contains("took too long"));
        assert_eq!(half.get(SECOND).await.location(), Some("/sign-in"));
        // Nobody is half-way in: the same.
        assert_eq!(with_code(&world.browser(), &guarded.code()).await.location(), Some("/sign-in"));

        let half = guarded.half().await;
        assert!(half.get(SECOND).await.body.contains("Back to sign-in"));
        assert_eq!(half.sign_out().await.location(), Some("/sign-in"));
        assert_eq!(with_code(&half, &guarded.code()).await.location(), Some("/sign-in"), "and nothing is left of it");
        // As somebody else in the same browser.
        let half = guarded.half().await;
        half.sign_in("viewer@acme.test").await;
        assert_eq!(with_code(&half, &guarded.code()).await.location(), Some("/sign-in"));
        assert_eq!(half.get("/o/acme/settings/audit").await.status, StatusCode::FORBIDDEN, "it is the viewer");
    })
    .await;
}

/// S01: the id changes at each step, and the one before opens nothing.
#[tokio::test]
async fn s01_a_new_id_at_the_second_step() {
    let guarded = Guarded::on(Database::sqlite().await).await;
    let id = |page: &Page| page.cookies()[0].split(['=', ';']).nth(1).unwrap().to_owned();
    let browser = guarded.world.browser();
    let first = id(&browser.try_sign_in(OWNER, PASSWORD).await);
    let second = id(&with_code(&browser, &guarded.code()).await);
    assert_ne!(first, second);
    let old = Browser::at(&guarded.world.node.url);
    let old = Page::of(old.request(Method::GET, SECOND).header("cookie", format!("portico={first}"))).await;
    assert_eq!(old.location(), Some("/sign-in"));
}

#[tokio::test]
async fn removing_the_authenticator_takes_its_codes_along() {
    each_database(|database| async {
        let guarded = Guarded::on(database).await;
        let world = &guarded.world;
        let (owner, elsewhere, half) = (guarded.half().await, guarded.half().await, guarded.half().await);
        assert!(is_in(&with_code(&owner, &guarded.code()).await));
        assert!(is_in(&recover(&elsewhere, &guarded.codes[0]).await));
        let removed = owner.post("/api/account/remove-totp", &[]).await;
        assert_eq!(removed.location(), Some("/account/two-factor"));
        assert!(owner.get("/account/two-factor").await.shows("flash"));
        assert_eq!(owner.post("/api/account/remove-totp", &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(elsewhere.get("/o/acme").await.status, StatusCode::SEE_OTHER, "other browsers are out");
        assert_eq!(half.get(SECOND).await.location(), Some("/sign-in"), "and those half-way in");
        let email = domain::accounts::Email::parse(OWNER).unwrap();
        let user = world.store().find_user_by_email(&email).await.unwrap().unwrap().id;
        let left = world.store().find_second_factors(user).await.unwrap();
        assert_eq!((left.totp_since, left.recovery_codes_left), (None, 0));
        world.work_off().await;
        assert!(matches!(world.mail.last_to(OWNER), Letter::SignInMethodRemoved { .. }));
        world.signed_in(OWNER).await;
    })
    .await;
}

/// Who is disabled between the steps does not get in.
#[tokio::test]
async fn s06_disabled_between_the_steps_is_out() {
    let guarded = Guarded::on(Database::sqlite().await).await;
    let world = &guarded.world;
    let half = guarded.half().await;
    let email = domain::accounts::Email::parse(OWNER).unwrap();
    let user = world.store().find_user_by_email(&email).await.unwrap().unwrap().id;
    world.store().set_user_active(user, false).await.unwrap();
    assert_eq!(with_code(&half, &guarded.code()).await.location(), Some("/sign-in"));
}
