//! How the program ends.

use std::io::ErrorKind;
use std::process::ExitCode;

use crate::say::say;

/// The exit codes; they are part of what the program promises.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Exit {
    /// It did what it was asked for.
    Done,
    /// Nothing matched.
    Nothing,
    /// It was used wrongly, or an input or output failed.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Done => 0,
            Exit::Nothing => 1,
            Exit::Failed => 2,
        })
    }
}

/// Says what went wrong. A reader that has seen enough and closed the pipe is a normal end.
pub(crate) fn of_error(error: &anyhow::Error) -> Exit {
    let broken = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == ErrorKind::BrokenPipe)
    };
    if error.chain().any(broken) {
        return Exit::Done;
    }
    // Our errors say what caused them.
    let hint = error.downcast_ref().map_or("", crate::hints::of_names);
    say(format_args!("wirelens: {error}{hint}"));
    Exit::Failed
}
