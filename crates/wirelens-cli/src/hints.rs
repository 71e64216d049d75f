//! What is said of a command line that cannot be read, to those who know other programs too.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use wirelens::Error;

/// The commands that read captures or devices.
const READING: [&str; 7] = ["show", "extract", "reassemble", "trace", "http", "grep", "stats"];

/// The error with a tip that is of use; `words` are the command line without the program.
pub(crate) fn explained(mut error: clap::Error, words: &[String]) -> clap::Error {
    let named = text_of(&error, ContextKind::InvalidArg);
    let command = words.first().map_or("", String::as_str);
    let reads = READING.contains(&command);
    let tip = match error.kind() {
        ErrorKind::UnknownArgument => {
            // That it could be a value is never meant.
            error.remove(ContextKind::Suggested);
            of_option(command, &named, words).filter(|_| reads)
        }
        ErrorKind::MissingRequiredArgument if command == "grep" && is_given(words, "-E") => {
            Some("-E names an engine; expressions are extended without -E".to_owned())
        }
        ErrorKind::MissingRequiredArgument if reads && named.contains("<FILE>") => {
            Some("`-` reads standard input, -i captures from a device".to_owned())
        }
        _ => None,
    };
    if let Some(tip) = tip {
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip.into()]));
    }
    error
}

fn text_of(error: &clap::Error, kind: ContextKind) -> String {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join(" "),
        _ => String::new(),
    }
}

fn is_given(words: &[String], option: &str) -> bool {
    words.iter().any(|word| word == option)
}

/// What an option of tshark or tcpdump is here.
fn of_option(command: &str, option: &str, words: &[String]) -> Option<String> {
    let value = |other: &'static str| {
        let at = words.iter().position(|word| word.starts_with(option));
        let inside = at.and_then(|at| words[at].strip_prefix(option)).filter(|it| !it.is_empty());
        let behind = at.and_then(|at| words.get(at + 1)).map(String::as_str);
        inside.or(behind).unwrap_or(other).to_owned()
    };
    Some(match option {
        "-c" => {
            let count = Some(value("N")).filter(|text| text.parse::<u64>().is_ok());
            format!("the first frames are --range 1-{}", count.as_deref().unwrap_or("N"))
        }
        "-r" => {
            let file = value("FILE");
            format!("the capture is named without an option: wirelens {command} {file}")
        }
        "-n" => "-n is not needed: names are not asked for unless --resolve says so".to_owned(),
        "-Y" | "-R" => "frames are chosen with a capture filter: --bpf 'tcp port 80'".to_owned(),
        "-T" => "the format is -f: -f json, -f ndjson, -f csv".to_owned(),
        "-e" => "fields are chosen with --fields ip.src,tcp.dstport".to_owned(),
        "-w" => "frames are written by wirelens extract FILE -o out.pcap".to_owned(),
        _ => return None,
    })
}

/// What an option of grep is here, where the pattern is expected.
pub(crate) fn of_grep(option: &str) -> Result<(), Error> {
    let text = match option {
        "-v" | "--invert-match" => "has no counterpart here",
        "-n" | "--line-number" => "is not needed, flow and position are always told",
        "-r" | "-R" | "--recursive" => "is not needed, folders are read as they are",
        "-a" | "--text" => "is not needed",
        _ => return Ok(()),
    };
    let text =
        format!("{option}: {text}; to look for {option} itself, write '[-]{}'", &option[1..]);
    Err(Error::Usage(text))
}

/// Where all names are listed, behind an error that names none that is near.
pub(crate) fn of_names(error: &Error) -> &'static str {
    let Error::Unknown { what, name, nearest, known } = error else { return "" };
    if name.is_empty() || !nearest.is_empty() || !known.is_empty() {
        return "";
    }
    match *what {
        "limit" => "; --limit help lists them",
        "column of flows" => "; --fields help lists them",
        "table of statistics" => "; --table help lists them",
        "field" => "; `wirelens fields` lists them",
        "protocol" => "; `wirelens protocols` lists them",
        _ => "",
    }
}
