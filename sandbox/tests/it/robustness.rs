//! What a careless or hostile caller must not be able to do.

use std::time::{Duration, Instant};

use reqwest::Method;

use crate::started::{KEY, START, id, start, start_with};

#[tokio::test]
async fn a_state_without_a_commit_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let sandbox = start_with(Some(file.clone())).await;
    sandbox.customer().await;
    sandbox.end().await;
    let whole = std::fs::read(&file).unwrap();
    let header = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for end in [header, whole.len() * 9 / 10] {
        std::fs::write(&file, &whole[..end]).unwrap();
        let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let options = sandbox::Options { state_file: Some(file.clone()), ..sandbox::Options::default() };
        assert!(sandbox::serve(listener, options).await.is_err(), "cut at {end}");
        assert_eq!(std::fs::read(&file).unwrap(), &whole[..end], "and it stays as it is");
    }
}

#[tokio::test]
async fn the_front_page_does_not_turn_an_advancing_clock() {
    let sandbox = start().await;
    let clock = sandbox.test_clock(START).await;
    let path = format!("/v1/test_helpers/test_clocks/{clock}");
    let customer = id(&sandbox.made("/v1/customers", &[("test_clock", &clock)]).await);
    let product = id(&sandbox.made("/v1/products", &[("name", "Day")]).await);
    let price =
        [("product", product.as_str()), ("currency", "eur"), ("unit_amount", "1"), ("recurring[interval]", "day")];
    let price = id(&sandbox.made("/v1/prices", &price).await);
    let fields = [
        ("customer", customer.as_str()),
        ("items[0][price]", &price),
        ("collection_method", "send_invoice"),
        ("days_until_due", "1"),
    ];
    sandbox.made("/v1/subscriptions", &fields).await;
    let to = (START + 3_000 * 86_400).to_string();
    sandbox.made(&format!("{path}/advance"), &[("frozen_time", &to)]).await;
    let press = sandbox.http.post(sandbox.at(&format!("/clocks/{clock}/advance")));
    let form = press.header("content-type", "application/x-www-form-urlencoded").body("by=day");
    assert_eq!(form.send().await.unwrap().status(), 400);
    let moving = sandbox.get(&path).await.1;
    assert_eq!(moving["status_details"]["advancing"]["target_frozen_time"].to_string(), to);
    sandbox.end().await;
}

#[tokio::test]
async fn other_sites_reach_no_control() {
    let sandbox = start().await;
    sandbox.customer().await;
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "null"),
        ("host", "evil.example"),
        ("sec-fetch-site", "cross-site"),
    ] {
        for (method, path) in [
            (Method::POST, "/_sandbox/reset"),
            (Method::POST, "/deliveries/retry"),
            (Method::GET, "/_sandbox/requests"),
        ] {
            let request = sandbox.http.request(method, sandbox.at(path)).header(name, value);
            let status = request.header("content-type", "text/plain").send().await.unwrap().status();
            assert_eq!(status, 403, "{name}: {value} at {path}");
        }
    }
    assert_eq!(sandbox.get("/v1/customers").await.1["data"].as_array().unwrap().len(), 1);
    let own = sandbox.http.post(sandbox.at("/_sandbox/reset")).header("origin", sandbox.running.url());
    assert_eq!(own.header("sec-fetch-site", "same-origin").send().await.unwrap().status(), 200);
    sandbox.end().await;
}

#[tokio::test]
async fn a_form_of_many_parameters_is_refused_at_once() {
    let sandbox = start().await;
    let body = (0..6_000).map(|place| format!("a[][{place}]=1")).collect::<Vec<_>>().join("&");
    let start = Instant::now();
    let request = sandbox.http.post(sandbox.at("/v1/customers")).bearer_auth(KEY);
    let answer = request.header("content-type", "application/x-www-form-urlencoded").body(body).send().await.unwrap();
    assert_eq!(answer.status(), 400);
    let said = answer.text().await.unwrap();
    assert!(said.contains("1000 parameters"), "{said}");
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
    sandbox.end().await;
}

#[tokio::test]
async fn amounts_and_times_out_of_bounds_are_refused() {
    let sandbox = start().await;
    let customer = sandbox.customer().await;
    let path = format!("/v1/customers/{customer}");
    for balance in ["9223372036854775807", "100000000", "-100000000"] {
        assert_eq!(sandbox.post(&path, &[("balance", balance)]).await.0, 400, "{balance}");
    }
    assert_eq!(sandbox.post(&path, &[("balance", "-99999999")]).await.0, 200);
    for at in ["-1", "4102444801", "253402300799"] {
        assert_eq!(sandbox.post("/v1/test_helpers/test_clocks", &[("frozen_time", at)]).await.0, 400, "{at}");
    }
    sandbox.end().await;
}
