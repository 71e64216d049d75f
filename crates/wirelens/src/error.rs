//! What can go wrong, by whose fault it is.

use std::path::PathBuf;

/// An error of the library. What was read before it was delivered.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The capture: the file or what is in it.
    #[error(transparent)]
    Capture(#[from] wirelens_capture::Error),
    /// A program that dissects for us.
    #[error(transparent)]
    Engine(#[from] crate::engines::EngineError),
    /// The caller named something that is not known.
    #[error("unknown {what} '{name}'{}", did_you_mean(nearest, known))]
    Unknown {
        /// A format, a protocol, a layer, an engine or a field.
        what: &'static str,
        /// The name that was given.
        name: String,
        /// The names that are nearest to it.
        nearest: Vec<String>,
        /// All names, if none is near and they are few.
        known: Vec<String>,
    },
    /// The caller gave a range that is none.
    #[error("'{text}' is no range of frames; write it as 10-20,50-")]
    Range {
        /// What was given.
        text: String,
    },
    /// No protocol recognises bytes that were given without a protocol's name.
    #[error(
        "no protocol recognises these {length} bytes by their content; name one with --protocol"
    )]
    Unrecognised {
        /// How many bytes there are.
        length: usize,
    },
    /// The caller asked for two things that do not go together.
    #[error("{0}")]
    Usage(String),
    /// The output could not be written.
    #[error("{}: cannot be written: {source}", path.display())]
    Output {
        /// Where it was to go.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// So many names are listed where none is near.
const FEW: usize = 12;

fn did_you_mean(nearest: &[String], known: &[String]) -> String {
    match nearest {
        [] if known.is_empty() => String::new(),
        [] => format!("; it is one of {}", known.join(", ")),
        [one] => format!("; did you mean '{one}'?"),
        [all @ .., last] => {
            let all: Vec<String> = all.iter().map(|name| format!("'{name}'")).collect();
            format!("; did you mean {} or '{last}'?", all.join(", "))
        }
    }
}

impl Error {
    /// An unknown name, with those of `known` that are nearest to it.
    pub fn unknown<'a>(
        what: &'static str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) -> Error {
        let lower = name.to_ascii_lowercase();
        let all: Vec<&str> = known.into_iter().collect();
        let mut near: Vec<(usize, &str)> = all
            .iter()
            .map(|&known| {
                let distance = strsim::damerau_levenshtein(&lower, &known.to_ascii_lowercase());
                let within = !lower.is_empty() && known.to_ascii_lowercase().contains(&lower);
                (if within { distance.min(2) } else { distance }, known)
            })
            .collect();
        near.sort_unstable();
        near.dedup_by_key(|(_, known)| *known);
        let most = (lower.len() / 2).clamp(2, 5);
        let best = near.first().map_or(usize::MAX, |(distance, _)| *distance);
        let nearest: Vec<String> = near
            .iter()
            .take_while(|(distance, _)| *distance == best && best <= most && !lower.is_empty())
            .take(3)
            .map(|(_, known)| (*known).to_owned())
            .collect();
        let few = nearest.is_empty() && all.len() <= FEW;
        let known =
            if few { all.iter().map(|&name| name.to_owned()).collect() } else { Vec::new() };
        Error::Unknown { what, name: name.to_owned(), nearest, known }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_told() {
        let error = Error::unknown("format", "jsn", ["json", "ndjson", "plist"]);
        assert_eq!(error.to_string(), "unknown format 'jsn'; did you mean 'json'?");
        let error = Error::unknown("format", "zzzzzz", ["json", "plist"]);
        assert_eq!(error.to_string(), "unknown format 'zzzzzz'; it is one of json, plist");
    }
}
