//! The house: which room may use which, and what the browser's half must not hold.
//! The table is the one of docs/architecture.md.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package, PackageId};

const OURS: [&str; 14] = [
    "app",
    "domain",
    "frontend",
    "jobs",
    "mailer",
    "migrations",
    "payments-stripe",
    "policy",
    "sandbox",
    "server",
    "services",
    "social-login",
    "store",
    "testkit",
];

/// Room, which of ours it may use, which libraries it must never see.
const ROOMS: [(&str, &[&str], &[&str]); 13] = [
    ("domain", &[], &["tokio", "sea-orm", "leptos", "axum", "async-stripe", "time", "rand"]),
    ("policy", &["domain"], &["tokio", "sea-orm", "leptos", "axum"]),
    ("store", &["domain"], &["axum", "leptos", "async-stripe", "http"]),
    ("services", &["domain", "policy", "store"], &["axum", "leptos", "async-stripe", "oauth2", "lettre", "sea-orm"]),
    ("payments-stripe", &["domain", "services"], &["sea-orm", "axum", "leptos"]),
    ("mailer", &["domain", "services", "store"], &["sea-orm", "axum", "leptos"]),
    ("jobs", &["domain", "services", "store"], &["sea-orm", "axum", "leptos", "lettre", "async-stripe"]),
    ("social-login", &["domain", "services"], &["sea-orm", "axum", "leptos", "async-stripe"]),
    ("app", &["domain", "policy", "services"], &["sea-orm", "async-stripe", "store"]),
    ("frontend", &["app"], &["tokio", "sea-orm", "axum"]),
    ("migrations", &[], &["axum", "leptos"]),
    ("sandbox", &[], &["leptos", "sea-orm"]),
    (
        "server",
        &[
            "app",
            "domain",
            "jobs",
            "mailer",
            "migrations",
            "payments-stripe",
            "policy",
            "services",
            "social-login",
            "store",
        ],
        &["sea-orm", "async-stripe", "lettre", "sandbox", "oauth2", "openidconnect", "reqwest"],
    ),
];

fn metadata() -> Metadata {
    MetadataCommand::new().manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml")).exec().unwrap()
}

fn package<'a>(metadata: &'a Metadata, name: &str) -> &'a Package {
    metadata.workspace_packages().into_iter().find(|package| *package.name == name).unwrap()
}

#[test]
fn rooms_use_what_they_may_and_nothing_else() {
    let metadata = metadata();
    for (room, may_use, never) in ROOMS {
        let direct: BTreeSet<&str> = package(&metadata, room)
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.as_str())
            .collect();
        for ours in OURS {
            assert!(!direct.contains(ours) || may_use.contains(&ours), "{room} uses {ours}");
        }
        for foreign in never {
            assert!(!direct.contains(foreign), "{room} sees {foreign}");
        }
    }
}

/// Everything that is built into the browser's half, by resolving it for its target.
#[test]
fn k01_the_browsers_half_has_no_server_in_it() {
    let metadata = MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../frontend/Cargo.toml"))
        .other_options(["--filter-platform".to_owned(), "wasm32-unknown-unknown".to_owned()])
        .exec()
        .unwrap();
    // Features are resolved for the whole workspace there, so only `cargo tree` answers for one package.
    drop(metadata);
    let tree = std::process::Command::new("cargo")
        .args([
            "tree",
            "--package",
            "frontend",
            "--target",
            "wasm32-unknown-unknown",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .unwrap();
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let tree = String::from_utf8(tree.stdout).unwrap();
    let names: BTreeSet<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
    assert!(names.contains("leptos") && names.contains("app"), "a tree: {names:?}");
    for name in [
        "tokio",
        "sea-orm",
        "sqlx",
        "cedar-policy",
        "async-stripe",
        "axum",
        "argon2",
        "services",
        "store",
        "policy",
        "domain",
    ] {
        assert!(!names.contains(name), "{name} is in the WebAssembly");
    }
}

/// The shipped server has no sandbox and no test tools in it.
#[test]
fn the_server_is_built_without_the_sandbox() {
    let metadata = metadata();
    let resolve = metadata.resolve.as_ref().unwrap();
    let nodes: BTreeMap<&PackageId, _> = resolve.nodes.iter().map(|node| (&node.id, node)).collect();
    let mut todo = vec![&package(&metadata, "server").id];
    let mut seen = BTreeSet::new();
    while let Some(id) = todo.pop() {
        if !seen.insert(id) {
            continue;
        }
        for dependency in &nodes[id].deps {
            if dependency.dep_kinds.iter().any(|kind| kind.kind == DependencyKind::Normal) {
                todo.push(&dependency.pkg);
            }
        }
    }
    for name in ["sandbox", "testkit", "bench", "openssl", "native-tls"] {
        assert!(!seen.iter().any(|id| *metadata[*id].name == name), "{name}");
    }
    let copies = |name: &str| seen.iter().filter(|id| *metadata[**id].name == name).count();
    assert_eq!((copies("sqlx-core"), copies("rustls"), copies("reqwest")), (1, 1, 1), "one of each");
}

/// No view knows the payment provider (P-08), and SeaORM stays in its room.
#[test]
fn p08_words_stay_in_their_rooms() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut files = Vec::new();
    collect(&root.join("app/src"), &mut files);
    for (path, text) in &files {
        assert!(!text.to_lowercase().contains("stripe"), "{path}");
        assert!(!text.contains("sea_orm"), "{path}");
        // The framework's own does not escape (H03).
        assert!(path.ends_with("page_title.rs") || !text.contains("leptos_meta::Title"), "{path}: use PageTitle");
    }
    let mut others = Vec::new();
    for room in ["crates/services/src", "crates/policy/src", "crates/domain/src", "server/src"] {
        collect(&root.join(room), &mut others);
    }
    for (path, text) in &others {
        assert!(
            !text.contains("sea_orm::") && !text.contains("async_stripe") && !text.contains("stripe_core"),
            "{path}"
        );
    }
    assert!(files.len() > 10 && others.len() > 40);
}

fn collect(folder: &std::path::Path, files: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push((path.display().to_string(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

#[test]
fn leptos_toml_equals_what_cargo_leptos_reads() {
    let read = |path: &str| -> toml::Table {
        std::fs::read_to_string(format!("{}/../{path}", env!("CARGO_MANIFEST_DIR"))).unwrap().parse().unwrap()
    };
    let of = |table: &toml::Table| table["workspace"]["metadata"]["leptos"][0].as_table().unwrap().clone();
    let (shipped, built) = (of(&read("Leptos.toml")), of(&read("Cargo.toml")));
    for (name, value) in &shipped {
        assert_eq!(Some(value), built.get(name), "{name}");
    }
}
