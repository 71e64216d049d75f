//! What can go wrong with another program.

use std::io;
use std::process::ExitStatus;

/// An error of a program that dissects for us. What it said before was delivered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// It is not installed.
    #[error("{program} is not installed; install it with: {install}")]
    Missing {
        /// The program or package.
        program: &'static str,
        /// The command that installs it.
        install: &'static str,
    },
    /// It could not be started, or its pipes failed.
    #[error("{program}: {source}")]
    System {
        /// The program.
        program: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// It ended before it had said everything.
    #[error("{program} ended behind frame {frame}: {}", ended(status, said))]
    Ended {
        /// The program.
        program: &'static str,
        /// The last frame that it told whole, by its own count; 0 for none.
        frame: u64,
        /// How it ended, if that is known.
        status: Option<ExitStatus>,
        /// The end of what it said on standard error.
        said: String,
    },
    /// What it said makes no sense.
    #[error("{program} said something behind frame {frame} that is not understood: {what}")]
    Output {
        /// The program.
        program: &'static str,
        /// The last frame that was understood; 0 for none.
        frame: u64,
        /// What is wrong.
        what: String,
    },
    /// It says nothing more, but does not end.
    #[error("{program} has said nothing for {seconds} seconds behind frame {frame}; it was ended")]
    Stalled {
        /// The program.
        program: &'static str,
        /// The last frame that it told; 0 for none.
        frame: u64,
        /// How long it was waited for.
        seconds: u64,
    },
}

fn ended(status: &Option<ExitStatus>, said: &str) -> String {
    let said = if said.is_empty() { "it said nothing" } else { said };
    match status {
        Some(status) if !status.success() => format!("{status}; {said}"),
        _ => said.to_owned(),
    }
}
