//! `wirelens split` and `wirelens worker`.

use std::io::Read;

use anyhow::Context;
use clap::Parser;
use wirelens::Error;
use wirelens::server::{Part, Share, Work};

use crate::arguments::{Arguments, Command, Split, Worker};
use crate::exit::Exit;
use crate::extract::{Prepared, prepare};
use crate::tables;

pub(crate) fn split(arguments: &Split) -> anyhow::Result<Exit> {
    let mut text = String::new();
    for file in &arguments.files {
        for part in Part::plan(file, arguments.into.into())? {
            text.push_str(&serde_json::to_string(&part)?);
            text.push('\n');
        }
    }
    tables::print(text.as_bytes())
}

pub(crate) fn worker(arguments: &Worker) -> anyhow::Result<Exit> {
    let mut text = arguments.split.clone();
    if text == "-" {
        text.clear();
        std::io::stdin().read_to_string(&mut text).context("standard input cannot be read")?;
    }
    let work = Work::parse(&text)?;
    if work.find(&mut std::io::stdout().lock())? {
        return Ok(Exit::Done);
    }
    let Work::Flows(share) = work else { return Ok(Exit::Done) };
    let Prepared { source, format, options, .. } = prepared(&share)?;
    source.frames()?.write_share(format, options, &share, &mut std::io::stdout().lock())?;
    Ok(Exit::Done)
}

/// What the command line of a share asks for.
fn prepared(share: &Share) -> anyhow::Result<Prepared> {
    let words = std::iter::once("wirelens").chain(share.arguments.iter().map(String::as_str));
    match Arguments::try_parse_from(words)?.command {
        Command::Extract(extract) => prepare(&extract),
        _ => {
            let text = "the arguments of a share of flows must be those of wirelens extract";
            Err(Error::Usage(text.to_owned()).into())
        }
    }
}
