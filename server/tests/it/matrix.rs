//! Who may do what, through every door there is (check T01): the list of doors is complete, every
//! door asked as everybody about one's own, others' and nobody's answers as the policy says, and
//! a refusal changes nothing. `docs/authorization.md` is made of the same list.

mod ids;
mod page;

use std::{collections::BTreeSet, fs, path::Path};

use domain::{OrgId, orgs::Role};
use policy::{Circumstances, Policy, Subject};
use reqwest::{Method, StatusCode};
use server::doors::{DOORS, Door, Kind, Needs};
use testkit::{Browser, Database, Page, World, each_database};

use self::ids::{Child, Ids, Tenant};
use crate::{
    Bar,
    actions::every_action,
    figure,
    masked::{assert_same_text, masked},
    proving,
    tables::{count, dump_but},
};

/// What a refusal may write: that it happened, and when somebody was last seen.
const WRITTEN_BY_REFUSALS: [&str; 4] = ["audit_entries", "sessions", "throttle_counters", "flashes"];

fn listed(kind: Kind) -> BTreeSet<String> {
    DOORS.iter().filter(|door| door.kind == kind).map(|door| door.path.to_owned()).collect()
}

fn known(paths: impl Iterator<Item = impl Into<String>>) -> BTreeSet<String> {
    paths.map(Into::into).collect()
}

#[tokio::test]
async fn t01_every_door_is_on_the_list() {
    let _world = World::on(Database::sqlite().await).await;
    let pages = app::routes::PAGES;
    assert_eq!(listed(Kind::Page), known(pages.iter().map(|page| page.path)), "pages");
    assert_eq!(listed(Kind::Action), known(every_action().into_iter()), "actions");
    assert_eq!(listed(Kind::Job), known(jobs::names()), "jobs");
    assert_eq!(listed(Kind::Endpoint), routes_in_the_source(), "what the router names itself");
    assert_eq!(
        DOORS.len(),
        DOORS.iter().map(|door| (door.path, format!("{:?}", door.kind))).collect::<BTreeSet<_>>().len()
    );
}

/// axum can't say what routes it has, so they are read where they are written.
fn routes_in_the_source() -> BTreeSet<String> {
    let route =
        regex::Regex::new(r#"(?:route|route_service|nest_service|nest)\(\s*"([^"]+)"|\["(/[^"]+)", "(/[^"]+)"\]"#)
            .unwrap();
    let mut found = BTreeSet::new();
    let mut ahead = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = ahead.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                ahead.push(path);
            } else {
                let text = fs::read_to_string(&path).unwrap();
                // A test's own routes lead nowhere.
                let text = text.split("#[cfg(test)]").next().unwrap();
                found.extend(route.captures_iter(text).flat_map(|found| {
                    found.iter().skip(1).flatten().map(|path| path.as_str().to_owned()).collect::<Vec<_>>()
                }));
            }
        }
    }
    found
}

/// Everybody there is. A service client comes with the API (A-04).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Nobody,
    Member(Role),
    FormerOwner,
    OwnerElsewhere,
}

impl Who {
    fn all() -> impl Iterator<Item = Self> {
        [Self::Nobody, Self::FormerOwner, Self::OwnerElsewhere].into_iter().chain(Role::ALL.map(Self::Member))
    }
}

/// What the policy says of an organisation-level or child-level question, in status codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    /// Asked to sign in.
    SignIn,
    NotFound,
    /// The same, and in nobody's trail: it is about no organisation.
    Hidden,
    Forbidden,
    /// A member who may not do it even if it were there, or is not told whether it is: one of both, and the same for foreign and random.
    NoMatterWhich,
    Passed,
}

fn want(policy: &Policy, who: Who, door: Door, action: policy::Action, tenant: &Tenant, child: Child) -> Want {
    let (role, user) = match who {
        Who::Nobody => return Want::SignIn,
        Who::FormerOwner | Who::OwnerElsewhere => return Want::NotFound,
        Who::Member(role) => (role, tenant.user(role)),
    };
    let subject = Subject { user, membership: Some((tenant.org, role)) };
    let resource = ids::resource(door, action, tenant);
    let decision = policy.decide(subject, action, resource, Circumstances::UNHINDERED);
    match (child, decision.allowed) {
        (Child::Own, true) => Want::Passed,
        (Child::Own, false) => Want::Forbidden,
        (Child::Foreign | Child::Random, _) => Want::NoMatterWhich,
    }
}

struct Cells<'a> {
    world: &'a World,
    policy: Policy,
    own: Tenant,
    /// Nobody of it may be touched by anybody, from the first cell to the last but its owner's own.
    other: Tenant,
    count: u32,
    passed: BTreeSet<&'static str>,
    differences: Vec<String>,
}

impl<'a> Cells<'a> {
    async fn new(world: &'a World) -> Self {
        Self {
            world,
            policy: Policy::load().unwrap(),
            own: Tenant::found(world).await,
            other: Tenant::found(world).await,
            count: 0,
            passed: BTreeSet::new(),
            differences: Vec::new(),
        }
    }

    /// One door as one of everybody, about what is named.
    async fn ask(&mut self, who: Who, browser: &Browser, door: Door, (org, child): (&str, Child), want: Want) -> Page {
        let ids = Ids { tenant: &self.own, other: &self.other, org, child };
        let named = [&self.own, &self.other].into_iter().find(|tenant| tenant.slug == org).map(|tenant| tenant.org);
        let noted = refusals(self.world, named).await;
        let page = if door.kind == Kind::Page {
            Page::of(browser.request(Method::GET, &ids.path(door.path))).await
        } else {
            let fields = ids.fields(door.path);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.post(door.path, &fields).await
        };
        let is_right = match want {
            Want::SignIn if door.kind == Kind::Page => {
                page.status == StatusCode::SEE_OTHER && page.location().is_some_and(|to| to.starts_with("/sign-in?"))
            }
            Want::SignIn => page.status == StatusCode::UNAUTHORIZED,
            Want::NotFound | Want::Hidden => page.status == StatusCode::NOT_FOUND,
            Want::Forbidden => page.status == StatusCode::FORBIDDEN,
            Want::NoMatterWhich => [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&page.status),
            Want::Passed => page.status.is_success() || page.status == StatusCode::SEE_OTHER,
        };
        self.count += 1;
        // V01: a form that is refused to somebody signed in is in the trail of the organisation it names, once.
        let is_noted = door.kind == Kind::Action && matches!(want, Want::NotFound | Want::Forbidden);
        let noted = refusals(self.world, named).await - noted;
        if is_noted && noted != i64::from(named.is_some()) {
            self.differences.push(format!("{who:?} {} {ids:?}: refused, and noted {noted} times", door.path));
        }
        if want == Want::Passed {
            self.passed.insert(door.path);
        }
        if !is_right {
            let (status, to) = (page.status, page.location());
            self.differences.push(format!("{who:?} {} {ids:?}: wanted {want:?}, got {status} to {to:?}", door.path));
        }
        page
    }

    /// A door about an organisation, for one of everybody.
    async fn door(&mut self, who: Who, door: Door, action: policy::Action) {
        let browser = match who {
            Who::Nobody => self.world.browser(),
            Who::Member(role) => self.world.signed_in_without_password(self.own.user(role)).await,
            Who::FormerOwner => self.world.signed_in_without_password(self.own.former).await,
            Who::OwnerElsewhere => self.world.signed_in_without_password(self.other.user(Role::Owner)).await,
        };
        let before = dump_but(self.world, &WRITTEN_BY_REFUSALS).await;
        let (own, other) = (self.own.slug.clone(), self.other.slug.clone());
        let has_children = ids::has_children(door.path);
        if has_children {
            let mut replies = Vec::new();
            for child in [Child::Foreign, Child::Random] {
                let want = want(&self.policy, who, door, action, &self.own, child);
                replies.push(self.ask(who, &browser, door, (&own, child), want).await);
            }
            // T01: a thing of others and one that never was are the same.
            let what = format!("{who:?} {}: foreign and random", door.path);
            let [foreign, random] = [0, 1].map(|at: usize| without_ids(&masked(&replies[at], &[&own])));
            assert_same_text(&what, &foreign, &random);
        }
        if let Who::Member(_) = who {
            // In an organisation of others, and in one that never was.
            for org in [&other, &ids::nowhere(&other)] {
                for child in if has_children { &[Child::Own, Child::Foreign][..] } else { &[Child::Own] } {
                    self.ask(who, &browser, door, (org, *child), Want::NotFound).await;
                }
            }
        }
        let want = want(&self.policy, who, door, action, &self.own, Child::Own);
        if want != Want::Passed {
            self.ask(who, &browser, door, (&own, Child::Own), want).await;
        }
        let after = dump_but(self.world, &WRITTEN_BY_REFUSALS).await;
        if before != after {
            self.differences.push(format!("{who:?} {}: refused, and something changed", door.path));
        }
        if want == Want::Passed {
            self.ask(who, &browser, door, (&own, Child::Own), want).await;
            let id = self.other.org;
            if of(&after, id) != of(&dump_but(self.world, &WRITTEN_BY_REFUSALS).await, id) {
                self.differences.push(format!("{who:?} {}: rows of others changed", door.path));
            }
            if door.kind == Kind::Action {
                self.own = Tenant::found(self.world).await;
            }
        }
    }
}

impl Cells<'_> {
    /// The console, for everybody in an organisation: no role of any makes an operator.
    async fn hidden(&mut self, door: Door) {
        let before = dump_but(self.world, &WRITTEN_BY_REFUSALS).await;
        for who in Who::all() {
            let browser = match who {
                Who::Nobody => self.world.browser(),
                Who::Member(role) => self.world.signed_in_without_password(self.own.user(role)).await,
                Who::FormerOwner => self.world.signed_in_without_password(self.own.former).await,
                Who::OwnerElsewhere => self.world.signed_in_without_password(self.other.user(Role::Owner)).await,
            };
            let own = self.own.slug.clone();
            self.ask(who, &browser, door, (&own, Child::Own), Want::Hidden).await;
        }
        if before != dump_but(self.world, &WRITTEN_BY_REFUSALS).await {
            self.differences.push(format!("{}: hidden, and something changed", door.path));
        }
    }
}

/// The address asked for is repeated to whoever is asked to sign in first.
fn without_ids(text: &str) -> String {
    regex::Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap().replace_all(text, "ID").into_owned()
}

/// How many refusals an organisation's trail holds.
async fn refusals(world: &World, org: Option<OrgId>) -> i64 {
    let Some(org) = org else { return 0 };
    let id = match world.database.kind {
        "SQLite" => format!("X'{}'", org.to_string().replace('-', "")),
        _ => format!("'{org}'"),
    };
    count(world, &format!("audit_entries WHERE outcome = 'refused' AND org_id = {id}")).await
}

/// Every row of a dump that names an organisation.
fn of(dump: &str, org: OrgId) -> Vec<&str> {
    let (text, hex) = (org.to_string(), org.to_string().replace('-', "").to_uppercase());
    dump.lines().filter(|line| line.contains(&text) || line.contains(&hex)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn t01_every_door_as_everybody() {
    each_database(|database| async {
        let kind = database.kind;
        let world = World::on(database).await;
        let mut cells = Cells::new(&world).await;
        for door in DOORS {
            match door.needs {
                Needs::May(action) => {
                    for who in Who::all() {
                        cells.door(who, *door, action).await;
                    }
                }
                Needs::Session => {
                    let (nobody, own) = (world.browser(), cells.own.slug.clone());
                    cells.ask(Who::Nobody, &nobody, *door, (&own, Child::Own), Want::SignIn).await;
                }
                Needs::Staff => cells.hidden(*door).await,
                Needs::Nothing
                | Needs::Link
                | Needs::Invitation
                | Needs::Development
                | Needs::Signature
                | Needs::System => {}
            }
        }
        let Cells { count, passed, differences, .. } = cells;
        assert!(differences.is_empty(), "{} of {count}:\n{}", differences.len(), differences.join("\n"));
        // Each was passed by somebody: one that turns everybody away would prove nothing.
        for door in DOORS.iter().filter(|door| matches!(door.needs, Needs::May(_))) {
            assert!(passed.contains(door.path), "nobody passed {}", door.path);
        }
        println!("{kind}: {count} cells, 0 differences");
        if proving() {
            figure(&format!("matrix_cells_{kind}"), f64::from(count), Bar::AtLeast(500.0));
        }
    })
    .await;
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whoever changed the rules asks for the page to be written anew")]
fn t01_the_page_about_it_is_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/authorization.md");
    let text = page::write(&Policy::load().unwrap());
    if std::env::var_os("PORTICO_WRITE_DOCS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "docs/authorization.md has drifted: PORTICO_WRITE_DOCS=1 cargo test -p server --test it t01_the_page"
    );
}
