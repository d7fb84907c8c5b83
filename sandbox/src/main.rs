//! `sandbox --addr 127.0.0.1:12111`: the stand-in for Stripe as a program.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use sandbox::{Options, Running, ServeError};
use tokio::signal::unix::{SignalKind, signal};

/// Many small pieces come and go with each request.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A stand-in for Stripe, for development and tests. No real money, loopback only.
#[derive(Parser)]
#[command(name = "sandbox", version)]
struct Arguments {
    /// Where to listen; a loopback address.
    #[arg(long, default_value = "127.0.0.1:12111")]
    addr: SocketAddr,
    /// File that objects and idempotency keys are kept in.
    #[arg(long)]
    state: Option<PathBuf>,
    /// Where events are delivered, signed with `whsec_sandbox`; on this machine only.
    #[arg(long, value_name = "URL")]
    webhook_url: Option<String>,
    /// The same seed makes the same ids.
    #[arg(long)]
    seed: Option<u64>,
    /// The only API key accepted.
    #[arg(long, default_value = "sk_test_sandbox", value_name = "sk_test_…")]
    secret_key: String,
    /// Origin of the hosted pages [default: `http://localhost:<port>`].
    #[arg(long)]
    public_url: Option<String>,
}

/// One worker: everything happens under one lock, and a second worker would mostly wait for it. A busy
/// sandbox answers a quarter more so.
#[tokio::main(worker_threads = 1)]
async fn main() -> ExitCode {
    let filter = tracing_subscriber::EnvFilter::new("warn");
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let running = match start(Arguments::parse()).await {
        Ok(running) => running,
        Err(error) => {
            eprintln!("sandbox: {error}");
            return ExitCode::from(2);
        }
    };
    println!("sandbox: API {} pages {}", running.url(), running.public_url());
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        },
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
    running.stop().await;
    ExitCode::SUCCESS
}

async fn start(arguments: Arguments) -> Result<Running, ServeError> {
    let listener = sandbox::bind(arguments.addr).await?;
    let options = Options {
        secret_key: arguments.secret_key,
        public_url: arguments.public_url,
        state_file: arguments.state,
        webhook_url: arguments.webhook_url,
        seed: arguments.seed,
        ..Options::default()
    };
    sandbox::serve(listener, options).await
}
