//! Requests per second of the sandbox beside a bare axum handler with answers of the same size, in
//! one run, and the memory that objects, events and the request log take.
//!
//! `cargo bench -p sandbox --bench requests [-- SECONDS] [PART OF A NAME]`. Ends with exit code 1 if the sandbox
//! answers less than a fifth of what the bare handler does.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that can't be made ends by panicking")]

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::any;
use sandbox::{Options, Running};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const BAR: f64 = 0.2;
const CONNECTIONS: usize = 8;
const ROUNDS: usize = 3;
/// What stands in the sandbox before the last measurements.
const CUSTOMERS: usize = 20_000;

fn main() {
    // `cargo test --all-targets` runs this program as well, and does not want a measurement.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let seconds = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(2.0);
    // Part of a name: only those are measured.
    let only =
        std::env::args().skip(1).find(|argument| !argument.starts_with("--") && argument.parse::<f64>().is_err());
    let (servers, clients) = (Runtime::new().unwrap(), Runtime::new().unwrap());
    // As the program runs it.
    let alone = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let folder = tempfile::tempdir().unwrap();
    println!("{CONNECTIONS} connections, {ROUNDS} rounds of {seconds} s, medians; bar: {BAR} of the bare handler");
    println!("{:66} {:>8} {:>9} {:>6}", "", "bare/s", "sandbox/s", "ratio");
    let mut is_good = true;
    for (state, filled) in [(None, CUSTOMERS), (None, 0), (Some(folder.path().join("state")), CUSTOMERS)] {
        let running = alone.block_on(start(state.clone()));
        let before = resident();
        clients.block_on(fill(running.address(), filled));
        if filled > 0 && state.is_none() {
            let each = resident().saturating_sub(before) * 1024 / u64::try_from(filled).unwrap_or(1);
            println!("memory: {each} bytes for a customer, its event and its request");
        }
        let setting = format!("{filled} customers{}", if state.is_some() { ", with --state" } else { "" });
        let customer = clients.block_on(exchange(running.address(), &create("first")));
        let id = customer.split("\"id\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let bare = servers.block_on(bare(customer.into_bytes()));
        for (name, request) in [
            ("GET one customer", get(&format!("/v1/customers/{id}"))),
            ("POST a new customer", create("another")),
            ("POST a change that changes nothing", post(&format!("/v1/customers/{id}"), "name=first")),
        ] {
            if only.as_ref().is_some_and(|only| !name.contains(only.as_str())) {
                continue;
            }
            let ratio = compare(&clients, bare, running.address(), &request, seconds, &format!("{name}, {setting}"));
            // A file that every change is written to is not in the bar.
            is_good &= ratio >= BAR || state.is_some();
        }
        alone.block_on(running.stop());
    }
    println!("memory: {} MB resident in the end", resident() / 1024);
    std::process::exit(i32::from(!is_good));
}

async fn start(state_file: Option<PathBuf>) -> Running {
    let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.expect("a port");
    sandbox::serve(listener, Options { state_file, seed: Some(1), ..Options::default() }).await.expect("a sandbox")
}

/// A handler that does nothing but answer.
async fn bare(body: Vec<u8>) -> SocketAddr {
    let body = Bytes::from(body);
    let app = Router::new()
        .route("/{*any}", any(move || async move { ([(header::CONTENT_TYPE, "application/json")], body) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: sandbox\r\nauthorization: Bearer sk_test_sandbox\r\n\r\n")
}

fn post(path: &str, form: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: sandbox\r\nauthorization: Bearer sk_test_sandbox\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    )
}

fn create(name: &str) -> String {
    post("/v1/customers", &format!("name={name}&email=owner%40acme.test&metadata[org]=7"))
}

async fn fill(address: SocketAddr, count: usize) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        tasks.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            for _ in 0..count / CONNECTIONS {
                ask(&mut stream, &create("one of many")).await;
            }
        });
    }
    tasks.join_all().await;
}

/// The ratio of the medians, printed.
fn compare(clients: &Runtime, bare: SocketAddr, sandbox: SocketAddr, request: &str, seconds: f64, name: &str) -> f64 {
    let mut rates = [Vec::new(), Vec::new()];
    for round in 0..=ROUNDS {
        for (place, address) in [bare, sandbox].into_iter().enumerate() {
            let rate = clients.block_on(load(address, request, seconds));
            // The first round is for warming up.
            if round > 0 {
                rates[place].push(rate);
            }
        }
    }
    let [bare, sandbox] = rates.map(|mut rates| {
        rates.sort_by(f64::total_cmp);
        rates[rates.len() / 2]
    });
    println!("{name:66} {bare:>8.0} {sandbox:>9.0} {:>6.2}", sandbox / bare);
    sandbox / bare
}

async fn load(address: SocketAddr, request: &str, seconds: f64) -> f64 {
    let done = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let end = started + Duration::from_secs_f64(seconds);
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (done, request) = (Arc::clone(&done), request.to_owned());
        tasks.spawn(async move {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.set_nodelay(true).unwrap();
            while Instant::now() < end {
                ask(&mut stream, &request).await;
                done.fetch_add(1, Ordering::Relaxed);
            }
        });
    }
    tasks.join_all().await;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let done = done.load(Ordering::Relaxed) as f64;
    done / started.elapsed().as_secs_f64()
}

async fn exchange(address: SocketAddr, request: &str) -> String {
    ask(&mut TcpStream::connect(address).await.unwrap(), request).await
}

/// One request and its whole answer, which must be a 200.
async fn ask(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut got = Vec::with_capacity(4096);
    loop {
        assert_ne!(stream.read_buf(&mut got).await.unwrap(), 0, "the connection was closed");
        let Some(head) = got.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let text = std::str::from_utf8(&got[..head]).unwrap();
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
        if got.len() >= head + 4 + length.parse::<usize>().unwrap() {
            return String::from_utf8(got.split_off(head + 4)).unwrap();
        }
    }
}

/// Resident memory of this process, in kB.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
