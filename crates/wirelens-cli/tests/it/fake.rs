//! Programs that stand in for others.

use crate::helper::{Ran, finish, folder, piped, program, write_program};

/// Runs with a shell script in the place of a program that is looked for by its name.
pub(crate) fn run_with(name: &str, script: &str, arguments: &str) -> Ran {
    let folder = folder();
    let path = folder.path().join(name);
    write_program(&path, &format!("#!/bin/sh\n{script}\n"));
    let inherited = std::env::var("PATH").unwrap_or_default();
    let mut command = program(arguments.split_whitespace());
    command.env("PATH", format!("{}:{inherited}", folder.path().display()));
    finish(piped(command))
}
