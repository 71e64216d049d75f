//! An engine that is installed.

use std::fmt;
use std::io::Read;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use wirelens_dissect::{Level, Registry};

use super::intern;
use super::process::Program;
use super::python::{self, Ready};
use super::rows::Rows;
use super::words::Words;
use super::{EngineError, tshark};
use crate::Error;

/// A program that can dissect for us, and is installed.
#[derive(Clone)]
pub struct Engine(Arc<Found>);

struct Found {
    which: Which,
    title: String,
    words: Arc<dyn Words>,
    /// A helper that is at work already: Python takes its time to begin.
    ready: Mutex<Option<Ready>>,
}

/// Which program it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Which {
    Tshark,
    Pyshark,
    Scapy,
    Dpkt,
}

impl Engine {
    /// The names that [`Engine::find`] knows.
    pub const NAMES: [&str; 4] = ["tshark", "pyshark", "scapy", "dpkt"];

    /// The engine of this name, whatever its case. It is asked for its version and for the names
    /// of its fields.
    ///
    /// # Errors
    /// When there is no such engine, or it is not installed or does not work.
    pub fn find(name: &str) -> Result<Engine, Error> {
        let which = match name.to_ascii_lowercase().as_str() {
            "tshark" => Which::Tshark,
            "pyshark" => Which::Pyshark,
            "scapy" => Which::Scapy,
            "dpkt" => Which::Dpkt,
            _ => return Err(Error::unknown("engine", name, Engine::NAMES)),
        };
        let (title, words, ready) = match which {
            Which::Tshark => {
                let (title, words) = tshark::find()?;
                (title, words, None)
            }
            _ => python::find(which)?,
        };
        let ready = Mutex::new(ready);
        Ok(Engine(Arc::new(Found { which, title, words, ready })))
    }

    /// Its name and version: `tshark 4.0.17`.
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// Its name.
    pub fn name(&self) -> &'static str {
        match self.0.which {
            Which::Tshark => "tshark",
            Which::Pyshark => "pyshark",
            Which::Scapy => "scapy",
            Which::Dpkt => "dpkt",
        }
    }

    /// What its frames are dissected with: the protocols of `ours` and its own, and its fields of
    /// these names, so that they can be chosen. Fields that are not named are found all the same,
    /// but [`Registry::fields`] does not list them.
    pub fn registry<'n>(
        &self,
        ours: &Arc<Registry>,
        fields: impl IntoIterator<Item = &'n str>,
    ) -> Arc<Registry> {
        // The names of scapy and dpkt are their own, and would be taken for ours: IP.
        let mut registry = match (self.is_alike(), ours.protocols()) {
            (false, [data, ..]) => Registry::new(data, &[]),
            _ => Registry::clone(ours),
        };
        let mut rows = self.rows(&Arc::new(registry.clone()));
        for name in self.0.words.protocols() {
            let level = level(name, ours);
            if let Some(protocol) = rows.protocol_of(name, level) {
                registry = registry.with(protocol);
            }
        }
        let mut all = Vec::new();
        for name in fields {
            if rows.has(name) {
                all.extend(rows.all(name));
            }
        }
        if !all.is_empty() {
            registry = registry.with(intern::holder(all));
        }
        registry.shared()
    }

    /// Names of its fields that begin as this one does.
    pub fn fields_like(&self, name: &str) -> Vec<&str> {
        self.0.words.like(name)
    }

    pub(crate) fn which(&self) -> Which {
        self.0.which
    }

    pub(crate) fn rows(&self, registry: &Arc<Registry>) -> Rows {
        Rows::new(Arc::clone(registry), Arc::clone(&self.0.words), self.is_alike())
    }

    /// Are its names tshark's, as ours are?
    fn is_alike(&self) -> bool {
        matches!(self.0.which, Which::Tshark | Which::Pyshark)
    }

    /// The helper that is at work already, once.
    pub(crate) fn take_ready(&self) -> Option<Ready> {
        self.0.ready.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The part of the stack of a protocol that Python packages name: ours if we have the name.
fn level(name: &str, ours: &Registry) -> Level {
    match name {
        "Ether" | "Ethernet" | "Dot1Q" | "Dot3" | "CookedLinux" | "CookedLinuxV2" => Level::Link,
        "IP6" => Level::Network,
        _ => ours.named(name).map_or(Level::Application, |ours| ours.level),
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

/// What a program answers on its standard output, at most so many bytes of it.
pub(crate) fn ask(
    program: Program,
    command: &mut Command,
    most: u64,
) -> Result<String, EngineError> {
    let (mut running, output) = super::process::Running::start(program, command, false)?;
    let mut answer = Vec::new();
    output
        .take(most)
        .read_to_end(&mut answer)
        .map_err(|source| EngineError::System { program: program.name, source })?;
    match running.wait() {
        (Some(status), _) if status.success() => Ok(String::from_utf8_lossy(&answer).into_owned()),
        (status, said) => Err(EngineError::Ended { program: program.name, frame: 0, status, said }),
    }
}
