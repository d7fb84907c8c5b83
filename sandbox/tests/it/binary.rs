//! The program: what it refuses, and that a killed one goes on where it was.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::started::KEY;

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_sandbox"))
}

#[test]
fn another_address_than_loopback_is_refused_in_one_line() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        let output = program().args(["--addr", address]).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{address}");
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(said.contains("loopback"), "{said}");
    }
    let live = program().args(["--addr", "127.0.0.1:0", "--secret-key", "sk_live_x"]).output().unwrap();
    assert_eq!(live.status.code(), Some(2));
}

/// Killed when dropped, so that a failing test leaves nothing behind.
pub struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn started(file: &std::path::Path) -> (Program, String) {
    started_with(file, &[])
}

/// The program with a state file and more arguments, and where its API is.
pub fn started_with(file: &std::path::Path, more: &[&str]) -> (Program, String) {
    let mut command = program();
    command.args(["--addr", "127.0.0.1:0", "--state"]).arg(file).args(more);
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let url = line.split(' ').nth(2).unwrap().to_owned();
    (Program(child), url)
}

#[tokio::test]
async fn a_killed_program_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state.json");
    let http = reqwest::Client::new();
    let mut made = Vec::new();
    for _ in 0..3 {
        let (program, url) = started(&file);
        let request = http.post(format!("{url}/v1/customers")).bearer_auth(KEY);
        let customer: Value = request.send().await.unwrap().json().await.unwrap();
        made.insert(0, customer["id"].clone());
        drop(program);
    }
    let (_program, url) = started(&file);
    let request = http.get(format!("{url}/v1/customers")).bearer_auth(KEY);
    let list: Value = request.send().await.unwrap().json().await.unwrap();
    let ids: Vec<_> = list["data"].as_array().unwrap().iter().map(|c| c["id"].clone()).collect();
    assert_eq!(ids, made);
}

#[tokio::test]
async fn both_names_of_the_machine_reach_it() {
    let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let running = sandbox::serve(listener, sandbox::Options::default()).await.unwrap();
    let port = running.address().port();
    // `localhost` may mean either; a machine without `::1` can't be asked for it.
    let has_v6 = tokio::net::TcpListener::bind("[::1]:0").await.is_ok();
    for host in ["127.0.0.1", "localhost", "::1"] {
        let is_reached = tokio::net::TcpStream::connect((host, port)).await.is_ok();
        assert_eq!(is_reached, has_v6 || host != "::1", "{host}");
    }
    running.stop().await;
    let listener = sandbox::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let options = sandbox::Options { public_url: Some("http://a.test/path".into()), ..sandbox::Options::default() };
    assert!(sandbox::serve(listener, options).await.is_err());
}

/// Makes customers, several at a time, until the program is gone; tells which were answered.
async fn make_until_gone(http: &reqwest::Client, url: &str, told: &std::sync::Mutex<Vec<Value>>) {
    let one = || async {
        loop {
            let request = http.post(format!("{url}/v1/customers")).bearer_auth(KEY).send().await;
            let Ok(answer) = request else { return };
            match answer.json::<Value>().await {
                Ok(customer) => told.lock().unwrap().push(customer["id"].clone()),
                Err(_) => return,
            }
        }
    };
    tokio::join!(one(), one(), one(), one());
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_the_middle_of_work_it_keeps_all_it_told_of() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("state");
    let http = reqwest::Client::new();
    let receiver = crate::receiver::receiver(&[]).await;
    let told = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    for round in 1..=5 {
        let (program, url) = started(&file);
        let target = serde_json::json!({"url": receiver.url, "secret": "whsec_sandbox"});
        http.post(format!("{url}/_sandbox/webhooks")).json(&target).send().await.unwrap();
        let work = {
            let (http, told, url) = (http.clone(), told.clone(), url.clone());
            tokio::spawn(async move { make_until_gone(&http, &url, &told).await })
        };
        crate::receiver::until(|| told.lock().unwrap().len() >= round * 60).await;
        drop(program);
        work.await.unwrap();
    }
    let (_program, url) = started(&file);
    let told = told.lock().unwrap().clone();
    for id in &told {
        let request = http.get(format!("{url}/v1/customers/{}", id.as_str().unwrap())).bearer_auth(KEY);
        assert_eq!(request.send().await.unwrap().status(), 200, "{id}");
    }
    // Its events arrive too, some of them after the restart, and some may arrive twice.
    crate::receiver::until(|| {
        let received = receiver.received();
        let about: std::collections::HashSet<_> =
            received.iter().map(|one| one.event["data"]["object"]["id"].as_str()).collect();
        told.iter().all(|id| about.contains(&id.as_str()))
    })
    .await;
}
