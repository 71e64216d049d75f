//! docs/protocols.md: every protocol, where it is found, how it compares with tshark and where it
//! differs; from the tables, the figures of the last comparison and the differences written down.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anyhow::Context;
use wirelens_dissect::{At, Protocol, Registry, Table};

/// Where figures and differences stand, and what is made of them.
const FIGURES: &str = "docs/protocols.tsv";
const DIFFERENCES: &str = ".ci/differences.tsv";
const DOCUMENT: &str = "docs/protocols.md";

/// What a comparison counted for a protocol.
#[derive(Clone, Copy, Default)]
struct Figures {
    frames: u64,
    expected: u64,
    matched: u64,
    extra: u64,
}

/// Figures by protocol, of frames alone and with reassembly.
type All = BTreeMap<String, [Option<Figures>; 2]>;

/// Writes the document, or with `check` says whether it is what it should be.
pub(crate) fn document(root: &Path, check: bool) -> anyhow::Result<bool> {
    let read = |name: &str| {
        std::fs::read_to_string(root.join(name)).with_context(|| format!("{name} cannot be read"))
    };
    let text = written(&figures(&read(FIGURES)?)?, &differences(&read(DIFFERENCES)?));
    if check {
        return Ok(read(DOCUMENT)? == text);
    }
    std::fs::write(root.join(DOCUMENT), text)
        .with_context(|| format!("{DOCUMENT} cannot be written"))?;
    Ok(true)
}

fn figures(text: &str) -> anyhow::Result<All> {
    let mut all = All::new();
    for line in text.lines().skip(1) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [mode, protocol, numbers @ ..] = columns.as_slice() else { continue };
        let numbers: Vec<u64> = numbers
            .iter()
            .map(|n| n.parse())
            .collect::<Result<_, _>>()
            .with_context(|| line.to_owned())?;
        let [frames, expected, matched, extra] = numbers[..] else {
            anyhow::bail!("{FIGURES}: four numbers are expected: {line}");
        };
        let place = usize::from(*mode == "reassembled");
        all.entry((*protocol).to_owned()).or_default()[place] =
            Some(Figures { frames, expected, matched, extra });
    }
    Ok(all)
}

/// By protocol: what, tshark's, ours.
fn differences(text: &str) -> BTreeMap<&str, Vec<[&str; 3]>> {
    let mut all: BTreeMap<&str, Vec<[&str; 3]>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let mut columns = line.split('\t');
        let Some(protocol) = columns.next().filter(|name| !name.is_empty()) else { continue };
        let mut next = || columns.next().unwrap_or("-").trim();
        all.entry(protocol).or_default().push([next(), next(), next()]);
    }
    all
}

const HEAD: &str = "\
# Protocols

Made by `cargo run -p wirelens-dev -- document` from the tables in the code, docs/protocols.tsv (figures of the last \
comparison with tshark 4.0.17 over 3,158 real captures, [comparison.md](comparison.md)) and .ci/differences.tsv. A test \
fails when it is not up to date.

*alone*: each frame for itself; *reassembled*: with datagrams and messages put together, the default. Shares are of \
tshark's fields that we have with the same name, byte range and value; *extra* are fields of ours that tshark does not \
have in that frame. `-`: the captures have none.

Chains (`frame.protocols`) leave out `ethertype`, which tshark lists behind `eth`: `eth:ip:tcp` is its \
`eth:ethertype:ip:tcp`.

protocol | title | frames | fields alone | extra | fields reassembled | extra
-|-|-|-|-|-|-
";

fn written(figures: &All, differences: &BTreeMap<&str, Vec<[&str; 3]>>) -> String {
    let registry = wirelens_protocols::shared();
    let mut text = HEAD.to_owned();
    for protocol in listed(&registry) {
        let [alone, together] = figures.get(protocol.name).copied().unwrap_or_default();
        let frames = alone.or(together).map_or(0, |figures| figures.frames);
        let (name, title) = (protocol.name, protocol.title);
        let _ = write!(text, "`{name}` | {title} | {frames}");
        for figures in [alone, together] {
            let _ = match figures {
                Some(Figures { expected: expected @ 1.., matched, extra, .. }) => {
                    // Rounded down, so that 100 % means all.
                    let share = (matched * 10_000 / expected) as f64 / 100.0;
                    write!(text, " | {matched} of {expected}, {share:.2} % | {extra}")
                }
                _ => write!(text, " | - | -"),
            };
        }
        text.push('\n');
    }
    text.push_str("\n## Where we differ from tshark, and why\n\nprotocol | what | tshark | Wirelens\n-|-|-|-\n");
    for (protocol, rows) in differences {
        for [what, theirs, ours] in rows {
            let _ = writeln!(text, "`{protocol}` | {what} | {theirs} | {ours}");
        }
    }
    found(&mut text, &registry);
    text
}

/// Protocols by level and name, each name once.
fn listed(registry: &Registry) -> Vec<&'static Protocol> {
    let mut all: Vec<&'static Protocol> = registry.protocols().to_vec();
    all.sort_by_key(|protocol| (protocol.level, protocol.name));
    all.dedup_by_key(|protocol| protocol.name);
    all
}

/// Where protocols are found: numbers of tables, and the order in which content is asked.
fn found(text: &mut String, registry: &Registry) {
    text.push_str(
        "\n## Where they are found\n\nBehind ports, in this order: what the conversation is known to carry or another \
         has agreed on for it; the number the user chose (`--decode-as`); the lower port; the higher port; the content, \
         asked in the order below. A protocol that refuses the bytes is passed over. What was recognised by its content \
         stays for the conversation.\n\n",
    );
    let mut tables: Vec<&'static Table> = registry.tables().to_vec();
    tables.sort_by_key(|table| table.name);
    for table in tables {
        let mut numbers = Vec::new();
        let mut content = Vec::new();
        for protocol in registry.protocols() {
            for at in protocol.found_at {
                match at {
                    At::Number(of, number)
                        if std::ptr::eq(*of, table)
                            && registry.find(table, *number).map(|id| registry.protocol(id))
                                == Some(*protocol) =>
                    {
                        numbers.push((*number, protocol.name));
                    }
                    At::Content(of, _) if std::ptr::eq(*of, table) => content.push(protocol.name),
                    _ => {}
                }
            }
        }
        numbers.sort_unstable();
        let _ = write!(text, "* `{}` ({}):", table.name, table.title);
        for (number, name) in numbers {
            let _ = match table.name {
                "ethertype" | "gre.proto" | "ppp.protocol" => {
                    write!(text, " {number:#06x} `{name}`,")
                }
                _ => write!(text, " {number} `{name}`,"),
            };
        }
        if !content.is_empty() {
            let _ = write!(text, " by content: `{}`", content.join("`, `"));
        }
        let end = text.trim_end_matches(',').len();
        text.truncate(end);
        text.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_is_up_to_date() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        assert!(
            document(&root, true).expect("its parts"),
            "docs/protocols.md is not what the tables say: cargo run -p wirelens-dev -- document"
        );
    }
}
