//! Programs that stand in for others.

use std::os::unix::fs::PermissionsExt;

use crate::helper::{Ran, finish, folder, piped, program};

/// Runs with a shell script in the place of a program that is looked for by its name.
pub(crate) fn run_with(name: &str, script: &str, arguments: &str) -> Ran {
    let folder = folder();
    let path = folder.path().join(name);
    // Written under another name: what is open for writing cannot be executed.
    let draft = folder.path().join("draft");
    std::fs::write(&draft, format!("#!/bin/sh\n{script}\n")).expect("written");
    std::fs::set_permissions(&draft, std::fs::Permissions::from_mode(0o755)).expect("executable");
    std::fs::rename(&draft, &path).expect("renamed");
    let inherited = std::env::var("PATH").unwrap_or_default();
    let mut command = program(arguments.split_whitespace());
    command.env("PATH", format!("{}:{inherited}", folder.path().display()));
    finish(piped(command))
}
