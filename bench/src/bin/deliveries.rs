//! Delivers signed events to a webhook, each new, and says how it went.
//!
//! `deliveries URL SECONDS CONNECTIONS PREFIX [PER_SECOND]` prints one line of JSON: how many were accepted in
//! a second, and the median and the 99th percentile of the time until the 2xx, in milliseconds. With `PER_SECOND`
//! they are sent at that steady rate, and a time begins when a delivery was due.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, Mac};
use reqwest::Client;
use sha2::{Digest, Sha256};

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, seconds, connections, prefix, rate @ ..] = arguments.as_slice() else {
        return Err("usage: deliveries URL SECONDS CONNECTIONS PREFIX [PER_SECOND]".into());
    };
    let (seconds, connections) = (Duration::from_secs_f64(seconds.parse()?), connections.parse::<usize>()?);
    let rate: Option<f64> = rate.first().map(|rate| rate.parse()).transpose()?;
    let client = Client::builder().pool_max_idle_per_host(connections).build()?;
    let (next, begun) = (Arc::new(AtomicU64::new(0)), Instant::now());
    let mut senders = tokio::task::JoinSet::new();
    for _ in 0..connections {
        let (client, next, url, prefix) = (client.clone(), Arc::clone(&next), url.clone(), prefix.clone());
        senders.spawn(async move { send(&client, &url, &prefix, &next, begun, seconds, rate).await });
    }
    let mut times = Vec::new();
    for taken in senders.join_all().await {
        times.extend(taken?);
    }
    times.sort_unstable();
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let per_second = times.len() as f64 / begun.elapsed().as_secs_f64();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e3);
    println!("{{\"per_second\":{per_second:.1},\"p50\":{:.3},\"p99\":{:.3}}}", at(50), at(99));
    Ok(())
}

async fn send(
    client: &Client,
    url: &str,
    prefix: &str,
    next: &AtomicU64,
    begun: Instant,
    seconds: Duration,
    rate: Option<f64>,
) -> Result<Vec<Duration>, Failure> {
    let mut times = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let mut due = Instant::now();
        if let Some(rate) = rate {
            #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
            let at = begun + Duration::from_secs_f64(number as f64 / rate);
            tokio::time::sleep_until(at.into()).await;
            due = at;
        }
        if due.duration_since(begun) >= seconds {
            return Ok(times);
        }
        let body = event(prefix, number);
        let reply = client.post(url).header("stripe-signature", signature(&body)?).body(body).send().await?;
        if !reply.status().is_success() {
            return Err(format!("{url} answers {}", reply.status()).into());
        }
        reply.bytes().await?;
        times.push(due.elapsed());
    }
}

/// About as large as an invoice's.
fn event(prefix: &str, number: u64) -> String {
    let customer = number % 100;
    let lines = "x".repeat(3000);
    // In no order, as the provider's are.
    let id = hex(&Sha256::digest(format!("{prefix} {number}"))[..12]);
    format!(
        "{{\"id\":\"evt_{id}\",\"object\":\"event\",\"type\":\"invoice.paid\",\"created\":1795219200,\
         \"livemode\":false,\"api_version\":\"2026-09-30.endive\",\"data\":{{\"object\":{{\"id\":\"in_{number}\",\
         \"object\":\"invoice\",\"customer\":\"cus_bench{customer}\",\"description\":\"{lines}\"}}}}}}"
    )
}

fn signature(body: &str) -> Result<String, Failure> {
    #[expect(clippy::disallowed_methods, reason = "a delivery is signed for the time it is sent at")]
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let mut mac = Hmac::<Sha256>::new_from_slice(b"whsec_sandbox").map_err(|error| error.to_string())?;
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body.as_bytes());
    Ok(format!("t={seconds},v1={}", hex(&mac.finalize().into_bytes())))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
