//! tshark as a process.

use std::io::BufReader;
use std::path::Path;
use std::process::{ChildStdout, Command};
use std::sync::Arc;

use wirelens_dissect::Settings;

use super::words::{LONGEST, TsharkWords};
use super::{PdmlError, PdmlFrame, PdmlReader};
use crate::engines::engine::ask;
use crate::engines::process::{Program, Running};
use crate::engines::words::Words;
use crate::engines::{EngineError, Orders};

pub(crate) const TSHARK: Program =
    Program { name: "tshark", install: "apt-get install tshark (or your system's package)" };

/// Bytes read at once.
const BUFFER: usize = 1 << 16;

/// How tshark is to dissect.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Tshark {
    options: Vec<String>,
    plain: bool,
}

impl Tshark {
    /// tshark with its defaults, but for names of hosts, which are not looked up.
    pub fn new() -> Tshark {
        Tshark::default()
    }

    /// One of its options, as on its command line: `-o`, then `tcp.check_checksum:TRUE`.
    pub fn option(mut self, option: impl Into<String>) -> Tshark {
        self.options.push(option.into());
        self
    }

    /// Without what its user has set, and with times in UTC: the same on every machine.
    pub fn plain(mut self) -> Tshark {
        self.plain = true;
        self
    }

    /// Has it dissect a file.
    ///
    /// # Errors
    /// When it is not installed or cannot be started. That it cannot read the file it says at the
    /// first frame.
    pub fn dissect(&self, file: impl AsRef<Path>) -> Result<RunningTshark, EngineError> {
        let mut command = self.command();
        command.arg("-r").arg(file.as_ref());
        let (running, output) = Running::start(TSHARK, &mut command, false)?;
        Ok(RunningTshark::new(running, output))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(TSHARK.name);
        // Moments are told in the zone of the environment.
        command.env("TZ", "UTC").args(["-n", "-T", "pdml"]).args(&self.options);
        if self.plain {
            // It does without a folder that is not there.
            let nowhere = std::env::temp_dir().join("wirelens-no-settings");
            for name in ["HOME", "XDG_CONFIG_HOME", "WIRESHARK_CONFIG_DIR", "APPDATA"] {
                command.env(name, &nowhere);
            }
            command.env("LC_ALL", "C.UTF-8");
        }
        command
    }
}

/// tshark at work. It is ended when this is dropped.
pub struct RunningTshark {
    running: Running,
    reader: PdmlReader<BufReader<ChildStdout>>,
    frames: u64,
}

impl RunningTshark {
    fn new(running: Running, output: ChildStdout) -> RunningTshark {
        let reader = PdmlReader::new(BufReader::with_capacity(BUFFER, output));
        RunningTshark { running, reader, frames: 0 }
    }

    /// Reads what it says of the next frame; false when it has told everything and ended well.
    /// Waits as long as it takes.
    ///
    /// # Errors
    /// When it ended in the middle, or with an error, or what it says is no PDML.
    pub fn read(&mut self, frame: &mut PdmlFrame) -> Result<bool, EngineError> {
        match self.reader.read(frame) {
            Ok(true) => {
                self.frames += 1;
                Ok(true)
            }
            Ok(false) => match self.running.wait() {
                (Some(status), said) if !status.success() => Err(EngineError::Ended {
                    program: TSHARK.name,
                    frame: self.frames,
                    status: Some(status),
                    said,
                }),
                _ => Ok(false),
            },
            Err(PdmlError::Cut) => Err(self.running.ended(self.frames)),
            Err(PdmlError::Read(source)) => {
                Err(EngineError::System { program: TSHARK.name, source })
            }
            Err(error) => Err(EngineError::Output {
                program: TSHARK.name,
                frame: self.frames,
                what: error.to_string(),
            }),
        }
    }

    /// Who it says it is: `wireshark/4.0.17`; empty before the first frame.
    pub fn creator(&self) -> &str {
        self.reader.creator()
    }
}

/// Asks tshark for its version and its fields.
pub(crate) fn find() -> Result<(String, Arc<dyn Words>), EngineError> {
    let version = ask(TSHARK, Command::new(TSHARK.name).arg("-v"), 1 << 16)?;
    let table = ask(TSHARK, Command::new(TSHARK.name).args(["-G", "fields"]), LONGEST)?;
    let words = TsharkWords::new(table);
    if words.len() == 0 {
        return Err(EngineError::Output {
            program: TSHARK.name,
            frame: 0,
            what: "tshark -G fields lists none".to_owned(),
        });
    }
    Ok((title(&version), Arc::new(words)))
}

/// `tshark 4.0.17`, of the first line: `TShark (Wireshark) 4.0.17 (Git v4.0.17 ..).`
fn title(version: &str) -> String {
    let words = version.lines().next().unwrap_or_default().split_whitespace();
    let mut numbers = words.filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let number = numbers.next().unwrap_or_default().trim_end_matches(['.', ',']);
    format!("tshark {number}").trim_end().to_owned()
}

/// What tshark is told on its command line.
pub(crate) fn options(orders: &Orders, settings: &Settings) -> Vec<String> {
    let mut options = Vec::new();
    let mut tell = |option: &str, value: String| options.extend([option.to_owned(), value]);
    for choice in &orders.decode_as {
        tell("-d", choice.clone());
    }
    for protocol in &orders.disabled {
        tell("--disable-protocol", protocol.clone());
    }
    if settings.checksums {
        for protocol in ["ip", "tcp", "udp"] {
            tell("-o", format!("{protocol}.check_checksum:TRUE"));
        }
    }
    if !settings.reassemble {
        for preference in ["ip.defragment", "ipv6.defragment", "tcp.desegment_tcp_streams"] {
            tell("-o", format!("{preference}:FALSE"));
        }
    }
    options
}

/// Starts tshark for frames that it is given on its standard input.
pub(crate) fn start(
    orders: &Orders,
    settings: &Settings,
) -> Result<(Running, ChildStdout), EngineError> {
    let tshark = Tshark { options: options(orders, settings), ..Tshark::new() };
    let mut command = tshark.command();
    // Each frame as soon as it is dissected.
    command.args(["-l", "-r", "-"]);
    Running::start(TSHARK, &mut command, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_in_the_first_line() {
        let said = "TShark (Wireshark) 4.0.17 (Git v4.0.17 packaged as 4.0.17-0).\n\nCopyright";
        assert_eq!(title(said), "tshark 4.0.17");
        assert_eq!(title("TShark 3.6.2.\n"), "tshark 3.6.2");
        assert_eq!(title(""), "tshark");
    }
}
