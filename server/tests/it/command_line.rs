//! The binary itself: what it refuses to start with, and `portico flags`.

use std::process::{Command, Output};

use domain::flags::Rollout;
use reqwest::StatusCode;
use testkit::{World, each_database};

fn portico(args: &[&str], settings: &[(&str, &str)]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
    command.args(args).current_dir(folder.path()).env_clear();
    command.envs(settings.iter().copied()).output().unwrap()
}

#[test]
fn wrong_configuration_is_exit_code_2_and_one_line_naming_the_variable() {
    for (name, value) in [
        ("PORTICO_BASE_URL", "http://app.example.com"),
        ("PORTICO_DATABASE_URL", "oracle://canary"),
        ("PORTICO_ENV", "staging"),
        ("PORTICO_COLOUR", "blue"),
        ("PORTICO_FLAG_NOTHING", "on"),
        ("PORTICO_STRIPE_SECRET_KEY", "pk_test_canary"),
        ("PORTICO_STRIPE_WEBHOOK_SECRETS", "canary"),
        ("PORTICO_SECRET_KEYS", "canary"),
        ("PORTICO_SMTP_URL", "smtps://canary@smtp.example.com"),
        ("PORTICO_MAIL_FROM", "canary"),
        ("LEPTOS_SITE_ADDR", "nowhere"),
    ] {
        let output = portico(&["serve"], &[(name, value)]);
        let text = String::from_utf8_lossy(&output.stderr).to_string();
        assert_eq!(output.status.code(), Some(2), "{name}: {text}");
        let line = text.lines().last().unwrap();
        assert!(line.starts_with("portico: ") && line.contains(name), "{line}");
        assert!(!text.contains("canary"), "{text}");
    }
    // One after the other, until nothing is missing but a free address.
    let mut settings = vec![("LEPTOS_SITE_ADDR", "192.0.2.1:1")];
    for (name, value) in [
        ("PORTICO_STRIPE_SECRET_KEY", "sk_test_x"),
        ("PORTICO_SECRET_KEYS", "cG9ydGljbyBkZXZlbG9wbWVudCBzZWNyZXQga2V5IDE="),
        ("PORTICO_SMTP_URL", "smtps://smtp.example.com"),
    ] {
        for command in ["serve", "worker"] {
            let missing = portico(&[command], &settings);
            let text = String::from_utf8_lossy(&missing.stderr).to_string();
            assert_eq!(missing.status.code(), Some(2), "{name}: {text}");
            assert!(text.lines().last().unwrap().contains(name), "{command}: {text}");
        }
        settings.push((name, value));
    }
    // What is delivered is signed with it; a worker takes no deliveries (W-02).
    let missing = portico(&["serve"], &settings);
    let text = String::from_utf8_lossy(&missing.stderr).to_string();
    assert_eq!(missing.status.code(), Some(2), "{text}");
    assert!(text.lines().last().unwrap().contains("PORTICO_STRIPE_WEBHOOK_SECRETS"), "{text}");
    settings.push(("PORTICO_STRIPE_WEBHOOK_SECRETS", "whsec_x"));
    // A node that sends nothing needs no mail server.
    settings.retain(|(name, _)| *name != "PORTICO_SMTP_URL");
    let output = portico(&["serve", "--no-worker"], &settings);
    assert!(String::from_utf8_lossy(&output.stderr).contains("LEPTOS_SITE_ADDR"));
}

/// `doctor` says what to run before the first migration; seeding twice makes one customer.
#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_database_is_told_what_to_do_and_the_demo_is_made_once() {
    let provider = testkit::Provider::start().await;
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite://{}?mode=rwc", folder.path().join("demo.db").display());
    let settings = [
        ("PORTICO_ENV", "development"),
        ("PORTICO_DATABASE_URL", database.as_str()),
        ("PORTICO_STRIPE_SECRET_KEY", "sk_test_sandbox"),
        ("PORTICO_STRIPE_API_URL", provider.url.as_str()),
    ];
    let run = |command: &'static str| {
        let output = tokio::task::block_in_place(|| portico(&[command], &settings));
        (output.status.success(), format!("{output:?}"))
    };
    let (fine, said) = run("doctor");
    assert!(!fine && said.contains("not migrated: run `portico migrate`"), "{said}");
    for command in ["migrate", "doctor", "seed-demo", "seed-demo"] {
        let (fine, said) = run(command);
        assert!(fine, "{command}: {said}");
    }
    assert_eq!(provider.customers().await.len(), 1);
}

/// B-05: what was pushed is not pushed again; a dry run makes nothing; the demo sells the same.
#[tokio::test(flavor = "multi_thread")]
async fn b05_plans_are_pushed_once() {
    let provider = testkit::Provider::start().await;
    let settings =
        [("PORTICO_STRIPE_SECRET_KEY", "sk_test_sandbox"), ("PORTICO_STRIPE_API_URL", provider.url.as_str())];
    let push = |more: &'static [&'static str]| {
        let output = tokio::task::block_in_place(|| portico(&[&["plans", "push"], more].concat(), &settings));
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let posts = async || {
        let (products, prices) = (provider.requests("POST", "/v1/products"), provider.requests("POST", "/v1/prices"));
        (products.await.len(), prices.await.len())
    };
    let planned = push(&["--dry-run"]);
    assert!(
        planned.contains("+ price basic by the month: $19.00") && planned.contains("nothing was made"),
        "{planned}"
    );
    assert_eq!(posts().await, (0, 0));
    assert!(push(&[]).ends_with("9 made\n"));
    assert_eq!(posts().await, (3, 6));
    assert!(push(&[]).starts_with("nothing to do"));
    assert_eq!(posts().await, (3, 6));
    // Somebody takes one off sale by hand.
    let prices = provider.requests("POST", "/v1/prices").await;
    let id = prices[0]["object_id"].as_str().unwrap();
    provider.post(&format!("/v1/prices/{id}"), &[("active", "false")]).await;
    assert!(push(&[]).contains(&format!("instead of {id}")));
    assert!(push(&[]).starts_with("nothing to do"));
    provider.assert_contract_kept().await;
}

/// K01: what can't be used is named, never shown.
#[test]
fn a_secret_that_cannot_be_read_is_not_printed() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt};
    let output = portico(&["migrate"], &[("PORTICO_DATABASE_URL", "postgres://u:can/ary@h/d")]);
    let text = String::from_utf8_lossy(&output.stderr).to_string();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("PORTICO_DATABASE_URL") && !text.contains("ary"), "{text}");

    let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
    let folder = tempfile::tempdir().unwrap();
    command.arg("migrate").env_clear().current_dir(folder.path());
    command.env("PORTICO_STRIPE_SECRET_KEY", OsStr::from_bytes(b"sk_test_canary\xff"));
    command.env("SOMETHING_ELSE", OsStr::from_bytes(b"\xff"));
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).to_string();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("PORTICO_STRIPE_SECRET_KEY") && !text.contains("canary"), "{text}");
}

#[test]
fn the_demo_is_for_development_only() {
    let output = portico(&["seed-demo"], &[("PORTICO_STRIPE_SECRET_KEY", "sk_test_x")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("PORTICO_ENV"));
}

#[test]
fn a_file_can_hold_the_settings_and_the_environment_wins() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("portico.toml"), "portico_env = \"canary\"\n").unwrap();
    let run = |env: Option<&str>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
        command.arg("migrate").current_dir(folder.path()).env_clear();
        if let Some(env) = env {
            command.env("PORTICO_ENV", env);
        }
        command.output().unwrap()
    };
    assert_eq!(run(None).status.code(), Some(2));
    let fine = run(Some("development"));
    assert!(fine.status.success(), "{}", String::from_utf8_lossy(&fine.stderr));
    assert!(folder.path().join("data/portico.db").exists());
    std::fs::write(folder.path().join("portico.toml"), "portico_env = \n").unwrap();
    assert_eq!(run(Some("development")).status.code(), Some(2));
}

/// P-06 as an operator does it: another process, a running server.
#[tokio::test(flavor = "multi_thread")]
async fn p06_portico_flags_set() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let owner = world.signed_in("owner@acme.test").await;
        owner.open_portal("acme").await;
        let set = |args: &[&str]| {
            let args: Vec<&str> = ["flags", "set", "billing_portal"].iter().chain(args).copied().collect();
            portico(&args, &[("PORTICO_DATABASE_URL", &world.database.url)])
        };
        let output = set(&["off", "--org", "acme"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let begun = std::time::Instant::now();
        while owner.open_portal("acme").await.status != StatusCode::NOT_FOUND {
            assert!(begun.elapsed() < std::time::Duration::from_secs(1), "within a second");
        }
        assert!(set(&["on", "--org", "acme"]).status.success());
        assert!(set(&["off"]).status.success());
        let stored = world.store().list_flags().await.unwrap();
        assert_eq!(stored.iter().map(|row| row.rollout).collect::<Vec<_>>(), [Rollout::Off, Rollout::On]);
        for wrong in
            [&["maybe"][..], &["off", "--org", "nowhere"], &["50%", "--org", "acme"], &["off", "--org", "../x"]]
        {
            let output = set(wrong);
            assert_eq!(output.status.code(), Some(1), "{wrong:?}");
            assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1, "{wrong:?}");
        }
        let list = portico(&["flags", "list"], &[("PORTICO_DATABASE_URL", &world.database.url)]);
        let text = String::from_utf8_lossy(&list.stdout).to_string();
        assert!(text.contains("billing_portal") && text.contains("everybody: off"), "{text}");
    })
    .await;
}

/// W-06: operators are made from a shell, by the address of somebody who can sign in.
#[tokio::test(flavor = "multi_thread")]
async fn w06_portico_staff() {
    each_database(|database| async {
        let world = World::on(database).await;
        let user = world.person("ann@portico.test").await;
        let staff = |args: &[&str]| {
            let args: Vec<&str> = ["staff"].iter().chain(args).copied().collect();
            let output = portico(&args, &[("PORTICO_DATABASE_URL", &world.database.url)]);
            (output.status.code(), String::from_utf8_lossy(&output.stdout).to_string())
        };
        assert_eq!(staff(&["list"]), (Some(0), String::new()));
        assert_eq!(staff(&["add", "ann@portico.test"]), (Some(1), String::new()), "without a second factor");
        world.set_up_totp(&world.signed_in("ann@portico.test").await).await;
        assert_eq!(staff(&["add", "ANN@portico.test"]).0, Some(0));
        assert!(staff(&["add", "ann@portico.test"]).1.contains("already"));
        assert!(world.store().is_staff(user).await.unwrap());
        assert_eq!(staff(&["list"]).1, "ann@portico.test  ann\n");
        assert_eq!(staff(&["remove", "ann@portico.test"]).0, Some(0));
        assert!(!world.store().is_staff(user).await.unwrap());
        let disabled = world.person("gone@portico.test").await;
        world.store().set_user_active(disabled, false).await.unwrap();
        for nobody in ["nobody@portico.test", "no address", "gone@portico.test"] {
            assert_eq!(staff(&["add", nobody]), (Some(1), String::new()), "{nobody}");
        }
    })
    .await;
}
