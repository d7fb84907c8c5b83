//! The real binary as a process of its own, on a world's database and provider.

use std::{
    fs::File,
    io::Read,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tempfile::NamedTempFile;
use testkit::World;

/// What the process seals mail with; a world that is to open it has the same.
pub const SECRET_KEYS: &str = "aW4gdGVzdHMgZXZlcnlib2R5IGtub3dzIHRoaXMga2U=";

/// `portico serve`; killed when dropped.
pub struct Process {
    pub url: String,
    pub metrics: String,
    child: Child,
    log: NamedTempFile,
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn free_port() -> u16 {
    std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

impl Process {
    /// Ready to answer when this returns. What waits in the outbox is left to the test.
    pub async fn serve(world: &World, extra: &[(&str, &str)]) -> Self {
        Self::run(world, &["serve", "--no-worker"], extra).await
    }

    /// `portico ARGUMENTS`, ready when this returns.
    pub async fn run(world: &World, arguments: &[&str], extra: &[(&str, &str)]) -> Self {
        let (url, metrics) = (format!("http://127.0.0.1:{}", free_port()), format!("127.0.0.1:{}", free_port()));
        let log = NamedTempFile::new().unwrap();
        let output = || -> File { log.reopen().unwrap() };
        let child = Command::new(env!("CARGO_BIN_EXE_portico"))
            .args(arguments)
            // Where target/site is.
            .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
            .env_clear()
            .envs([
                ("PORTICO_BASE_URL", url.as_str()),
                ("LEPTOS_SITE_ADDR", url.strip_prefix("http://").unwrap()),
                ("PORTICO_METRICS_ADDR", &metrics),
                ("PORTICO_DATABASE_URL", &world.database.url),
                ("PORTICO_STRIPE_SECRET_KEY", "sk_test_sandbox"),
                ("PORTICO_STRIPE_API_URL", &world.provider.url),
                ("PORTICO_STRIPE_WEBHOOK_SECRETS", "whsec_sandbox"),
                ("PORTICO_SECRET_KEYS", SECRET_KEYS),
            ])
            .envs(extra.iter().copied())
            .stdin(Stdio::null())
            .stdout(output())
            .stderr(output())
            .spawn()
            .unwrap();
        let mut process = Self { url, metrics, child, log };
        // One that is to die may do so over what others left, before anybody has asked it anything.
        let may_end = extra.iter().any(|(name, _)| *name == "PORTICO_KILL_AT");
        let begun = Instant::now();
        // A worker answers at its metrics alone.
        let ready = match arguments {
            ["worker", ..] => format!("http://{}/metrics", process.metrics),
            _ => format!("{}/readyz", process.url),
        };
        while reqwest::get(&ready).await.map_or(true, |reply| !reply.status().is_success()) {
            let is_gone = process.is_gone();
            if is_gone && may_end {
                break;
            }
            let is_starting = !is_gone && begun.elapsed() < Duration::from_secs(20);
            assert!(is_starting, "the server starts: {}", process.log());
            tokio::task::yield_now().await;
        }
        process
    }

    /// As an operator stops it.
    pub fn terminate(&self) {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
    }

    pub fn is_gone(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// `VmRSS` (now) or `VmHWM` (the most there ever was), as the kernel counts it.
    pub fn memory_mib(&self, what: &str) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':')).unwrap();
        line.split_whitespace().next().unwrap().parse::<usize>().unwrap() / 1024
    }

    /// Everything it has written.
    pub fn log(&self) -> String {
        let mut bytes = Vec::new();
        self.log.reopen().unwrap().read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
