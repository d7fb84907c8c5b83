//! D04, F4: a database that is away gives 503 and a page, and comes back by itself.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use testkit::{Database, World};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Stands between the app and PostgreSQL, and can be cut.
struct Wire {
    cut: Arc<AtomicBool>,
    hang_up: watch::Sender<u32>,
    port: u16,
}

impl Wire {
    async fn to(target: String) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let cut = Arc::new(AtomicBool::new(false));
        let (hang_up, hung_up) = watch::channel(0);
        let is_cut = Arc::clone(&cut);
        tokio::spawn(async move {
            loop {
                let Ok((mut client, _)) = listener.accept().await else { return };
                if is_cut.load(Ordering::SeqCst) {
                    continue;
                }
                let (target, mut hung_up) = (target.clone(), hung_up.clone());
                hung_up.mark_unchanged();
                tokio::spawn(async move {
                    let Ok(mut server) = TcpStream::connect(target).await else { return };
                    tokio::select! {
                        _ = copy_bidirectional(&mut client, &mut server) => {}
                        _ = hung_up.changed() => {}
                    }
                });
            }
        });
        Self { cut, hang_up, port }
    }

    fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
        self.hang_up.send_modify(|n| *n += 1);
    }

    fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d04_away_is_503_and_back_is_back() {
    let mut database = Database::postgres().await;
    let url: url::Url = database.url.parse().unwrap();
    let wire = Wire::to(format!("127.0.0.1:{}", url.port().unwrap())).await;
    let mut through = url.clone();
    through.set_port(Some(wire.port)).unwrap();
    database.url = through.to_string();
    let world = World::on(database).await;
    world.team("acme").await;
    let owner = world.signed_in("owner@acme.test").await;
    owner.open_portal("acme").await;
    let calls = world.provider.portal_calls().await.len();

    wire.cut();
    for path in ["/o/acme/settings/billing", "/o/acme/settings/members", "/"] {
        let begun = Instant::now();
        let page = owner.get(path).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        assert!(page.shows("error-page") && page.body.contains("Back in a moment"), "{path}");
        assert!(page.headers.contains_key("retry-after"), "{path}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{path}: {:?}", begun.elapsed());
    }
    assert_eq!(owner.open_portal("acme").await.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        world.browser().try_sign_in("owner@acme.test", testkit::PASSWORD).await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(world.provider.portal_calls().await.len(), calls, "no call without a decision");
    assert_eq!(owner.get("/healthz").await.status, StatusCode::OK);
    assert_eq!(owner.get("/readyz").await.status, StatusCode::SERVICE_UNAVAILABLE);
    // A page that needs no database is there.
    assert_eq!(world.browser().get("/sign-in").await.status, StatusCode::OK);

    wire.mend();
    let mended = Instant::now();
    while owner.get("/o/acme/settings/billing").await.status != StatusCode::OK {
        assert!(mended.elapsed() < Duration::from_secs(5), "back within five seconds");
    }
    crate::figure("database_back_ms", mended.elapsed().as_millis(), "<5000");
    assert_eq!(owner.open_portal("acme").await.status, StatusCode::SEE_OTHER, "still signed in");
}
