//! The `wirelens` program: arguments, then a plan, then the run.

mod arguments;
mod exit;
mod extract;
mod stop;

use clap::Parser;

use crate::arguments::{Arguments, Command};

fn main() -> std::process::ExitCode {
    let arguments = Arguments::parse();
    let result = match &arguments.command {
        Command::Extract(extract) => extract::run(extract),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(error) => exit::of_error(&error).into(),
    }
}
