//! A program of the user's that is run on each file of a recording once it is complete.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use wirelens::Error;

use crate::say::say;

/// The program, and how often it is running.
pub(crate) struct Postrotate {
    program: String,
    running: Vec<Child>,
}

impl Postrotate {
    /// # Errors
    /// When there is no such program: better now than when the first file is complete.
    pub(crate) fn new(program: &str) -> Result<Postrotate, Error> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        // A name with a folder is that file's, any other one is looked for.
        let found = match program.contains(std::path::is_separator) {
            true => Path::new(program).is_file(),
            false => std::env::split_paths(&path).any(|folder| folder.join(program).is_file()),
        };
        if !found {
            let text = format!("{program}: no such program; -z takes a name in PATH or a file's");
            return Err(Error::Usage(text));
        }
        Ok(Postrotate { program: program.to_owned(), running: Vec::new() })
    }

    /// Starts it with a file's name as its only argument, and does not wait: as tcpdump does, at the
    /// lowest priority. It goes on when this program ends, and after Ctrl-C.
    pub(crate) fn start(&mut self, file: &Path) {
        self.reap();
        let mut command = Command::new(&self.program);
        command.arg(file).stdin(Stdio::null());
        // Standard output may be somebody's report.
        command.stdout(std::io::stderr());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        match command.spawn() {
            Ok(child) => {
                yield_to_others(&child);
                self.running.push(child);
            }
            Err(error) => say(format_args!(
                "wirelens: warning: {}: cannot be run on {}: {error}",
                self.program,
                file.display()
            )),
        }
    }

    /// Those that have ended are no longer remembered by the system; a failure is told.
    pub(crate) fn reap(&mut self) {
        let program = &self.program;
        self.running.retain_mut(|child| match child.try_wait() {
            Ok(None) => true,
            Ok(Some(status)) if !status.success() => {
                say(format_args!("wirelens: warning: {program} failed: {status}"));
                false
            }
            _ => false,
        });
    }
}

/// Lowers the priority of a process as far as it goes: it is not to take frames from the capture.
fn yield_to_others(child: &Child) {
    #[cfg(unix)]
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(rustix::process::Pid::from_raw) {
        // It may have ended.
        let _ = rustix::process::setpriority_process(Some(pid), 19);
    }
    #[cfg(not(unix))]
    let _ = child;
}
