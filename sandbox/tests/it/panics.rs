//! A defect in the background is caught and shown, and time goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use sandbox::Options;
use sandbox::clock::{Clock, ManualClock};
use serde_json::{Value, json};

use crate::receiver::{receiver, until};
use crate::started::{KEY, START, answered};

/// A clock that panics when it is next read, once it is told to. The only door for a planted panic: a
/// program has no such clock, and no request reaches it.
struct Planted {
    clock: ManualClock,
    is_armed: AtomicBool,
}

impl Clock for Planted {
    fn now(&self) -> i64 {
        assert!(!self.is_armed.swap(false, Ordering::SeqCst), "planted by a test");
        self.clock.now()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_in_the_background_does_not_stop_time() {
    let clock = Arc::new(Planted { clock: ManualClock::at(START), is_armed: AtomicBool::new(false) });
    let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let running = sandbox::serve(listener, Options { clock: clock.clone(), ..Options::default() }).await.unwrap();
    let receiver = receiver(&[]).await;
    let http = reqwest::Client::new();
    let post = |path: &str, form: String| {
        let request = http.post(format!("{}{path}", running.url())).bearer_auth(KEY);
        answered(request.header("content-type", "application/x-www-form-urlencoded").body(form))
    };
    let target = json!({"url": receiver.url, "secret": "whsec_sandbox"});
    http.post(format!("{}/_sandbox/webhooks", running.url())).json(&target).send().await.unwrap();
    let session = "mode=setup&currency=eur&success_url=http://a.test/";
    let (status, session) = post("/v1/checkout/sessions", session.to_owned()).await;
    assert_eq!(status, 200, "{session}");
    // No request is made from here on, so it is the background that reads the clock.
    for _ in 0..3 {
        clock.is_armed.store(true, Ordering::SeqCst);
        until(|| !clock.is_armed.load(Ordering::SeqCst)).await;
    }
    // Time passes, and what is due in it happens and is told, without anybody asking.
    clock.clock.advance(25 * 60 * 60);
    let is_told = |event: &Value| event["type"] == "checkout.session.expired";
    until(|| receiver.received().iter().any(|got| is_told(&got.event))).await;
    running.stop().await;
}
