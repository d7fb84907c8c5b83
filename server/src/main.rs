//! `portico`: one binary, many roles. See `portico --help`.

use std::process::ExitCode;

use clap::Parser;
use server::commands::{self, Cli};

/// Rendering a page makes thousands of small allocations; this halves what they cost.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    commands::run(Cli::parse())
}
