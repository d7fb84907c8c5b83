//! D01, D04: too much is refused early and clearly.

use std::time::{Duration, Instant};

use reqwest::StatusCode;
use testkit::{Database, Page, World};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::actions::every_action;

/// As `server/src/middleware/body.rs` has it.
const LIMIT: usize = 256 * 1024;

/// A conversation by hand: what no proper client sends.
async fn connect(world: &World) -> TcpStream {
    TcpStream::connect(world.node.url.strip_prefix("http://").unwrap()).await.unwrap()
}

/// The first line of the reply.
async fn first_line(socket: &mut TcpStream) -> String {
    let mut reply = vec![0; 64];
    let read = tokio::time::timeout(Duration::from_secs(10), socket.read(&mut reply)).await.unwrap().unwrap();
    String::from_utf8_lossy(&reply[..read]).lines().next().unwrap_or_default().to_owned()
}

/// The head of a form whose length is not known beforehand.
fn chunked(world: &World, path: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nOrigin: {}\r\nAccept: text/html\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n",
        world.node.url
    )
}

/// D01: every action there is, by the framework's registry, and pages as well: with a length
/// that says so, and in chunks that never end.
#[tokio::test(flavor = "multi_thread")]
async fn d01_large_bodies_are_refused_everywhere() {
    let world = World::on(Database::sqlite().await).await;
    let mut places = every_action();
    places.extend(["/", "/sign-in", "/o/acme/settings", "/nowhere/at/all"]);
    for place in places {
        let is_action = place.starts_with("/api/");
        let announced = world.browser().form(place, &[]).body(format!("email={}", "x".repeat(LIMIT)));
        let page = Page::of(announced).await;
        let refused = [StatusCode::PAYLOAD_TOO_LARGE, StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
        assert!(refused.contains(&page.status), "{place}: {}", page.status);
        assert!(!is_action || page.status == StatusCode::PAYLOAD_TOO_LARGE, "{place}: {}", page.status);
        assert!(page.shows("error-page"));

        // One byte more than fits, and no end: it must not wait for the rest, nor for its own time-out.
        let mut socket = connect(&world).await;
        socket.write_all(chunked(&world, place).as_bytes()).await.unwrap();
        let mut left = LIMIT + 1;
        while left > 0 {
            let now = left.min(8_000);
            socket.write_all(format!("{now:x}\r\n{}\r\n", "x".repeat(now)).as_bytes()).await.unwrap();
            left -= now;
        }
        let begun = Instant::now();
        let line = first_line(&mut socket).await;
        assert!(
            line.contains(" 413 ") || (!is_action && (line.contains(" 404 ") || line.contains(" 405 "))),
            "{place}: {line}"
        );
        assert!(begun.elapsed() < Duration::from_secs(3), "{place}: {:?}", begun.elapsed());

        // As much as fits, in chunks, is read.
        let mut socket = connect(&world).await;
        let body = format!("{LIMIT:x}\r\n{}\r\n0\r\n\r\n", "x".repeat(LIMIT));
        socket.write_all((chunked(&world, place) + &body).as_bytes()).await.unwrap();
        let line = first_line(&mut socket).await;
        assert!(!line.contains(" 413 ") && !line.contains(" 5"), "{place}: {line}");
    }
    assert_eq!(world.browser().get("/healthz").await.status, StatusCode::OK);
}

/// Within the limit, and still made to be expensive: many fields, deep names, all escapes.
#[tokio::test]
async fn d01_what_fits_is_read_quickly() {
    let world = World::on(Database::sqlite().await).await;
    let many: String = (0..40_000).map(|n| format!("a{n}=&")).collect();
    let deep = format!("org{}=1", "[a]".repeat(80_000));
    let escapes = format!("org={}", "%3c".repeat(80_000));
    for action in every_action() {
        for body in [&many[..LIMIT - 1], &deep, &escapes] {
            let begun = Instant::now();
            let page = Page::of(world.browser().form(action, &[]).body(body.to_owned())).await;
            assert!(page.status.is_client_error() || page.status.is_redirection(), "{action}: {}", page.status);
            assert!(begun.elapsed() < Duration::from_secs(2), "{action}: {:?}", begun.elapsed());
        }
    }
}

/// D04: whoever sends a form slowly, however often, holds up nobody else.
#[tokio::test(flavor = "multi_thread")]
async fn d04_slow_forms_take_no_places() {
    let world = World::on(Database::sqlite().await).await;
    world.team("acme").await;
    let address = world.node.url.strip_prefix("http://").unwrap();
    let mut slow = Vec::new();
    for _ in 0..600 {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nOrigin: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ne",
            world.node.url
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        slow.push(socket);
    }
    assert_eq!(world.browser().get("/sign-in").await.status, StatusCode::OK);
    world.signed_in("owner@acme.test").await;
    // And each is told in the end.
    let mut reply = vec![0; 64];
    let read = slow[0].read(&mut reply).await.unwrap();
    assert!(String::from_utf8_lossy(&reply[..read]).contains(" 408 "));
}

/// A length that is not true must not be believed, nor a body awaited for ever.
#[tokio::test]
async fn d01_an_announced_length_reserves_nothing() {
    let world = World::on(Database::sqlite().await).await;
    let address = world.node.url.strip_prefix("http://").unwrap();
    for length in ["9223372036854775808", "5368709120", "18446744073709551616", "-1", "1e9"] {
        let mut socket = TcpStream::connect(address).await.unwrap();
        let head = format!(
            "POST /api/auth/sign-in HTTP/1.1\r\nHost: x\r\nOrigin: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n",
            world.node.url
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut reply = vec![0; 64];
        let read = socket.read(&mut reply).await.unwrap();
        let line = String::from_utf8_lossy(&reply[..read]).to_string();
        assert!(line.contains(" 413 ") || line.contains(" 400 ") || line.contains(" 431 "), "{length}: {line}");
    }
    assert_eq!(world.browser().get("/healthz").await.status, StatusCode::OK);
}
