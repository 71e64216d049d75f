//! Python packages that dissect: scapy, dpkt, pyshark. A script of ours (`helper.py`) runs in
//! `python3`, has the package dissect, and tells a line of JSON for each frame.

mod read;
mod words;

use std::io::BufReader;
use std::process::{ChildStdout, Command};
use std::sync::Arc;

use wirelens_dissect::Settings;

pub(crate) use read::HelperReader;

use self::words::HelperWords;
use super::engine::Which;
use super::process::{Program, Running};
use super::words::Words;
use super::{EngineError, Orders, tshark};
use crate::Error;

const HELPER: &str = include_str!("helper.py");

/// The helper's exit status where the package cannot be imported.
const NOT_THERE: i32 = 3;

const PYTHON: Program = Program { name: "python3", install: "apt-get install python3" };

/// Bytes read at once.
const BUFFER: usize = 1 << 16;

/// A helper that has said what its package knows.
pub(crate) struct Ready {
    pub(crate) running: Running,
    pub(crate) reader: HelperReader<BufReader<ChildStdout>>,
}

/// The package of an engine.
fn package(which: Which) -> Program {
    match which {
        Which::Scapy => Program { name: "scapy", install: "pip install scapy" },
        Which::Dpkt => Program { name: "dpkt", install: "pip install dpkt" },
        _ => Program { name: "pyshark", install: "pip install pyshark" },
    }
}

/// Starts the helper, and hears its first line.
fn begin(which: Which, options: &[String]) -> Result<(Ready, String), EngineError> {
    let package = package(which);
    let mut command = Command::new(PYTHON.name);
    command.args(["-c", HELPER, package.name]).args(options);
    command.env("TZ", "UTC").env("PYTHONIOENCODING", "utf-8");
    let (mut running, output) = Running::start(PYTHON, &mut command, true)?;
    let mut reader = HelperReader::new(BufReader::with_capacity(BUFFER, output));
    match reader.first() {
        Ok(first) => Ok((Ready { running, reader }, first)),
        Err(_) => {
            let (status, said) = running.wait();
            if status.is_some_and(|status| status.code() == Some(NOT_THERE)) {
                return Err(EngineError::Missing {
                    program: package.name,
                    install: package.install,
                });
            }
            Err(EngineError::Ended { program: package.name, frame: 0, status, said })
        }
    }
}

/// What was found: its title, its words, and where it is at work already the helper.
pub(crate) type Found = (String, Arc<dyn Words>, Option<Ready>);

/// Looks for a package.
pub(crate) fn find(which: Which) -> Result<Found, EngineError> {
    if which == Which::Pyshark {
        // What it knows is what tshark knows.
        let (tshark, words) = tshark::find()?;
        let (_, first) = begin(which, &[])?;
        let version = HelperWords::new(&first)?.version().to_owned();
        return Ok((format!("pyshark {version} with {tshark}"), words, None));
    }
    let (ready, first) = begin(which, &[])?;
    let words = HelperWords::new(&first)?;
    let title = format!("{} {}", package(which).name, words.version());
    Ok((title, Arc::new(words), Some(ready)))
}

/// Starts a helper for frames that it is given.
pub(crate) fn start(
    which: Which,
    orders: &Orders,
    settings: &Settings,
) -> Result<Ready, EngineError> {
    let options = match which {
        Which::Pyshark => tshark::options(orders, settings),
        _ => Vec::new(),
    };
    Ok(begin(which, &options)?.0)
}

/// Refuses what a package has no way to be told.
pub(crate) fn check(which: Which, orders: &Orders, settings: &Settings) -> Result<(), Error> {
    if which == Which::Pyshark {
        return Ok(());
    }
    let name = package(which).name;
    for (given, option) in [
        (!orders.decode_as.is_empty(), "--decode-as"),
        (!orders.disabled.is_empty(), "--disable"),
        (settings.checksums, "--checksums"),
    ] {
        if given {
            let text = format!("{option} is not for {name}, which cannot be told; do without it");
            return Err(Error::Usage(text));
        }
    }
    Ok(())
}
