//! D03: who sends half a header, or nothing, is let go, and holds up nobody meanwhile.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use testkit::{Browser, Database, World};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{Bar, process::Process};

/// What a connection may begin with and not go on.
const HALVES: [&str; 5] = [
    "",
    "G",
    "GET /sign-in HTTP/1.1\r\nHost: x\r\nAccept: text/ht",
    "POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n",
    // A whole request, and then half of the next.
    "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HT",
];

#[tokio::test(flavor = "multi_thread")]
async fn d03_half_a_header_is_not_waited_for() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let portico = Process::serve(&world, &[]).await;
    let address = portico.url.strip_prefix("http://").unwrap();
    let begun = Instant::now();
    let mut halves = Vec::new();
    for n in 0..100 {
        let mut socket = TcpStream::connect(address).await.unwrap();
        socket.write_all(HALVES[n % HALVES.len()].as_bytes()).await.unwrap();
        halves.push(socket);
    }
    // One of them keeps sending, a little at a time: that buys no time either.
    let mut drip = TcpStream::connect(address).await.unwrap();
    drip.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
    let drip = tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(500));
        while drip.write_all(b"X-A: b\r\n").await.is_ok() {
            ticks.tick().await;
            assert!(begun.elapsed() < Duration::from_secs(30), "still listened to");
        }
    });

    // Everybody else is answered meanwhile.
    let mut slowest = Duration::ZERO;
    let owner = Browser::at(&portico.url);
    owner.sign_in("owner@acme.test").await;
    for _ in 0..20 {
        let asked = Instant::now();
        assert_eq!(owner.get("/o/acme/settings").await.status, StatusCode::OK);
        slowest = slowest.max(asked.elapsed());
    }
    crate::figure("page_slowest_ms_beside_100_half_headers", crate::milliseconds(slowest), Bar::Below(1_000.0));

    for (n, mut socket) in halves.into_iter().enumerate() {
        let mut said = Vec::new();
        let closed = tokio::time::timeout(Duration::from_secs(30), socket.read_to_end(&mut said)).await;
        assert!(closed.is_ok(), "{:?} is still held open", HALVES[n % HALVES.len()]);
        let said = String::from_utf8_lossy(&said);
        assert_eq!(said.contains(" 200 "), n % HALVES.len() == 4, "what was whole was answered: {said}");
    }
    crate::figure("half_headers_all_closed_s", begun.elapsed().as_secs_f64(), Bar::Below(30.0));
    drip.await.unwrap();
    assert_eq!(owner.get("/o/acme/settings").await.status, StatusCode::OK, "a new connection for who was away");
}

/// X01: told to stop, it finishes what is under way, takes nothing new, and goes.
#[tokio::test(flavor = "multi_thread")]
async fn x01_told_to_stop_it_finishes_what_it_has() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let mut portico = Process::serve(&world, &[]).await;
    let owner = Browser::at(&portico.url);
    owner.sign_in("owner@acme.test").await;
    owner.open_portal("acme").await;
    // A connection that has had its answer and idles does not keep it from stopping.
    let address = portico.url.strip_prefix("http://").unwrap().to_owned();
    let mut idle = TcpStream::connect(&address).await.unwrap();
    idle.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(idle.read(&mut [0; 64]).await.unwrap() > 0);
    let fault = serde_json::json!({"kind": "delay_ms", "value": 1_000, "times": 1});
    world.provider.fail("POST /v1/billing_portal/sessions", fault).await;
    let calls = world.provider.portal_calls().await.len();
    let under_way = {
        let owner = owner.clone();
        tokio::spawn(async move { owner.open_portal("acme").await })
    };
    let begun = Instant::now();
    while world.provider.portal_calls().await.len() == calls {
        assert!(begun.elapsed() < Duration::from_secs(10), "the call is out");
        tokio::task::yield_now().await;
    }
    portico.terminate();
    let page = under_way.await.unwrap();
    assert_eq!(page.status, StatusCode::SEE_OTHER, "finished");
    let begun = Instant::now();
    while !portico.is_gone() {
        assert!(begun.elapsed() < Duration::from_secs(5), "gone: {}", portico.log());
        tokio::task::yield_now().await;
    }
    assert!(TcpStream::connect(&address).await.is_err(), "and takes nothing new");
}
