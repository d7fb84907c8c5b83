//! D04, F4: a database that is away gives 503 and a page, within bounds, and comes back by
//! itself: cut off, silent (it takes connections and says nothing), gone without a goodbye,
//! or, for SQLite, held by a writer.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, TransactionTrait};
use store::Store;
use testkit::{Browser, Database, Page, World};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

use crate::{Bar, milliseconds};

/// Four seconds by our own clock (`store/src/bounded.rs`), and what a busy machine adds.
const BOUND: Duration = Duration::from_secs(6);

/// What the line to the database does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Line {
    Open,
    /// Nobody picks up, and who was talking is hung up on.
    Cut,
    /// Somebody picks up and says nothing; who was talking hears nothing more.
    Silent,
}

/// Stands between the app and PostgreSQL.
struct Wire {
    line: watch::Sender<Line>,
    port: u16,
}

impl Wire {
    async fn to(target: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (line, state) = watch::channel(Line::Open);
        tokio::spawn(async move {
            let mut never_answered = Vec::new();
            loop {
                let Ok((client, _)) = listener.accept().await else { return };
                let now = *state.borrow();
                match now {
                    Line::Cut => {}
                    Line::Silent => never_answered.push(client),
                    Line::Open => {
                        tokio::spawn(talk(client, target.clone(), state.clone()));
                    }
                }
            }
        });
        Self { line, port }
    }

    fn set(&self, line: Line) {
        self.line.send_replace(line);
    }

    /// A world whose PostgreSQL is at the other end.
    async fn world() -> (Self, World) {
        let mut database = Database::postgres().await;
        let url: url::Url = database.url.parse().unwrap();
        let wire = Self::to(format!("127.0.0.1:{}", url.port().unwrap())).await;
        let mut through = url.clone();
        through.set_port(Some(wire.port)).unwrap();
        database.url = through.to_string();
        (wire, World::on(database).await)
    }
}

/// Until the line is cut. What was begun on a line that fell silent stays silent for ever, as
/// with a server that vanished: only new conversations find the one that came in its place.
async fn talk(client: TcpStream, target: String, state: watch::Receiver<Line>) {
    let Ok(server) = TcpStream::connect(target).await else { return };
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut cut = state.clone();
    tokio::select! {
        () = carry(&mut from_client, &mut to_server, state.clone()) => {}
        () = carry(&mut from_server, &mut to_client, state.clone()) => {}
        () = becomes(&mut cut, Line::Cut) => {}
    }
}

async fn becomes(state: &mut watch::Receiver<Line>, wanted: Line) {
    let _ = state.wait_for(|line| *line == wanted).await;
}

async fn carry(
    from: &mut (impl AsyncReadExt + Unpin),
    to: &mut (impl AsyncWriteExt + Unpin),
    mut state: watch::Receiver<Line>,
) {
    let mut bytes = vec![0; 8_192];
    loop {
        tokio::select! {
            biased;
            () = becomes(&mut state, Line::Silent) => std::future::pending().await,
            read = from.read(&mut bytes) => match read {
                Ok(read @ 1..) if to.write_all(&bytes[..read]).await.is_ok() => {}
                _ => return,
            },
        }
    }
}

async fn timed<T>(asked: impl Future<Output = T>) -> (T, Duration) {
    let begun = Instant::now();
    (asked.await, begun.elapsed())
}

/// A clear page within the bound, whatever is asked; no call to the provider.
async fn everything_is_503(world: &World, owner: &Browser, bound: Duration) -> Duration {
    let calls = world.provider.portal_calls().await.len();
    let stranger = world.browser();
    let (billing, members, home, portal, signing_in, ready) = tokio::join!(
        timed(owner.get("/o/acme/settings/billing")),
        timed(owner.get("/o/acme/settings/members")),
        timed(owner.get("/")),
        timed(owner.open_portal("acme")),
        timed(stranger.try_sign_in("owner@acme.test", testkit::PASSWORD)),
        timed(owner.get("/readyz")),
    );
    let (ready, mut slowest) = ready;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    for (n, (page, took)) in [billing, members, home, portal, signing_in].into_iter().enumerate() {
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{n}");
        assert!(page.shows("error-page") && page.body.contains("Back in a moment"), "{n}");
        assert!(page.headers.contains_key("retry-after") && page.location().is_none(), "{n}");
        slowest = slowest.max(took);
    }
    assert!(slowest < bound, "{slowest:?}");
    assert_eq!(world.provider.portal_calls().await.len(), calls, "no call without a decision");
    let (alive, took) = timed(owner.get("/healthz")).await;
    assert_eq!(alive.status, StatusCode::OK);
    assert!(took < Duration::from_secs(1), "alive all the same: {took:?}");
    // A page that needs no database is there.
    assert_eq!(world.browser().get("/sign-in").await.status, StatusCode::OK);
    slowest
}

async fn back_within_five_seconds(name: &str, owner: &Browser) {
    let mended = Instant::now();
    while owner.get("/o/acme/settings/billing").await.status != StatusCode::OK {
        assert!(mended.elapsed() < Duration::from_secs(10), "back");
    }
    crate::figure(name, milliseconds(mended.elapsed()), Bar::Below(5_000.0));
    assert_eq!(owner.open_portal("acme").await.status, StatusCode::SEE_OTHER, "still signed in");
    assert_eq!(owner.get("/readyz").await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn d04_cut_off_is_503_and_back_is_back() {
    let (wire, world) = Wire::world().await;
    world.team("acme").await;
    let owner = world.signed_in("owner@acme.test").await;
    owner.open_portal("acme").await;
    wire.set(Line::Cut);
    everything_is_503(&world, &owner, BOUND).await;
    wire.set(Line::Open);
    back_within_five_seconds("database_back_ms", &owner).await;
}

/// Nothing tells that it is gone: no reply, no reset. Everybody who asks is answered within the
/// bound, also twice as many at once as there are connections; and what was lost with the
/// silent ones is found again by new ones.
#[tokio::test(flavor = "multi_thread")]
async fn d04_silent_is_503_within_bounds_and_back_is_back() {
    let (wire, world) = Wire::world().await;
    world.team("acme").await;
    let owner = world.signed_in("owner@acme.test").await;
    // Connections that were busy a moment ago aren't asked whether they live.
    for page in at_once(&owner, "/o/acme/settings/members").await {
        assert_eq!(page.status, StatusCode::OK);
    }
    owner.open_portal("acme").await;
    wire.set(Line::Silent);
    let begun = Instant::now();
    for page in at_once(&owner, "/o/acme/settings/members").await {
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.shows("error-page") && page.headers.contains_key("retry-after"));
    }
    crate::figure("silent_database_first_503_ms", milliseconds(begun.elapsed()), Bar::Below(milliseconds(BOUND)));
    let slowest = everything_is_503(&world, &owner, BOUND).await;
    crate::figure("silent_database_later_503_ms", milliseconds(slowest), Bar::Below(milliseconds(BOUND)));
    wire.set(Line::Open);
    back_within_five_seconds("silent_database_back_ms", &owner).await;
}

async fn at_once(owner: &Browser, path: &'static str) -> Vec<Page> {
    let ask = |browser: Browser| tokio::spawn(async move { browser.get(path).await });
    let asked: Vec<_> = (0..32).map(|_| ask(owner.clone())).collect();
    let mut pages = Vec::new();
    for page in asked {
        pages.push(page.await.unwrap());
    }
    pages
}

/// SQLite has one writer. While somebody else is it (a backup, another process), reading goes
/// on, and what must be written is told so within bounds and leaves nothing behind.
#[tokio::test(flavor = "multi_thread")]
async fn d04_a_writer_that_holds_sqlite_is_503_for_writes_only() {
    let world = World::on(Database::sqlite().await).await;
    let acme = world.team("acme").await;
    let owner = world.signed_in("owner@acme.test").await;
    owner.open_portal("acme").await;
    let calls = world.provider.portal_calls().await.len();
    let entries = world.store().list_audit_entries(acme, 0, 50).await.unwrap().entries.len();

    let other = Store::open(&world.database.url).await.unwrap();
    let held = other.connection().begin().await.unwrap();
    held.execute_unprepared("UPDATE users SET name = name").await.unwrap();
    let begun = Instant::now();
    for path in ["/o/acme/settings/billing", "/o/acme/settings/members", "/", "/readyz"] {
        assert_eq!(owner.get(path).await.status, StatusCode::OK, "reading goes on: {path}");
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    let stranger = world.browser();
    let ((signing_in, a), (opened, b), (out, c)) = tokio::join!(
        timed(stranger.try_sign_in("viewer@acme.test", testkit::PASSWORD)),
        timed(owner.open_portal("acme")),
        timed(owner.sign_out()),
    );
    for (what, page) in [("signing in", &signing_in), ("opening", &opened), ("signing out", &out)] {
        // What can't be written down does not happen, and nobody is told that it did.
        assert_eq!((page.status, page.location()), (StatusCode::SERVICE_UNAVAILABLE, None), "{what}");
        assert!(page.shows("error-page") && page.headers.contains_key("retry-after"), "{what}");
        assert_eq!(page.cookies(), [] as [&str; 0], "{what}");
    }
    let slowest = a.max(b).max(c);
    crate::figure("held_sqlite_503_ms", milliseconds(slowest), Bar::Below(milliseconds(BOUND)));
    held.rollback().await.unwrap();

    let mended = Instant::now();
    assert_eq!(owner.open_portal("acme").await.status, StatusCode::SEE_OTHER, "still signed in, at once");
    world.signed_in("viewer@acme.test").await;
    crate::figure("held_sqlite_back_ms", milliseconds(mended.elapsed()), Bar::Below(5_000.0));
    assert!(world.provider.portal_calls().await.len() > calls);
    let now = world.store().list_audit_entries(acme, 0, 50).await.unwrap().entries.len();
    assert_eq!(now, entries + 1, "the one that happened");
}
