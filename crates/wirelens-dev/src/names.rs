//! Every row that does not say `own` has a name that tshark knows, and of the same sort of value.

use std::collections::HashMap;
use std::io::BufRead;
use std::process::ExitCode;

use wirelens_dissect::{Field, Kind};

/// Reads tshark's dictionary and prints the rows that disagree with it.
pub(crate) fn check(dictionary: impl BufRead) -> anyhow::Result<ExitCode> {
    let mut types: HashMap<String, String> = HashMap::new();
    for line in dictionary.split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        let columns: Vec<&str> = line.split('\t').collect();
        match columns[..] {
            ["F", _, name, kind, ..] => types.insert(name.to_owned(), kind.to_owned()),
            // TCP's options are protocols to tshark.
            ["P", _, name, ..] => types.insert(name.to_owned(), "FT_PROTOCOL".to_owned()),
            _ => None,
        };
    }
    anyhow::ensure!(types.len() > 1000, "no dictionary on standard input: tshark -G fields");

    let registry = wirelens_protocols::shared();
    let mut rows: Vec<(&str, &Vec<&Field>)> =
        registry.by_name().iter().map(|(name, rows)| (*name, rows)).collect();
    rows.sort_unstable_by_key(|(name, _)| *name);
    let (mut known, mut own, mut wrong) = (0, 0, 0);
    for (name, rows) in rows {
        for row in rows {
            if row.own {
                own += 1;
                continue;
            }
            // DTLS has the rows of TLS, of which tshark names some for TLS alone.
            let theirs = types.get(name).or_else(|| types.get(name.strip_prefix('d')?));
            match theirs {
                None => {
                    wrong += 1;
                    say(format_args!("{name}: tshark has no such field; mark it `own`"));
                }
                Some(kind) if !fits(row.kind, kind) => {
                    wrong += 1;
                    say(format_args!("{name}: {} here, {kind} in tshark", row.kind.name()));
                }
                Some(_) => known += 1,
            }
        }
    }
    say(format_args!("{known} rows as in tshark, {own} of our own, {wrong} that disagree"));
    Ok(if wrong == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[allow(clippy::print_stdout, reason = "this is what the program is for")]
fn say(text: std::fmt::Arguments<'_>) {
    println!("{text}");
}

/// Can a value of our kind be what tshark shows for its type?
fn fits(kind: Kind, theirs: &str) -> bool {
    let number = theirs.starts_with("FT_UINT") || theirs.starts_with("FT_INT");
    match kind {
        Kind::Uint | Kind::Hex => {
            number
                || matches!(theirs, "FT_CHAR" | "FT_PROTOCOL")
                || matches!(theirs, "FT_BOOLEAN" | "FT_FRAMENUM" | "FT_IPXNET")
                // 802.11's counters are text in tshark, `0x00000003`: here they are numbers.
                || kind == Kind::Hex && theirs == "FT_STRING"
        }
        Kind::Int => number || theirs == "FT_RELATIVE_TIME",
        Kind::Float => matches!(theirs, "FT_FLOAT" | "FT_DOUBLE"),
        Kind::Flag => theirs == "FT_BOOLEAN" || number,
        Kind::Mac => theirs == "FT_ETHER" || theirs == "FT_BYTES",
        Kind::Eui64 => matches!(theirs, "FT_EUI64" | "FT_BYTES"),
        Kind::Ipv4 => theirs == "FT_IPv4",
        Kind::Ipv6 => theirs == "FT_IPv6",
        Kind::Bytes => !number,
        Kind::Text => {
            theirs.starts_with("FT_STRING") || theirs.starts_with("FT_UINT_STRING") || !number
        }
        Kind::Time => theirs == "FT_ABSOLUTE_TIME",
        Kind::Duration => theirs == "FT_RELATIVE_TIME",
        Kind::Group | Kind::Problem => true,
    }
}
