//! B01, F12: a random walk beside a small model. Whoever does what in whatever
//! order, from however many tabs: the customer that the provider is asked for is
//! the model's answer every time, and where the model says no there is no call.

use std::collections::BTreeMap;

use domain::{
    CustomerId, OrgId, UserId,
    flags::{BILLING_PORTAL, Rollout},
    orgs::{Role, Slug},
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use reqwest::StatusCode;
use testkit::{Browser, Database, World};

const ORGS: [&str; 4] = ["acme", "globex", "initech", "hooli"];
const PEOPLE: [&str; 5] = ["ann@walk.test", "bob@walk.test", "cid@walk.test", "dot@walk.test", "eve@walk.test"];
const TABS: usize = 8;

/// What must be so, kept beside the product and by other means.
#[derive(Default)]
struct Model {
    /// Who has which role where.
    roles: BTreeMap<(usize, usize), Role>,
    everybody_off: bool,
    off_for: [bool; ORGS.len()],
    customers: BTreeMap<usize, CustomerId>,
}

impl Model {
    /// The reply to opening the portal of `org` as `person`.
    fn portal(&self, person: Option<usize>, org: usize) -> StatusCode {
        let Some(person) = person else { return StatusCode::UNAUTHORIZED };
        match self.roles.get(&(person, org)) {
            None => StatusCode::NOT_FOUND,
            Some(_) if self.everybody_off || self.off_for[org] => StatusCode::NOT_FOUND,
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

struct Walk {
    world: World,
    model: Model,
    orgs: Vec<OrgId>,
    people: Vec<UserId>,
    tabs: Vec<Tab>,
    /// The id of the last call that the model allowed.
    last_call: Option<String>,
    opened: usize,
    refused: usize,
}

impl Walk {
    async fn begin(database: Database) -> Self {
        let world = World::on(database).await;
        let (mut orgs, mut people) = (Vec::new(), Vec::new());
        for slug in ORGS {
            orgs.push(world.organization(slug).await);
        }
        for email in PEOPLE {
            people.push(world.person(email).await);
        }
        let tabs = (0..TABS).map(|_| Tab { browser: world.browser(), person: None, shows: 0 }).collect();
        Self { world, model: Model::default(), orgs, people, tabs, last_call: None, opened: 0, refused: 0 }
    }

    async fn step(&mut self, random: &mut StdRng) -> String {
        let (person, org, tab) =
            (random.random_range(0..PEOPLE.len()), random.random_range(0..ORGS.len()), random.random_range(0..TABS));
        match random.random_range(0..100) {
            // Rare: a password costs more than everything else here together.
            0..3 => self.sign_in(tab, person).await,
            3 => self.sign_out(tab).await,
            4..12 => self.switch(tab, org).await,
            12..30 => {
                let role = if random.random_bool(0.5) { Role::Owner } else { Role::ALL[random.random_range(0..4)] };
                self.give_role(person, org, role).await
            }
            30..34 => self.remove(person, org).await,
            34..39 => self.flag(org, random.random_bool(0.2), random.random_bool(0.8)).await,
            39..60 => self.look(tab).await,
            _ => {
                // Mostly what the page shows, sometimes another organisation's slug in the form.
                let org = if random.random_bool(0.8) { self.tabs[tab].shows } else { org };
                self.open(tab, org).await
            }
        }
    }

    async fn sign_in(&mut self, tab: usize, person: usize) -> String {
        self.tabs[tab].browser.sign_in(PEOPLE[person]).await;
        self.tabs[tab].person = Some(person);
        format!("tab {tab} signs in as {}", PEOPLE[person])
    }

    async fn sign_out(&mut self, tab: usize) -> String {
        self.tabs[tab].browser.sign_out().await;
        self.tabs[tab].person = None;
        format!("tab {tab} signs out")
    }

    async fn switch(&mut self, tab: usize, org: usize) -> String {
        let page = self.tabs[tab].browser.get(&format!("/o/{}", ORGS[org])).await;
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
        let slug = Slug::parse(ORGS[org]).unwrap();
        let rollout = if on { Rollout::On } else { Rollout::Off };
        let target = if everybody { None } else { Some(&slug) };
        self.world.services().set_flag(BILLING_PORTAL, target, rollout).await.unwrap();
        if everybody {
            self.model.everybody_off = !on;
        } else {
            self.model.off_for[org] = !on;
        }
        format!("flag {rollout} for {}", target.map_or("everybody", Slug::as_str))
    }

    async fn look(&mut self, tab: usize) -> String {
        let Tab { browser, person, shows } = &self.tabs[tab];
        let page = browser.get(&format!("/o/{}/settings/billing", ORGS[*shows])).await;
        let may = self.model.portal(*person, *shows) == StatusCode::SEE_OTHER;
        let has_customer = self.model.customers.contains_key(shows);
        assert_eq!(page.shows("billing-portal-action"), may && has_customer, "tab {tab} looks");
        assert_eq!(page.shows("billing-setup-action"), may && !has_customer, "tab {tab} looks");
        format!("tab {tab} looks at billing")
    }

    async fn open(&mut self, tab: usize, org: usize) -> String {
        let Tab { browser, person, .. } = &self.tabs[tab];
        let want = self.model.portal(*person, org);
        let page = browser.open_portal(ORGS[org]).await;
        let what = format!("tab {tab} ({:?}) opens {}", person.map(|p| PEOPLE[p]), ORGS[org]);
        assert_eq!(page.status, want, "{what}");
        let call = self.world.provider.latest_portal_call().await;
        let id = call.as_ref().map(|call| call["id"].as_str().unwrap().to_owned());
        if want != StatusCode::SEE_OTHER {
            // Steps make at most a few calls, so the last one allowed is still among the latest.
            assert_eq!(id, self.last_call, "no call where the model says no: {what}");
            self.refused += 1;
            return what;
        }
        assert!(id.is_some() && id != self.last_call, "a call: {what}");
        self.last_call = id;
        self.opened += 1;
        let call = call.unwrap();
        let stored = self.world.store().find_billing_customer(self.orgs[org]).await.unwrap().unwrap().id;
        let known = self.model.customers.entry(org).or_insert(stored);
        assert_eq!(call["form"]["customer"], known.as_str(), "{what}");
        assert_eq!(call["customer"], known.as_str(), "{what}");
        what
    }
}

async fn walk(database: Database, steps: usize, seed: u64) {
    let kind = database.kind;
    let mut walk = Walk::begin(database).await;
    let mut random = StdRng::seed_from_u64(seed);
    let mut trail = Vec::new();
    for _ in 0..steps {
        let what = walk.step(&mut random).await;
        trail.push(what);
    }
    let customers = walk.world.provider.customers().await;
    assert_eq!(customers.len(), walk.model.customers.len(), "one customer each");
    let distinct: std::collections::BTreeSet<_> = walk.model.customers.values().collect();
    assert_eq!(distinct.len(), walk.model.customers.len());
    assert!(walk.opened > steps / 20 && walk.refused > steps / 20, "{} opened, {} refused", walk.opened, walk.refused);
    // And once over everything: as many calls as the model allowed.
    assert_eq!(walk.world.provider.portal_calls().await.len(), walk.opened);
    walk.world.provider.assert_contract_kept().await;
    crate::figure(&format!("walk_{kind}_steps"), steps, ">=10000 in all");
    println!("{kind}: {steps} steps, {} opened, {} refused, seed {seed}", walk.opened, walk.refused);
}

/// 10 000 steps when proving, on each database; a fifth of it otherwise.
fn steps() -> usize {
    if crate::proving() { 10_000 } else { 2_000 }
}

#[tokio::test(flavor = "multi_thread")]
async fn b01_walk_on_sqlite() {
    walk(Database::sqlite().await, steps(), 20_261_121).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn b01_walk_on_postgres() {
    walk(Database::postgres().await, steps(), 20_261_122).await;
}
