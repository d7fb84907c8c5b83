//! `portico`: one binary, many roles. See `portico --help`.

use std::process::ExitCode;

use clap::Parser;
use server::commands::{self, Cli};

fn main() -> ExitCode {
    commands::run(Cli::parse())
}
