//! Somebody who listens to webhooks, and answers as told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;

/// What came in.
#[derive(Debug, Clone)]
pub struct Received {
    pub body: String,
    pub signature: String,
    pub event: Value,
}

#[derive(Default)]
struct Desk {
    received: Vec<Received>,
    answers: VecDeque<u16>,
}

pub struct Receiver {
    pub url: String,
    desk: Arc<Mutex<Desk>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn take(State(desk): State<Arc<Mutex<Desk>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let body = String::from_utf8(body.to_vec()).unwrap();
    let signature = headers["stripe-signature"].to_str().unwrap().to_owned();
    let event = serde_json::from_str(&body).unwrap();
    let mut desk = desk.lock().unwrap();
    desk.received.push(Received { body, signature, event });
    StatusCode::from_u16(desk.answers.pop_front().unwrap_or(200)).unwrap()
}

/// Listens, and answers with these statuses in turn, then with 200.
pub async fn receiver(answers: &[u16]) -> Receiver {
    let desk = Arc::new(Mutex::new(Desk { answers: answers.iter().copied().collect(), ..Desk::default() }));
    let app = Router::new().route("/hook", post(take)).with_state(Arc::clone(&desk));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    Receiver { url, desk, task }
}

impl Receiver {
    pub fn received(&self) -> Vec<Received> {
        self.desk.lock().unwrap().received.clone()
    }

    /// What came in, once it is at least `count`; a test that waits ten seconds has failed.
    pub async fn after(&self, count: usize) -> Vec<Received> {
        until(|| self.received().len() >= count).await;
        self.received()
    }
}

/// Waits for a condition, at most ten seconds.
pub async fn until(holds: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < deadline, "it did not come about in ten seconds");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
