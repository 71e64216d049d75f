//! For maintainers: checks that need more than a test.
//!
//! `wirelens-dev names < <(tshark -G fields)` checks every row's name against tshark's dictionary.

mod names;

use std::process::ExitCode;

const USAGE: &str = "usage: wirelens-dev names    (reads the output of `tshark -G fields`)";

fn main() -> anyhow::Result<ExitCode> {
    match std::env::args().nth(1).as_deref() {
        Some("names") => names::check(std::io::stdin().lock()),
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    }
}
