//! The `wirelens` program: arguments, then a plan, then the run.

mod analyse;
mod arguments;
mod bench;
mod capture;
mod devices;
mod exit;
mod extract;
mod grep;
mod hints;
mod http;
mod inject;
mod live;
mod plan;
mod postrotate;
mod progress;
mod reassemble;
mod say;
mod server;
mod show;
mod stats;
mod stop;
mod tables;
mod trace;
mod units;
mod user;
mod verify;
mod workers;

use clap::{CommandFactory, Parser};

use crate::arguments::{Arguments, Command};
use crate::exit::Exit;

fn main() -> std::process::ExitCode {
    let arguments = Arguments::try_parse().unwrap_or_else(|error| {
        let words = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
        hints::explained(error, &words.collect::<Vec<_>>()).exit()
    });
    let result = match &arguments.command {
        Command::Extract(extract) => extract::run(extract),
        Command::Show(show) => show::run(show),
        Command::Reassemble(reassemble) => reassemble::run(reassemble),
        Command::Trace(trace) => trace::run(trace),
        Command::Http(http) => http::run(http),
        Command::Grep(grep) => grep::run(grep),
        Command::Stats(stats) => stats::run(stats),
        Command::Capture(capture) => capture::run(capture),
        Command::Devices(devices) => devices::run(devices),
        Command::Inject(inject) => inject::run(inject),
        Command::Analyse(analyse) => analyse::run(analyse),
        Command::Verify(verify) => verify::run(verify),
        Command::Bench(bench) => bench::run(bench),
        Command::Measure(measure) => bench::measure(measure),
        Command::Split(split) => server::split(split),
        Command::Worker(worker) => server::worker(worker),
        Command::Protocols(protocols) => tables::protocols(protocols),
        Command::Fields(fields) => tables::fields(fields),
        Command::Completions { shell } => completions(*shell),
        Command::Man => manual(),
    };
    match result {
        Ok(exit) => exit.into(),
        Err(error) => exit::of_error(&error).into(),
    }
}

fn completions(shell: clap_complete::Shell) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "wirelens", &mut text);
    tables::print(&text)
}

fn manual() -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut text)?;
    tables::print(&text)
}
