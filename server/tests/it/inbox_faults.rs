//! F1 and F2: nothing that was acknowledged is lost and nothing is done twice, whoever is killed when.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::{
        Arc, Mutex, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{CustomerId, OrgId, orgs::Role};
use rand::{SeedableRng, rngs::SmallRng, seq::SliceRandom};
use reqwest::Client;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;
use services::Clock;
use store::BillingCustomer;
use testkit::{Database, PostOffice, Privacy, World, signature};

use crate::{
    Bar, figure,
    process::{Process, SECRET_KEYS},
    proving,
    until::{until, until_within},
};

const SECRET: &str = "whsec_sandbox";

/// An organisation with an owner, and a life at the provider of which nothing was told yet.
async fn live(world: &World, n: usize, price: &str, changes: usize) -> (OrgId, String) {
    let org = world.organization(&format!("org-{n:03}")).await;
    let owner = world.person(&format!("owner-{n:03}@example.test")).await;
    world.join(org, owner, Role::Owner).await;
    let made = world.provider.post("/v1/customers", &[("name", "Org")]).await;
    let customer = made["id"].as_str().unwrap().to_owned();
    let row = BillingCustomer { id: CustomerId::from_trusted(customer.as_str()), livemode: false };
    world.store().insert_billing_customer(org, &row, world.now()).await.unwrap();
    let subscription = world.provider.subscribe(&customer, price, None).await;
    let path = format!("/v1/subscriptions/{}", subscription["id"].as_str().unwrap());
    for change in 0..changes {
        world.provider.post(&path, &[("metadata[change]", &change.to_string())]).await;
    }
    // Of three, one is to end and one has ended.
    match n % 3 {
        1 => drop(world.provider.post(&path, &[("cancel_at_period_end", "true")]).await),
        2 => drop(world.provider.delete(&path).await),
        _ => {}
    }
    (org, customer)
}

/// Every event there is about customers, as it is delivered.
async fn all_events(world: &World) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let after = all.last().map(|event| format!("&starting_after={}", event["id"].as_str().unwrap()));
        let page = world.provider.list(&format!("/v1/events?limit=100{}", after.unwrap_or_default())).await;
        let is_last = page.len() < 100;
        all.extend(page);
        if is_last {
            return all;
        }
    }
}

/// Delivers until it is acknowledged.
async fn deliver(http: &Client, node: &str, body: &str) -> bool {
    let header = signature(body.as_bytes(), SECRET, server::clock::SystemClock.now());
    let sent = http.post(format!("{node}/webhooks/stripe")).header("stripe-signature", header).body(body.to_owned());
    sent.send().await.is_ok_and(|reply| reply.status().is_success())
}

async fn rows(world: &World, sql: &str) -> Vec<sea_orm::QueryResult> {
    let db = world.oracle.connection();
    db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap()
}

async fn one_number(world: &World, sql: &str) -> i64 {
    rows(world, sql).await[0].try_get_by_index(0).unwrap()
}

/// What the provider has is what is stored; each paid invoice was told once, each change noted once.
async fn assert_as_the_provider_has_it(world: &World, office: &PostOffice, lives: &[(OrgId, String)]) {
    for (org, customer) in lives {
        let theirs = world.provider.list(&format!("/v1/subscriptions?status=all&customer={customer}")).await;
        let stored = world.store().find_subscription(*org).await.unwrap().unwrap_or_else(|| panic!("{org}: nothing"));
        assert_eq!((theirs.len(), stored.id.as_str()), (1, theirs[0]["id"].as_str().unwrap()));
        assert_eq!(stored.status.as_str(), theirs[0]["status"], "{org}");
        assert_eq!(stored.plan, theirs[0]["items"]["data"][0]["price"]["metadata"]["portico_plan"].as_str().unwrap());
        let end = theirs[0]["items"]["data"][0]["current_period_end"].as_i64();
        assert_eq!(stored.current_period_end.map(domain::Timestamp::as_seconds), end, "{org}");
        assert_eq!(stored.cancel_at.is_some(), theirs[0]["cancel_at_period_end"] == true, "{org}");
        let invoices = world.store().list_invoices(*org, 10).await.unwrap();
        assert_eq!(invoices.len(), 1, "{org}");
    }
    // A mail whose sender died before it could write that down comes again, as the very same one.
    let mails: BTreeSet<(Vec<String>, Option<String>)> = office
        .received()
        .into_iter()
        .map(|mail| (mail.to.clone(), mail.header("Message-ID").map(str::to_owned)))
        .collect();
    let to: BTreeSet<&Vec<String>> = mails.iter().map(|(to, _)| to).collect();
    assert_eq!((mails.len(), to.len()), (lives.len(), lives.len()), "one receipt each");
    let noted = "SELECT COUNT(*) FROM audit_entries WHERE action = 'billing.subscription'";
    assert_eq!(usize::try_from(one_number(world, noted).await).unwrap(), lives.len(), "one entry each");
}

/// Until nothing waits in a table.
async fn nothing_waits(world: &World, table: &str, within: Duration) -> Duration {
    let sql = format!("SELECT COUNT(*) FROM {table} WHERE state = 'waiting'");
    until_within(within, table, async || one_number(world, &sql).await == 0).await
}

/// Events first, then the mails that come of them. A mail that a dead worker held waits for its lease, two
/// minutes: a mail server may take that long.
async fn backlog_gone(world: &World) -> (Duration, Duration) {
    let events = nothing_waits(world, "billing_events", Duration::from_secs(240)).await;
    (events, nothing_waits(world, "outbox", Duration::from_secs(240)).await)
}

/// Two nodes, of which one is killed now and then and comes back elsewhere.
struct Nodes {
    urls: RwLock<[String; 2]>,
    processes: [Mutex<Option<Process>>; 2],
}

impl Nodes {
    async fn start(world: &World, office: &PostOffice) -> Self {
        let [one, two] = [serve(world, office, &[]).await, serve(world, office, &[]).await];
        let urls = RwLock::new([one.url.clone(), two.url.clone()]);
        Self { urls, processes: [Mutex::new(Some(one)), Mutex::new(Some(two))] }
    }

    fn url(&self, which: usize) -> String {
        self.urls.read().unwrap()[which % 2].clone()
    }

    /// Dropping is `kill -9`.
    async fn kill_and_replace(&self, which: usize, world: &World, office: &PostOffice) {
        drop(self.processes[which].lock().unwrap().take());
        let fresh = serve(world, office, &[]).await;
        self.urls.write().unwrap()[which].clone_from(&fresh.url);
        *self.processes[which].lock().unwrap() = Some(fresh);
    }
}

/// A node that works as well, and sends mail.
async fn serve(world: &World, office: &PostOffice, more: &[(&str, &str)]) -> Process {
    let url = office.url("");
    let mut settings = vec![("PORTICO_SMTP_URL", url.as_str()), ("PORTICO_MAIL_FROM", "Portico <hello@portico.test>")];
    settings.extend(more);
    Process::run(world, &["serve"], &settings).await
}

/// F1: 10 000 events of 500 organisations, each three times, in no order, by 64 senders to two nodes, of which
/// one is killed five times. In `make test` a twentieth of it.
#[tokio::test(flavor = "multi_thread")]
async fn f1_nothing_is_lost_or_done_twice_while_nodes_are_killed() {
    let (orgs, events_each) = if proving() { (500, 20) } else { (25, 20) };
    let world = World::with_settings(Database::postgres().await, &[("PORTICO_SECRET_KEYS", SECRET_KEYS)]).await;
    let office = PostOffice::start(Privacy::Plain).await;
    let price = world.provider.price("pro", 4900).await;
    let mut lives = Vec::new();
    for n in 0..orgs {
        lives.push(live(&world, n, &price, 14).await);
    }
    let of_customers: Vec<String> = {
        let mut by_customer: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for event in all_events(&world).await {
            let object = &event["data"]["object"];
            let customer = if object["object"] == "customer" { &object["id"] } else { &object["customer"] };
            let Some(customer) = customer.as_str() else { continue };
            by_customer.entry(customer.to_owned()).or_default().push(event.to_string());
        }
        // The newest first, so that each life has its end among them.
        by_customer.into_values().flat_map(|events| events.into_iter().take(events_each)).collect()
    };
    assert_eq!(of_customers.len(), orgs * events_each);
    let mut rng = SmallRng::seed_from_u64(1);
    let mut deliveries: Vec<usize> = (0..of_customers.len()).flat_map(|n| [n; 3]).collect();
    deliveries.shuffle(&mut rng);
    let total = deliveries.len();
    let (events, nodes) = (Arc::new(of_customers), Arc::new(Nodes::start(&world, &office).await));
    let (waiting, acknowledged) = (Arc::new(Mutex::new(VecDeque::from(deliveries))), Arc::new(AtomicUsize::new(0)));
    let mut senders = tokio::task::JoinSet::new();
    let begun = Instant::now();
    for sender in 0..64 {
        let (events, nodes) = (Arc::clone(&events), Arc::clone(&nodes));
        let (waiting, acknowledged) = (Arc::clone(&waiting), Arc::clone(&acknowledged));
        senders.spawn(async move {
            let http = Client::new();
            let mut which: usize = sender;
            loop {
                let Some(next) = waiting.lock().unwrap().pop_front() else { return };
                which += 1;
                if deliver(&http, &nodes.url(which), &events[next]).await {
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                } else {
                    // Once more, later, as the provider does.
                    waiting.lock().unwrap().push_back(next);
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
        });
    }
    for kill in 1..=5 {
        let so_many = total * kill / 6;
        let patience = Duration::from_secs(600);
        until_within(patience, "acknowledged", async || acknowledged.load(Ordering::SeqCst) >= so_many).await;
        nodes.kill_and_replace(kill % 2, &world, &office).await;
    }
    senders.join_all().await;
    // One sender may have ended while another gave back what it could not deliver.
    loop {
        let Some(next) = waiting.lock().unwrap().pop_front() else { break };
        if deliver(&Client::new(), &nodes.url(0), &events[next]).await {
            acknowledged.fetch_add(1, Ordering::SeqCst);
        } else {
            waiting.lock().unwrap().push_back(next);
        }
    }
    assert_eq!(acknowledged.load(Ordering::SeqCst), total);
    let accepting = begun.elapsed();
    let (events_gone, mails_gone) = backlog_gone(&world).await;
    let stored = one_number(&world, "SELECT COUNT(*) FROM billing_events").await;
    assert_eq!(usize::try_from(stored).unwrap(), orgs * events_each, "every event once");
    let others =
        one_number(&world, "SELECT COUNT(*) FROM billing_events WHERE state NOT IN ('applied', 'ignored')").await;
    assert_eq!(others, 0);
    assert_as_the_provider_has_it(&world, &office, &lives).await;
    figure(
        "f1_deliveries_per_second",
        f64::from(u32::try_from(total).unwrap()) / accepting.as_secs_f64(),
        Bar::AtLeast(0.0),
    );
    figure("f1_backlog_gone_after_seconds", events_gone.as_secs_f64(), Bar::Below(60.0));
    figure("f1_mails_sent_after_seconds", mails_gone.as_secs_f64(), Bar::Below(130.0));
}

/// Where a node is killed: before and after each thing that can be half done.
const PLACES: [&str; 7] = [
    "webhook-read",
    "webhook-verified",
    "webhook-stored",
    "sync-fetched",
    "sync-before-commit",
    "sync-written",
    "mail-sent",
];

/// F2: a node dies at each place, a hundred times (in `make test` twice), and another takes over.
#[tokio::test(flavor = "multi_thread")]
async fn f2_wherever_a_node_dies_another_one_finishes() {
    let rounds = if proving() { 100 } else { 2 };
    let world = World::with_settings(Database::postgres().await, &[("PORTICO_SECRET_KEYS", SECRET_KEYS)]).await;
    let office = PostOffice::start(Privacy::Plain).await;
    let price = world.provider.price("pro", 4900).await;
    let (http, mut lives, mut deaths) = (Client::new(), Vec::new(), 0);
    for place in PLACES {
        for _ in 0..rounds {
            let life = live(&world, lives.len(), &price, 0).await;
            let told = world.provider.list("/v1/events?limit=20").await;
            let is_its = |event: &&Value| event["data"]["object"]["customer"] == life.1.as_str();
            let event = told.iter().find(is_its).unwrap().to_string();
            let mut dying = serve(&world, &office, &[("PORTICO_KILL_AT", place)]).await;
            let mut is_acknowledged = false;
            until_within(Duration::from_secs(30), &format!("it dies at {place}"), async || {
                is_acknowledged |= !is_acknowledged && deliver(&http, &dying.url, &event).await;
                dying.is_gone()
            })
            .await;
            deaths += 1;
            lives.push(life);
            if !is_acknowledged {
                // The provider tries again, at whoever is there by then.
                let healthy = Process::serve(&world, &[]).await;
                assert!(deliver(&http, &healthy.url, &event).await, "{place}");
            }
        }
    }
    let _healthy = serve(&world, &office, &[]).await;
    backlog_gone(&world).await;
    assert_as_the_provider_has_it(&world, &office, &lives).await;
    figure("f2_deaths", f64::from(deaths), Bar::AtLeast(7.0 * f64::from(rounds)));
}

/// W-07: whoever runs the product is told by mail, each kind once an hour, however many nodes raise it.
#[tokio::test(flavor = "multi_thread")]
async fn w07_alerts_reach_the_operators_by_mail_and_once() {
    let world = World::with_settings(Database::postgres().await, &[("PORTICO_SECRET_KEYS", SECRET_KEYS)]).await;
    let office = PostOffice::start(Privacy::Plain).await;
    let settings = [("PORTICO_OPERATORS_MAIL", "ann@ops.test, bo@ops.test")];
    let nodes = [serve(&world, &office, &settings).await, serve(&world, &office, &settings).await];
    for n in 0..6 {
        let event = serde_json::json!({
            "id": format!("evt_{n}"), "object": "event", "type": "invoice.paid", "created": 1_795_219_200,
            "livemode": n % 2 == 0, "api_version": "2031-01-01.later",
            "data": {"object": {"id": "in_1", "object": "invoice", "customer": "cus_unknown"}},
        });
        assert!(deliver(&Client::new(), &nodes[n % 2].url, &event.to_string()).await);
    }
    let told = |kind: &str| -> Vec<String> {
        let is_about = |mail: &&testkit::Received| mail.data.contains(kind);
        let mut to: Vec<String> = office.received().iter().filter(is_about).flat_map(|mail| mail.to.clone()).collect();
        to.sort_unstable();
        to
    };
    until("both kinds are told", async || told("event_version").len() >= 2 && told("event_quarantined").len() >= 2)
        .await;
    nothing_waits(&world, "outbox", Duration::from_secs(30)).await;
    for kind in ["event_version", "event_quarantined"] {
        assert_eq!(told(kind), ["ann@ops.test", "bo@ops.test"], "{kind}");
    }
}
