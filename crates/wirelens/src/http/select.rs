//! Which transactions are wanted.

use regex::bytes::Regex;
use wirelens_flow::http::Transaction;

use crate::Error;

/// Which transactions are wanted, by expressions of the crate `regex`. One is wanted that, of each
/// kind of which there are expressions to include, matches one at least, and matches none of those
/// to exclude.
#[derive(Clone, Debug, Default)]
pub struct HttpSelect {
    kinds: [Kind; 4],
}

#[derive(Clone, Debug, Default)]
struct Kind {
    include: Vec<Regex>,
    exclude: Vec<Regex>,
}

/// An expression as it was given.
///
/// # Errors
/// When it is none.
pub(crate) fn expression(text: &str) -> Result<Regex, Error> {
    Regex::new(text).map_err(|error| Error::Usage(format!("'{text}' is no expression: {error}")))
}

impl HttpSelect {
    /// The kinds there are: what of a request is looked at.
    pub const KINDS: [&'static str; 4] = ["method", "host", "url", "user-agent"];

    /// Adds an expression to include of a kind, or to exclude.
    ///
    /// # Errors
    /// When there is no such kind, or the expression is none.
    pub fn add(&mut self, kind: &str, text: &str, exclude: bool) -> Result<(), Error> {
        let Some(at) = HttpSelect::KINDS.iter().position(|known| *known == kind) else {
            return Err(Error::unknown("kind of expression", kind, HttpSelect::KINDS));
        };
        if let Some(kind) = self.kinds.get_mut(at) {
            let list = if exclude { &mut kind.exclude } else { &mut kind.include };
            list.push(expression(text)?);
        }
        Ok(())
    }

    /// Are all wanted?
    pub fn is_empty(&self) -> bool {
        self.kinds.iter().all(|kind| kind.include.is_empty() && kind.exclude.is_empty())
    }

    /// Is this transaction wanted? What it does not have is empty.
    pub fn has(&self, transaction: &Transaction) -> bool {
        self.is_empty() || {
            let request = transaction.request.as_ref();
            let url = transaction.url();
            let texts = [
                request.map_or(&b""[..], |request| &request.method),
                request.and_then(|request| request.host()).unwrap_or_default(),
                &url,
                request.and_then(|request| request.user_agent()).unwrap_or_default(),
            ];
            self.kinds.iter().zip(texts).all(|(kind, text)| kind.has(text))
        }
    }
}

impl Kind {
    fn has(&self, text: &[u8]) -> bool {
        let included = self.include.is_empty() || self.include.iter().any(|it| it.is_match(text));
        included && !self.exclude.iter().any(|it| it.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(include: &[&str], exclude: &[&str]) -> Kind {
        let all = |texts: &[&str]| texts.iter().filter_map(|text| expression(text).ok()).collect();
        Kind { include: all(include), exclude: all(exclude) }
    }

    #[test]
    fn one_of_those_to_include_and_none_of_those_to_exclude() {
        let both = kind(&["a", "b"], &["c"]);
        assert!(both.has(b"xa") && both.has(b"b"));
        assert!(!both.has(b"ac") && !both.has(b"x"));
        assert!(kind(&[], &["c"]).has(b"") && !kind(&[], &["c"]).has(b"c"));
        assert!(kind(&[], &[]).has(b"anything"));
        assert!(!kind(&["a"], &[]).has(b""));
    }

    #[test]
    fn what_is_no_expression_is_said() {
        let mut select = HttpSelect::default();
        assert!(select.add("method", "(", false).is_err());
        assert!(select.add("colour", "a", false).is_err());
        assert!(select.is_empty());
        assert!(select.add("url", "a", true).is_ok() && !select.is_empty());
    }
}
