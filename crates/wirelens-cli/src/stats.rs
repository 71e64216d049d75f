//! `wirelens stats`: a capture in numbers.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use wirelens::flow::KeyOptions;
use wirelens::stats::{Part, Statistics, TextStyle};
use wirelens::{Error, FlowLimits, Format, Output, Packing};

use crate::arguments::Stats;
use crate::exit::Exit;
use crate::say::say;
use crate::{live, plan, show};

pub(crate) fn run(arguments: &Stats) -> anyhow::Result<Exit> {
    plan::only_native(&arguments.engine, "stats")?;
    if plan::asks_for_limits(&arguments.limit) {
        return crate::tables::limits::<FlowLimits>();
    }
    if arguments.table.as_deref() == Some("help") {
        let known = Statistics::known_tables();
        let rows = known.into_iter().map(|known| (known.name.to_owned(), known.title));
        return crate::tables::columns(rows);
    }
    let plan = plan(arguments)?;
    let target = arguments.output.clone().unwrap_or_else(|| PathBuf::from("-"));
    let writing = Writing::of(arguments, &target)?;
    for target in [Some(&target), arguments.html.as_ref()].into_iter().flatten() {
        plan::check_files(arguments.files.iter().map(PathBuf::as_path), target)?;
        Packing::check(target)?;
    }
    let statistics = plan.gather()?;
    if let Some(page) = &arguments.html {
        let files = arguments.files.iter().map(|file| name(file));
        let devices = arguments.live.interface.iter().cloned();
        let title = files.chain(devices).collect::<Vec<_>>().join(", ");
        Output::create(page)?.store(statistics.to_html(&title).as_bytes())?;
    }
    if arguments.html.is_none() || arguments.output.is_some() || asks_for_format(arguments) {
        let report = writing.report(&statistics)?;
        Output::create(&target)?.store(&report)?;
    }
    if let Some(failure) = &statistics.failure {
        say(format_args!("wirelens: {failure}"));
        return Ok(Exit::Failed);
    }
    Ok(Exit::Done)
}

fn asks_for_format(arguments: &Stats) -> bool {
    arguments.format.is_some() || arguments.table.is_some()
}

/// A file's name without its folders.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

fn plan(arguments: &Stats) -> anyhow::Result<wirelens::Stats> {
    let key = KeyOptions::read(&arguments.flow_key)
        .map_err(|word| Error::unknown("key of flows", word, KeyOptions::WORDS))?;
    let mut plan = wirelens::stats(live::source(&arguments.files, &arguments.live)?)
        .registry(plan::registry(&arguments.choices)?)
        .threads(arguments.together.threads)
        .stop_flag(crate::stop::flag()?)
        .follow(arguments.follow)
        .top(usize::try_from(arguments.top).unwrap_or(usize::MAX))
        .key(key);
    if let Some(range) = &arguments.range {
        plan = plan.range(range.parse()?);
    }
    if !arguments.section.is_empty() {
        let parts: Result<Vec<Part>, Error> =
            arguments.section.iter().map(|name| name.parse()).collect();
        plan = plan.parts(parts?);
    }
    plan::set_limits(plan.limits_mut(), &arguments.limit)?;
    Ok(plan)
}

/// The format that the name of a report tells, text where it tells none.
fn of_path(target: &Path) -> Result<&'static str, Error> {
    let path = target.display();
    let wrong = |text: String| Err(Error::Usage(format!("{path}: {text}")));
    match Format::of_path(target).0 {
        Some(Format::Json) => Ok("json"),
        Some(Format::Csv) => Ok("csv"),
        Some(Format::Tree) => Ok("text"),
        Some(other) => {
            let name = other.name();
            wrong(format!("{name} is no format of statistics; write text, json or csv"))
        }
        None if target.extension().is_some_and(|it| it == "html" || it == "htm") => {
            wrong(format!("a page is written by --html {path}"))
        }
        None => Ok("text"),
    }
}

/// Is there such a table, in the sections that were asked for?
fn check_table(table: &str, sections: &[String]) -> Result<(), Error> {
    let known = Statistics::known_tables();
    let Some(found) = known.iter().find(|known| known.name == table) else {
        let names = known.iter().map(|known| known.name);
        return Err(Error::unknown("table of statistics", table, names));
    };
    let part = found.part.name();
    if sections.is_empty() || sections.iter().any(|section| section == part) {
        return Ok(());
    }
    let text = format!("'{table}' is in none of the sections that are asked for; it is in {part}");
    Err(Error::Usage(text))
}

/// What the report is to be.
enum Writing {
    Text(TextStyle),
    Json,
    Csv(String),
}

impl Writing {
    fn of(arguments: &Stats, target: &Path) -> Result<Writing, Error> {
        let of_path = of_path(target)?;
        let format = match (&arguments.format, &arguments.table) {
            (Some(format), _) => format,
            (None, Some(_)) => "csv",
            (None, None) => of_path,
        };
        plan::check_name(format, target)?;
        if let Some(table) = &arguments.table {
            check_table(table, &arguments.section)?;
        }
        let style = || -> Result<TextStyle, Error> {
            let terminal = target.as_os_str() == "-" && std::io::stdout().is_terminal();
            let size = terminal.then(terminal_size::terminal_size).flatten();
            let width = size.map_or(100, |(width, _)| usize::from(width.0));
            let colour = match arguments.color.as_str() {
                "auto" if !terminal => false,
                when => show::colour(when)?,
            };
            Ok(TextStyle { width, colour })
        };
        match (format, &arguments.table) {
            ("text", None) => Ok(Writing::Text(style()?)),
            ("json", None) => Ok(Writing::Json),
            ("csv", Some(table)) => Ok(Writing::Csv(table.clone())),
            ("csv", None) => Err(Error::Usage(
                "csv is one table; name it with --table (--table help lists them)".to_owned(),
            )),
            ("text" | "json", Some(_)) => {
                Err(Error::Usage("--table is for csv; choose with --section".to_owned()))
            }
            _ => Err(Error::unknown("format", format, ["text", "json", "csv"])),
        }
    }

    fn report(&self, statistics: &Statistics) -> Result<Vec<u8>, Error> {
        Ok(match self {
            Writing::Text(style) => statistics.to_text(*style).into_bytes(),
            Writing::Json => statistics.to_json(),
            Writing::Csv(table) => statistics.to_csv(table)?.into_bytes(),
        })
    }
}
