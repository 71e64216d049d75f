//! The processes of `extract -E server`.

use std::thread::available_parallelism;

use anyhow::Context;
use wirelens::Error;
use wirelens::server::Server;

use crate::arguments::Serving;

/// Those who are to work for this process.
pub(crate) fn of(serving: &Serving) -> anyhow::Result<Server> {
    let workers = match serving.workers {
        0 => available_parallelism().map_or(1, usize::from),
        workers => workers,
    };
    let words = std::env::args_os().skip(1).map(|word| {
        word.into_string().map_err(|word| {
            let word = word.to_string_lossy();
            Error::Usage(format!("'{word}' is no UTF-8, in which workers are told what to do"))
        })
    });
    let words = words.collect::<Result<Vec<_>, _>>()?;
    Ok(match &serving.worker_command {
        Some(command) => Server::new("/bin/sh", &["-c", command], workers, words),
        None => {
            let program =
                std::env::current_exe().context("where this program lies is not known")?;
            Server::new(program, &["worker", "--split", "-"], workers, words)
        }
    })
}
