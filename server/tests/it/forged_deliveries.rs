//! W01: a hundred deliveries that were forged or altered, beside one that Stripe's own SDK signed.

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use testkit::{World, each_database};

const SECRET: &str = "whsec_sandbox";

/// What Stripe's SDK for Node puts into the header.
async fn signed_by_the_sdk(wanted: Vec<Value>) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), json!(wanted).to_string()).unwrap();
    let mut node = std::process::Command::new("node");
    node.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/sign.mjs")).arg(file.path());
    let output = tokio::task::spawn_blocking(move || node.output()).await.unwrap();
    let output = output.expect("node; run scripts/setup test");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said} (after scripts/setup test?)");
    serde_json::from_slice(&output.stdout).unwrap()
}

struct Delivery {
    what: String,
    body: Vec<u8>,
    headers: Vec<String>,
}

impl Delivery {
    fn new(what: impl Into<String>, body: &[u8], header: impl Into<String>) -> Self {
        Self { what: what.into(), body: body.to_vec(), headers: vec![header.into()] }
    }

    async fn post(&self, node: &str) -> StatusCode {
        let mut request = Client::new().post(format!("{node}/webhooks/stripe")).body(self.body.clone());
        for header in &self.headers {
            request = request.header("stripe-signature", header);
        }
        request.send().await.unwrap().status()
    }
}

/// Bytes of the body, one changed at a time; what stands around it; and what a proxy might do to it.
fn other_bodies(body: &[u8], good: &str) -> Vec<Delivery> {
    let mut all = Vec::new();
    for n in 0..30 {
        let place = body.len() * n / 30;
        let mut other = body.to_vec();
        other[place] ^= 1;
        all.push(Delivery::new(format!("byte {place}"), &other, good));
    }
    let text = std::str::from_utf8(body).unwrap();
    let value: Value = serde_json::from_str(text).unwrap();
    for (what, other) in [
        ("a space behind", format!("{text} ")),
        ("a line behind", format!("{text}\n")),
        ("a space before", format!(" {text}")),
        ("a byte order mark", format!("\u{feff}{text}")),
        ("twice", format!("{text}{text}")),
        ("without its end", text[..text.len() - 1].to_owned()),
        ("written anew", serde_json::to_string_pretty(&value).unwrap()),
        ("another amount", text.replace("4900", "1")),
        ("another customer", text.replace("cus_1", "cus_2")),
        ("nothing", String::new()),
    ] {
        all.push(Delivery::new(what, other.as_bytes(), good));
    }
    all
}

fn other_headers(body: &[u8], good: &str) -> Vec<Delivery> {
    let (t, v1) = good.split_once(",v1=").unwrap();
    let at: i64 = t.strip_prefix("t=").unwrap().parse().unwrap();
    let mut all = Vec::new();
    for n in 0..20 {
        let place = 3 * n;
        let flipped = if v1.as_bytes()[place] == b'0' { '1' } else { '0' };
        let other = format!("{}{flipped}{}", &v1[..place], &v1[place + 1..]);
        all.push(Delivery::new(format!("digit {place}"), body, format!("{t},v1={other}")));
    }
    for (what, header) in [
        ("a second later", format!("t={},v1={v1}", at + 1)),
        ("a second earlier", format!("t={},v1={v1}", at - 1)),
        ("in milliseconds", format!("t={at}000,v1={v1}")),
        ("a point in it", format!("t={at}.0,v1={v1}")),
        ("no time", format!("v1={v1}")),
        ("no signature", t.to_owned()),
        ("an empty signature", format!("{t},v1=")),
        ("empty", String::new()),
        ("an older scheme", format!("{t},v0={v1}")),
        ("a scheme to come", format!("{t},v2={v1}")),
        ("without its end", format!("{t},v1={}", &v1[..62])),
        ("more at its end", format!("{t},v1={v1}00")),
        ("other separators", format!("{t};v1={v1}")),
        ("not hexadecimal", format!("{t},v1={}", "g".repeat(64))),
        ("the secret itself", format!("{t},v1={SECRET}")),
        ("a negative time", format!("t=-{at},v1={v1}")),
    ] {
        all.push(Delivery::new(what, body, header));
    }
    all.push(Delivery { headers: Vec::new(), ..Delivery::new("no header", body, "") });
    let twice = vec![good.to_owned(), format!("{t},v1={}", "0".repeat(64))];
    all.push(Delivery { headers: twice, ..Delivery::new("two headers", body, "") });
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn w01_of_a_hundred_forged_or_altered_deliveries_none_has_an_effect() {
    each_database(|database| async {
        let world = World::on(database).await;
        world.team("acme").await;
        let event = json!({
            "id": "evt_forged", "object": "event", "type": "invoice.paid", "created": 1_795_219_200, "livemode": false,
            "api_version": "2026-09-30.endive",
            "data": {"object": {"id": "in_1", "object": "invoice", "customer": "cus_1", "amount_paid": 4900}},
        });
        let (text, now) = (event.to_string(), world.now().as_seconds());
        let of = |secret: &str, at: i64, scheme: &str| json!({"payload": text, "secret": secret, "timestamp": at, "scheme": scheme});
        let others = [
            ("another secret", of("whsec_other", now, "v1")),
            ("a shorter secret", of("whsec_sandbo", now, "v1")),
            ("a longer secret", of("whsec_sandbox1", now, "v1")),
            ("a secret in capitals", of("WHSEC_SANDBOX", now, "v1")),
            ("the secret key", of("sk_test_sandbox", now, "v1")),
            ("a secret of one space", of(" ", now, "v1")),
            ("an hour ago", of(SECRET, now - 3600, "v1")),
            ("five minutes and a second ago", of(SECRET, now - 301, "v1")),
            ("five minutes and a second ahead", of(SECRET, now + 301, "v1")),
            ("a day ahead", of(SECRET, now + 86_400, "v1")),
            ("of 1970", of(SECRET, 1, "v1")),
            ("signed as v0", of(SECRET, now, "v0")),
        ];
        let mut wanted = vec![of(SECRET, now, "v1")];
        wanted.extend(others.iter().map(|(_, wanted)| wanted.clone()));
        let mut headers = signed_by_the_sdk(wanted).await.into_iter();
        let good = headers.next().unwrap();
        let body = text.as_bytes();
        let mut all: Vec<Delivery> =
            others.iter().zip(headers).map(|((what, _), header)| Delivery::new(*what, body, header)).collect();
        all.extend(other_bodies(body, &good));
        all.extend(other_headers(body, &good));
        assert!(all.len() == 90, "{}", all.len());
        while all.len() < 100 {
            let n = all.len();
            let mut other = body.to_vec();
            other.insert(n, b' ');
            all.push(Delivery::new(format!("a space at {n}"), &other, good.clone()));
        }
        let before = crate::tables::dump(&world).await;
        for delivery in &all {
            assert_eq!(delivery.post(&world.node.url).await, StatusCode::BAD_REQUEST, "{}", delivery.what);
        }
        assert_eq!(crate::tables::dump(&world).await, before, "nothing was written");
        // The one that they are made of is good.
        let reference = Delivery::new("as it was signed", body, good);
        assert_eq!(reference.post(&world.node.url).await, StatusCode::OK);
        assert!(world.store().find_billing_event("evt_forged").await.unwrap().is_some());
    })
    .await;
}
