//! B01, F12: a random walk beside a small model. Whoever does what in whatever order, from
//! however many tabs, on either of two nodes, and two at once: the customer that the
//! provider is asked for is the model's answer every time, and where the model says no
//! there is no call. Of two steps at once, either order is right.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use domain::{
    CustomerId, OrgId, UserId,
    flags::{BILLING_PORTAL, Rollout},
    orgs::{Role, Slug},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use reqwest::StatusCode;
use testkit::{Browser, Database, Node, World};

use crate::Bar;

const ORGS: [&str; 4] = ["acme", "globex", "initech", "hooli"];
const PEOPLE: [&str; 5] = ["ann@walk.test", "bob@walk.test", "cid@walk.test", "dot@walk.test", "eve@walk.test"];
const TABS: usize = 8;
/// How long a node may still go by a flag of before (P-06).
const FLAG_SEEN_WITHIN: Duration = Duration::from_secs(1);

#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Flags {
    everybody_off: bool,
    off_for: [bool; ORGS.len()],
}

/// What must be so, kept beside the product and by other means.
#[derive(Clone, Default)]
struct Model {
    /// Who has which role where.
    roles: BTreeMap<(usize, usize), Role>,
    flags: Flags,
    customers: BTreeMap<usize, CustomerId>,
}

impl Model {
    /// The reply to opening the portal of `org` as `person`.
    fn portal(&self, flags: Flags, person: Option<usize>, org: usize) -> StatusCode {
        let Some(person) = person else { return StatusCode::UNAUTHORIZED };
        match self.roles.get(&(person, org)) {
            None => StatusCode::NOT_FOUND,
            Some(_) if flags.everybody_off || flags.off_for[org] => StatusCode::NOT_FOUND,
            Some(Role::Owner) => StatusCode::SEE_OTHER,
            Some(_) => StatusCode::FORBIDDEN,
        }
    }
}

/// One browser: who is signed in, and which organisation its page shows.
struct Tab {
    browser: Browser,
    person: Option<usize>,
    shows: usize,
}

/// Flags of before, until when they were in force, and whether the node that made the
/// change may have missed it too (it was reading them at that moment).
struct Former {
    flags: Flags,
    until: Instant,
    everywhere: bool,
}

struct Walk {
    world: World,
    other: Node,
    model: Model,
    former: Vec<Former>,
    orgs: Vec<OrgId>,
    people: Vec<UserId>,
    tabs: Vec<Tab>,
    /// The id of the last call that the model allowed.
    last_call: Option<String>,
    opened: usize,
    refused: usize,
    at_once: usize,
}

/// What happens beside an opening.
#[derive(Clone, Copy, Debug)]
enum Beside {
    Role(Role),
    Leaving,
    Flag { everybody: bool, on: bool },
    SigningOut,
    Opening { tab: usize, org: usize, node: usize },
    Looking { tab: usize, node: usize },
}

impl Walk {
    async fn begin(database: Database) -> Self {
        let world = World::on(database).await;
        let other = world.another_node().await;
        let (mut orgs, mut people) = (Vec::new(), Vec::new());
        for slug in ORGS {
            orgs.push(world.organization(slug).await);
        }
        for email in PEOPLE {
            people.push(world.person(email).await);
        }
        let tabs = (0..TABS).map(|_| Tab { browser: world.browser(), person: None, shows: 0 }).collect();
        Self {
            world,
            other,
            model: Model::default(),
            former: Vec::new(),
            orgs,
            people,
            tabs,
            last_call: None,
            opened: 0,
            refused: 0,
            at_once: 0,
        }
    }

    async fn step(&mut self, random: &mut StdRng) -> String {
        let (person, org, tab) =
            (random.random_range(0..PEOPLE.len()), random.random_range(0..ORGS.len()), random.random_range(0..TABS));
        let node = random.random_range(0..2);
        match random.random_range(0..100) {
            // Rare: a password costs more than everything else here together.
            0..3 => self.sign_in(tab, node, person).await,
            3 => self.sign_out(tab, node).await,
            4..12 => self.switch(tab, node, org).await,
            12..28 => {
                let role = if random.random_bool(0.5) { Role::Owner } else { Role::ALL[random.random_range(0..4)] };
                self.give_role(person, org, role).await
            }
            28..31 => self.remove(person, org).await,
            31..35 => self.flag(org, random.random_bool(0.2), random.random_bool(0.8)).await,
            35..50 => self.look(tab, node).await,
            50..75 => {
                // Mostly what the page shows, sometimes another organisation's slug in the form.
                let org = if random.random_bool(0.8) { self.tabs[tab].shows } else { org };
                self.open(tab, node, org).await
            }
            _ => {
                let beside = self.something_beside(random, tab);
                self.open_beside(tab, node, self.tabs[tab].shows, beside).await
            }
        }
    }

    fn something_beside(&self, random: &mut StdRng, tab: usize) -> Beside {
        let other = (tab + random.random_range(1..TABS)) % TABS;
        let node = random.random_range(0..2);
        match random.random_range(0..10) {
            0..4 => {
                Beside::Role(if random.random_bool(0.6) { Role::Owner } else { Role::ALL[random.random_range(0..4)] })
            }
            4 => Beside::Leaving,
            5 => Beside::Flag { everybody: random.random_bool(0.2), on: random.random_bool(0.8) },
            6 if random.random_bool(0.3) => Beside::SigningOut,
            6 | 7 => Beside::Looking { tab: other, node },
            _ => {
                // Mostly the same organisation: two first openings at once.
                let org = if random.random_bool(0.7) { self.tabs[tab].shows } else { self.tabs[other].shows };
                Beside::Opening { tab: other, org, node }
            }
        }
    }

    fn browser(&self, tab: usize, node: usize) -> Browser {
        self.tabs[tab].browser.on([&self.world.node.url, &self.other.url][node])
    }

    /// The flags that a node may go by, for a request that began then.
    fn flags(&self, node: usize, began: Instant) -> Vec<Flags> {
        let former = self.former.iter().filter(|former| {
            (node == 1 || former.everywhere) && began.saturating_duration_since(former.until) < FLAG_SEEN_WITHIN
        });
        former.map(|former| former.flags).chain([self.model.flags]).collect()
    }

    /// Every right answer to opening a portal.
    fn answers(&self, person: Option<usize>, org: usize, node: usize, began: Instant) -> BTreeSet<StatusCode> {
        self.flags(node, began).into_iter().map(|flags| self.model.portal(flags, person, org)).collect()
    }

    async fn sign_in(&mut self, tab: usize, node: usize, person: usize) -> String {
        self.browser(tab, node).sign_in(PEOPLE[person]).await;
        self.tabs[tab].person = Some(person);
        format!("tab {tab} signs in as {}", PEOPLE[person])
    }

    async fn sign_out(&mut self, tab: usize, node: usize) -> String {
        self.browser(tab, node).sign_out().await;
        self.tabs[tab].person = None;
        format!("tab {tab} signs out")
    }

    async fn switch(&mut self, tab: usize, node: usize, org: usize) -> String {
        let page = self.browser(tab, node).get(&format!("/o/{}", ORGS[org])).await;
        let want = match self.tabs[tab].person {
            None => StatusCode::SEE_OTHER,
            Some(person) if self.model.roles.contains_key(&(person, org)) => StatusCode::OK,
            Some(_) => StatusCode::NOT_FOUND,
        };
        assert_eq!(page.status, want, "tab {tab} goes to {}", ORGS[org]);
        self.tabs[tab].shows = org;
        format!("tab {tab} goes to {}", ORGS[org])
    }

    async fn give_role(&mut self, person: usize, org: usize, role: Role) -> String {
        self.world.join(self.orgs[org], self.people[person], role).await;
        self.model.roles.insert((person, org), role);
        format!("{} is {role} of {}", PEOPLE[person], ORGS[org])
    }

    async fn remove(&mut self, person: usize, org: usize) -> String {
        self.world.leave(self.orgs[org], self.people[person]).await;
        self.model.roles.remove(&(person, org));
        format!("{} leaves {}", PEOPLE[person], ORGS[org])
    }

    async fn flag(&mut self, org: usize, everybody: bool, on: bool) -> String {
        set_flag(&self.world, org, everybody, on).await;
        self.flag_was_set(org, everybody, on, false);
        format!("flag {on} for {}", if everybody { "everybody" } else { ORGS[org] })
    }

    fn flag_was_set(&mut self, org: usize, everybody: bool, on: bool, everywhere: bool) {
        let (flags, until) = (self.model.flags, Instant::now());
        self.former.retain(|former| until.duration_since(former.until) < 2 * FLAG_SEEN_WITHIN);
        self.former.push(Former { flags, until, everywhere });
        if everybody {
            self.model.flags.everybody_off = !on;
        } else {
            self.model.flags.off_for[org] = !on;
        }
    }

    async fn look(&mut self, tab: usize, node: usize) -> String {
        let org = self.tabs[tab].shows;
        let began = Instant::now();
        let page = self.browser(tab, node).get(&format!("/o/{}/settings/billing", ORGS[org])).await;
        let may = self.answers(self.tabs[tab].person, org, node, began);
        let has_customer = self.model.customers.contains_key(&org);
        for (testid, possible) in [("billing-portal-action", has_customer), ("billing-setup-action", !has_customer)] {
            let shown = page.shows(testid);
            let right = if shown {
                may.contains(&StatusCode::SEE_OTHER) && possible
            } else {
                !possible || may.iter().any(|status| *status != StatusCode::SEE_OTHER)
            };
            assert!(right, "tab {tab} looks at {}: {testid} is {shown}, of {may:?}", ORGS[org]);
        }
        format!("tab {tab} looks at billing")
    }

    async fn open(&mut self, tab: usize, node: usize, org: usize) -> String {
        let person = self.tabs[tab].person;
        let began = Instant::now();
        let page = self.browser(tab, node).open_portal(ORGS[org]).await;
        let wants = self.answers(person, org, node, began);
        let what = format!("tab {tab} ({:?}) opens {} on node {node}", person.map(|p| PEOPLE[p]), ORGS[org]);
        assert!(wants.contains(&page.status), "{what}: {} of {wants:?}", page.status);
        self.settle(&what, &[(org, page.status)]).await;
        what
    }

    /// Two at once: an opening, and something that may come before it or after it.
    async fn open_beside(&mut self, tab: usize, node: usize, org: usize, beside: Beside) -> String {
        self.at_once += 1;
        let person = self.tabs[tab].person;
        let what =
            format!("tab {tab} ({:?}) opens {} on node {node} beside {beside:?}", person.map(|p| PEOPLE[p]), ORGS[org]);
        let browser = self.browser(tab, node);
        let began = Instant::now();
        let before = self.answers(person, org, node, began);
        let opening = browser.open_portal(ORGS[org]);
        let mut opened = Vec::new();
        let status = match beside {
            Beside::Role(_) | Beside::Leaving | Beside::Flag { .. } => {
                let (page, ()) = tokio::join!(opening, self.change(person, org, beside));
                page.status
            }
            Beside::SigningOut => {
                let (page, _) = tokio::join!(opening, browser.sign_out());
                page.status
            }
            Beside::Opening { tab, org, node } => {
                let (other, begun) = (self.browser(tab, node), Instant::now());
                let (page, second) = tokio::join!(opening, other.open_portal(ORGS[org]));
                let wants = self.answers(self.tabs[tab].person, org, node, begun);
                assert!(wants.contains(&second.status), "{what}: the second {} of {wants:?}", second.status);
                opened.push((org, second.status));
                page.status
            }
            Beside::Looking { tab, node } => {
                let (other, shows) = (self.browser(tab, node), self.tabs[tab].shows);
                let path = format!("/o/{}/settings/billing", ORGS[shows]);
                let (page, looked) = tokio::join!(opening, other.get(&path));
                let may = self.answers(self.tabs[tab].person, shows, node, began);
                let shown = looked.shows("billing-portal-action") || looked.shows("billing-setup-action");
                let wrong = if shown {
                    !may.contains(&StatusCode::SEE_OTHER)
                } else {
                    may.iter().all(|s| *s == StatusCode::SEE_OTHER)
                };
                assert!(!wrong, "{what}: the page shows {shown} of {may:?}");
                page.status
            }
        };
        self.note(tab, org, beside);
        let wants = &before | &self.answers(self.tabs[tab].person, org, node, began);
        assert!(wants.contains(&status), "{what}: {status} of {wants:?}");
        opened.push((org, status));
        // A customer may have been made for somebody who then lost the right to go there.
        if wants.contains(&StatusCode::SEE_OTHER) {
            self.learn_customer(org).await;
        }
        self.settle(&what, &opened).await;
        what
    }

    async fn change(&self, person: Option<usize>, org: usize, beside: Beside) {
        match (beside, person) {
            (Beside::Role(role), Some(person)) => self.world.join(self.orgs[org], self.people[person], role).await,
            (Beside::Leaving, Some(person)) => self.world.leave(self.orgs[org], self.people[person]).await,
            (Beside::Flag { everybody, on }, _) => set_flag(&self.world, org, everybody, on).await,
            _ => {}
        }
    }

    /// Into the model, once both are done.
    fn note(&mut self, tab: usize, org: usize, beside: Beside) {
        match (beside, self.tabs[tab].person) {
            (Beside::Role(role), Some(person)) => drop(self.model.roles.insert((person, org), role)),
            (Beside::Leaving, Some(person)) => drop(self.model.roles.remove(&(person, org))),
            (Beside::Flag { everybody, on }, _) => self.flag_was_set(org, everybody, on, true),
            (Beside::SigningOut, _) => self.tabs[tab].person = None,
            _ => {}
        }
    }

    async fn learn_customer(&mut self, org: usize) {
        if let Some(stored) = self.world.store().find_billing_customer(self.orgs[org]).await.unwrap() {
            let known = self.model.customers.entry(org).or_insert_with(|| stored.id.clone());
            assert_eq!(*known, stored.id, "the customer of {} is another one", ORGS[org]);
        }
    }

    /// The provider's log: one call for each that was sent on, for that organisation's customer,
    /// and none for anybody else.
    async fn settle(&mut self, what: &str, opened: &[(usize, StatusCode)]) {
        let mut wanted = Vec::new();
        for (org, status) in opened {
            if *status == StatusCode::SEE_OTHER {
                self.learn_customer(*org).await;
                wanted.push(self.model.customers[org].as_str().to_owned());
                self.opened += 1;
            } else {
                self.refused += 1;
            }
        }
        let calls = self.world.provider.portal_calls_after(self.last_call.as_deref()).await;
        let mut asked: Vec<String> =
            calls.iter().map(|call| call["form"]["customer"].as_str().unwrap().to_owned()).collect();
        for call in &calls {
            assert_eq!(call["customer"], call["form"]["customer"], "{what}");
        }
        wanted.sort_unstable();
        asked.sort_unstable();
        assert_eq!(asked, wanted, "the calls are the model's: {what}");
        if let Some(last) = calls.last() {
            self.last_call = Some(last["id"].as_str().unwrap().to_owned());
        }
    }
}

async fn set_flag(world: &World, org: usize, everybody: bool, on: bool) {
    let slug = Slug::parse(ORGS[org]).unwrap();
    let rollout = if on { Rollout::On } else { Rollout::Off };
    let target = if everybody { None } else { Some(&slug) };
    world.services().set_flag(BILLING_PORTAL, target, rollout).await.unwrap();
}

async fn walk(database: Database, steps: u32, seed: u64) {
    let kind = database.kind;
    let mut walk = Walk::begin(database).await;
    let mut random = StdRng::seed_from_u64(seed);
    for n in 0..steps {
        let what = walk.step(&mut random).await;
        // What a failure is read by.
        if n % 1_000 == 999 {
            println!("{kind}: step {n}: {what}");
        }
    }
    let customers = walk.world.provider.customers().await;
    assert_eq!(customers.len(), walk.model.customers.len(), "one customer each");
    let distinct: BTreeSet<_> = walk.model.customers.values().collect();
    assert_eq!(distinct.len(), walk.model.customers.len());
    // And once over everything: as many calls as the model allowed.
    assert_eq!(walk.world.provider.portal_calls().await.len(), walk.opened);
    walk.world.provider.assert_contract_kept().await;
    let count = |count: usize| f64::from(u32::try_from(count).unwrap());
    let some = Bar::AtLeast(f64::from(steps) / 20.0);
    crate::figure(&format!("walk_{kind}_steps"), f64::from(steps), Bar::AtLeast(f64::from(least_steps())));
    crate::figure(&format!("walk_{kind}_two_at_once"), count(walk.at_once), some);
    crate::figure(&format!("walk_{kind}_opened"), count(walk.opened), some);
    crate::figure(&format!("walk_{kind}_refused"), count(walk.refused), some);
}

/// 10 000 steps when proving, on each database; a fifth of it otherwise.
fn least_steps() -> u32 {
    if crate::proving() { 10_000 } else { 2_000 }
}

#[tokio::test(flavor = "multi_thread")]
async fn b01_walk_on_sqlite() {
    walk(Database::sqlite().await, least_steps(), 20_261_121).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b01_walk_on_postgres() {
    walk(Database::postgres().await, least_steps(), 20_261_122).await;
}
