//! For maintainers: checks that need more than a test.
//!
//! `wirelens-dev document` writes docs/protocols.md.
//! `wirelens-dev slowest CAPTURE..` finds the frames that take longest.
//! `wirelens-dev names < <(tshark -G fields)` checks every row's name against tshark's dictionary.

mod document;
mod names;
mod outlines;
mod slowest;

use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: wirelens-dev names       reads the output of `tshark -G fields`
       wirelens-dev document    in the project's folder
       wirelens-dev outlines CAPTURE..
       wirelens-dev slowest CAPTURE..";

fn main() -> anyhow::Result<ExitCode> {
    match std::env::args().nth(1).as_deref() {
        Some("names") => names::check(std::io::stdin().lock()),
        Some("document") => {
            document::document(Path::new("."), false)?;
            Ok(ExitCode::SUCCESS)
        }
        Some("outlines") => outlines::outlines(&std::env::args().skip(2).collect::<Vec<_>>()),
        Some("slowest") => slowest::slowest(&std::env::args().skip(2).collect::<Vec<_>>()),
        _ => {
            eprintln!("{USAGE}");
            Ok(ExitCode::from(2))
        }
    }
}
