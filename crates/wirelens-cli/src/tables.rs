//! `wirelens protocols`, `wirelens fields`, `--limit help`: what is known, from the tables.

use std::io::Write;

use wirelens::report::{Selection, schema, tables};
use wirelens::{Error, NamedLimits};

use crate::arguments::{Fields, Protocols};
use crate::exit::Exit;

pub(crate) fn protocols(arguments: &Protocols) -> anyhow::Result<Exit> {
    let registry = wirelens::protocols::shared();
    if is_json(&arguments.format)? {
        print_json(&tables::protocols_json(&registry))
    } else {
        print(tables::protocols_text(&registry).as_bytes())
    }
}

pub(crate) fn fields(arguments: &Fields) -> anyhow::Result<Exit> {
    let registry = wirelens::protocols::shared();
    if arguments.json_schema {
        return print_json(&schema::frame(&registry));
    }
    let known = registry.by_name();
    let names = || known.keys().copied().chain(Selection::FRAME_FIELDS);
    if !names().any(|name| name.starts_with(&arguments.prefix)) {
        let names = names();
        return Err(Error::unknown("field", &arguments.prefix, names).into());
    }
    if is_json(&arguments.format)? {
        print_json(&tables::fields_json(&registry, &arguments.prefix))
    } else {
        print(tables::fields_text(&registry, &arguments.prefix).as_bytes())
    }
}

/// Prints the limits that `--limit` knows.
pub(crate) fn limits<L: NamedLimits>() -> anyhow::Result<Exit> {
    let width = L::SETTINGS.iter().map(|setting| setting.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for setting in L::SETTINGS {
        let (name, value, title) = (setting.name, setting.value(), setting.title);
        text.push_str(&format!("{name:width$}  {value:>10}  {title}\n"));
    }
    print(text.as_bytes())
}

/// Names and what they stand for: the columns that a table may have, the tables that there are.
pub(crate) fn columns<T: std::fmt::Display>(
    known: impl Iterator<Item = (String, T)>,
) -> anyhow::Result<Exit> {
    let known: Vec<_> = known.collect();
    let width = known.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let rows = known.iter().map(|(name, title)| format!("{name:width$}  {title}\n"));
    print(rows.collect::<String>().as_bytes())
}

pub(crate) fn is_json(format: &str) -> Result<bool, Error> {
    match format {
        "json" => Ok(true),
        "text" => Ok(false),
        _ => Err(Error::unknown("format", format, ["json", "text"])),
    }
}

pub(crate) fn print_json(value: &serde_json::Value) -> anyhow::Result<Exit> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    print(&text)
}

pub(crate) fn print(text: &[u8]) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    out.write_all(text)?;
    out.flush()?;
    Ok(Exit::Done)
}
