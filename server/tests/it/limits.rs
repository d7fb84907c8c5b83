//! D01, D04: too much is refused early and clearly.

use reqwest::StatusCode;
use testkit::{Database, Page, World};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

#[tokio::test]
async fn d01_large_bodies_are_refused_for_every_action() {
    let world = World::on(Database::sqlite().await).await;
    for action in ["/api/auth/sign-in", "/api/auth/sign-out", "/api/billing/open-portal"] {
        let form = world.browser().form(action, &[]).body(format!("email={}", "x".repeat(70_000)));
        let page = Page::of(form).await;
        assert_eq!(page.status, StatusCode::PAYLOAD_TOO_LARGE, "{action}");
        assert!(page.shows("error-page"));
    }
    let many: String = (0..10_000).map(|n| format!("a{n}=1&")).collect();
    let page = Page::of(world.browser().form("/api/auth/sign-in", &[]).body(many)).await;
    assert!(page.status.is_client_error() || page.status.is_redirection(), "{}", page.status);
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
