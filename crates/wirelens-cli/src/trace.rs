//! `wirelens trace`: the flows of a capture.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use wirelens::flow::KeyOptions;
use wirelens::{Error, FlowColumns, FlowLimits, Format, Output};

use crate::arguments::Trace;
use crate::exit::Exit;
use crate::say::say;
use crate::{live, plan};

pub(crate) fn run(arguments: &Trace) -> anyhow::Result<Exit> {
    plan::only_native(&arguments.engine, "trace")?;
    if plan::asks_for_limits(&arguments.limit) {
        return crate::tables::limits::<FlowLimits>();
    }
    if arguments.fields.as_deref() == Some("help") {
        return crate::tables::columns(FlowColumns::known());
    }
    let plan = plan(arguments)?;
    let format = arguments.format.as_deref().map(str::parse::<Format>).transpose()?;
    let index = index(arguments);
    let table = arguments.fields.as_ref().map(|_| Format::Csv);
    let of_path = Format::of_path(&index).0.or(table);
    plan::check_files(arguments.files.iter().map(PathBuf::as_path), &index)?;
    let tally = match &arguments.output {
        None if arguments.events => {
            plan::check_name("ndjson", &index)?;
            plan.data(true).write_events(&mut Output::create(&index)?)?
        }
        None => {
            let format = format.or(of_path).unwrap_or(Format::Json);
            check_table(table, format)?;
            plan::check_name(format.name(), &index)?;
            plan.write(format, &mut Output::create(&index)?)?
        }
        Some(folder) => {
            check_folder(folder)?;
            let format = format.unwrap_or(Format::Pcap);
            let index_format = of_path.unwrap_or(Format::Json);
            check_table(table, index_format)?;
            plan.write_folder(format, folder, index_format, &mut Output::create(&index)?)?
        }
    };
    for warning in &tally.warnings {
        say(format_args!("wirelens: warning: {}", warning.text));
    }
    Ok(Exit::Done)
}

fn plan(arguments: &Trace) -> anyhow::Result<wirelens::Trace> {
    let key = KeyOptions::read(&arguments.flow_key)
        .map_err(|word| Error::unknown("key of flows", word, KeyOptions::WORDS))?;
    let registry = plan::registry(&arguments.choices)?;
    let mut plan = wirelens::trace(live::source(&arguments.files, &arguments.live)?)
        .registry(Arc::clone(&registry))
        .threads(arguments.together.threads)
        .stop_flag(crate::stop::flag()?)
        .follow(arguments.follow)
        .facts(!arguments.no_facts)
        .key(key);
    if let Some(range) = &arguments.range {
        plan = plan.range(range.parse()?);
    }
    if let Some(flow) = &arguments.flow {
        plan = plan.select(plan::flows(flow, &registry)?);
    }
    if let Some(columns) = &arguments.fields {
        plan = plan.columns(columns.parse()?);
    }
    if let Some(servers) = &arguments.naming.resolve {
        plan = plan.resolve(plan::resolve(servers)?);
    }
    plan::set_limits(plan.limits_mut(), &arguments.limit)?;
    Ok(plan)
}

/// Where the index goes.
fn index(arguments: &Trace) -> PathBuf {
    match (&arguments.index, &arguments.output) {
        (Some(index), _) => index.clone(),
        (None, Some(folder)) if arguments.fields.is_some() => folder.join("index.csv"),
        (None, Some(folder)) => folder.join("index.json"),
        (None, None) => PathBuf::from("-"),
    }
}

/// Columns are of a table only.
fn check_table(table: Option<Format>, index: Format) -> Result<(), Error> {
    if table.is_none_or(|table| table == index) {
        return Ok(());
    }
    let text = format!("--fields are the columns of csv; the index is {}", index.name());
    Err(Error::Usage(text))
}

fn check_folder(folder: &Path) -> Result<(), Error> {
    if folder.as_os_str() == "-" || folder.is_file() {
        let folder = folder.display();
        return Err(Error::Usage(format!("{folder}: is no folder; -o names one for the files")));
    }
    Ok(())
}
