//! The engines that can be compared, and the command of each.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

use wirelens::Error;

use crate::arguments::Bench;

/// What dissects with a Python package.
const SCRIPT: &str = include_str!("dissect.py");

/// What an engine is run by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum By {
    Itself,
    Tshark,
    Python,
}

/// An engine.
#[derive(Debug)]
pub(super) struct Engine {
    pub(super) name: &'static str,
    /// What it does.
    pub(super) does: &'static str,
    /// How it can be had.
    pub(super) install: &'static str,
    by: By,
}

/// All engines.
static ENGINES: [Engine; 7] = [
    Engine { name: "native", does: "every field as JSON, 1 thread", install: "", by: By::Itself },
    Engine { name: "threads", does: "every field as JSON, all cores", install: "", by: By::Itself },
    Engine { name: "headers", does: "layers counted, 1 thread", install: "", by: By::Itself },
    Engine {
        name: "tshark",
        does: "every field as JSON",
        install: "apt-get install tshark",
        by: By::Tshark,
    },
    Engine {
        name: "pyshark",
        does: "packets, by tshark",
        install: "pip install pyshark (and apt-get install tshark)",
        by: By::Python,
    },
    Engine { name: "scapy", does: "packets", install: "pip install scapy", by: By::Python },
    Engine { name: "dpkt", does: "packets", install: "pip install dpkt", by: By::Python },
];

/// Those that are wanted.
pub(super) fn chosen(names: &[String]) -> Result<Vec<&'static Engine>, Error> {
    let known = || ENGINES.iter().map(|engine| engine.name);
    for name in names {
        if !known().any(|known| known == name) {
            return Err(Error::unknown("engine", name, known()));
        }
    }
    let wanted =
        |engine: &&Engine| names.is_empty() || names.iter().any(|name| name == engine.name);
    Ok(ENGINES.iter().filter(wanted).collect())
}

/// What is installed of programs and packages.
pub(super) struct Installed {
    tshark: Option<String>,
    /// Names and versions.
    packages: Vec<(String, String)>,
}

impl Installed {
    /// Asks them.
    pub(super) fn ask(python: &OsString) -> Installed {
        let tshark = said(Command::new("tshark").arg("--version"))
            .and_then(|text| text.split([' ', '\n']).find_map(version));
        let mut command = Command::new(python);
        let packages = said(command.args(["-c", SCRIPT, "", "-", "0"])).unwrap_or_default();
        let pair = |line: &str| line.split_once(' ').map(|(a, b)| (a.to_owned(), b.to_owned()));
        Installed { tshark, packages: packages.lines().filter_map(pair).collect() }
    }

    /// The version of an engine; none where it is not there.
    pub(super) fn version(&self, engine: &Engine) -> Option<String> {
        match engine.by {
            By::Itself => Some(env!("CARGO_PKG_VERSION").to_owned()),
            By::Tshark => self.tshark.clone(),
            // It has tshark dissect.
            By::Python if engine.name == "pyshark" && self.tshark.is_none() => None,
            By::Python => {
                let found = self.packages.iter().find(|(name, _)| name == engine.name);
                found.map(|(_, version)| version.clone())
            }
        }
    }
}

/// A word such as 4.0.17.
fn version(word: &str) -> Option<String> {
    let is_version = word.starts_with(|c: char| c.is_ascii_digit()) && word.contains('.');
    is_version.then(|| word.trim_end_matches(['.', ',', ')']).to_owned())
}

/// What a program says on standard output, if it can be started and is content.
fn said(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

impl Engine {
    /// Does it say itself how many frames it read?
    pub(super) fn counts(&self) -> bool {
        self.by == By::Python
    }

    /// Program and arguments that dissect the file.
    pub(super) fn command(&self, arguments: &Bench) -> std::io::Result<Vec<OsString>> {
        let file = path(&arguments.file);
        let first = arguments.frames.map(|frames| frames.to_string());
        let mut command: Vec<OsString> = Vec::new();
        let mut add = |words: &[&str]| command.extend(words.iter().map(OsString::from));
        match self.by {
            By::Itself => {
                command.push(std::env::current_exe()?.into());
                let mut add = |words: &[&str]| command.extend(words.iter().map(OsString::from));
                match self.name {
                    "headers" => add(&["stats", "--section", "protocols"]),
                    "threads" => {
                        add(&["extract", "-f", "ndjson", "-o", "-", "--threads", &cores()])
                    }
                    _ => add(&["extract", "-f", "ndjson", "-o", "-"]),
                }
                if let Some(last) = first {
                    add(&["--range", &format!("-{last}")]);
                }
                command.push(file);
            }
            By::Tshark => {
                add(&["tshark", "-n", "-T", "json"]);
                if let Some(last) = first {
                    add(&["-c", &last]);
                }
                add(&["-r"]);
                command.push(file);
            }
            By::Python => {
                command.push(arguments.python.clone());
                command.extend(["-c", SCRIPT, self.name].map(OsString::from));
                command.push(file);
                command.push(first.unwrap_or_else(|| "0".to_owned()).into());
            }
        }
        Ok(command)
    }
}

/// The cores that may be used.
pub(super) fn cores() -> String {
    std::thread::available_parallelism().map_or(1, usize::from).to_string()
}

/// A path that no program takes for an option.
fn path(file: &Path) -> OsString {
    if file.as_os_str().as_encoded_bytes().first() == Some(&b'-') {
        return Path::new(".").join(file).into();
    }
    file.into()
}
