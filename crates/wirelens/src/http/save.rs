//! Bodies as files.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use wirelens_flow::http::{Body, Message, Transaction};

use crate::Error;

/// A folder that bodies are put into.
pub(super) struct Save {
    folder: PathBuf,
    /// How many were put there, and how many of them are not whole.
    pub(super) saved: u64,
    pub(super) cut: u64,
    failed: Option<Error>,
}

/// The names of the files that a transaction's bodies are in.
#[derive(Default)]
pub(super) struct Saved {
    pub(super) request: Option<String>,
    pub(super) response: Option<String>,
}

/// Characters of a URL's last part that are in a name.
const LONGEST: usize = 80;

/// What files with these media types are called, where their names do not say.
const EXTENSIONS: [(&str, &str); 26] = [
    ("application/gzip", "gz"),
    ("application/javascript", "js"),
    ("application/json", "json"),
    ("application/pdf", "pdf"),
    ("application/wasm", "wasm"),
    ("application/x-javascript", "js"),
    ("application/x-msdownload", "exe"),
    ("application/x-www-form-urlencoded", "form"),
    ("application/xhtml+xml", "html"),
    ("application/xml", "xml"),
    ("application/zip", "zip"),
    ("audio/mpeg", "mp3"),
    ("font/woff", "woff"),
    ("font/woff2", "woff2"),
    ("image/gif", "gif"),
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/svg+xml", "svg"),
    ("image/webp", "webp"),
    ("image/x-icon", "ico"),
    ("text/css", "css"),
    ("text/html", "html"),
    ("text/javascript", "js"),
    ("text/plain", "txt"),
    ("text/xml", "xml"),
    ("video/mp4", "mp4"),
];

impl Save {
    /// Into a folder, which is created.
    pub(super) fn new(folder: &Path) -> Result<Save, Error> {
        std::fs::create_dir_all(folder)
            .map_err(|source| Error::Output { path: folder.to_owned(), source })?;
        Ok(Save { folder: folder.to_owned(), saved: 0, cut: 0, failed: None })
    }

    /// Puts the bodies of a transaction that is over there.
    pub(super) fn transaction(&mut self, one: &Transaction) -> Saved {
        let url = one.url();
        let request = one.request.as_ref().map(|request| &request.message);
        let response = one.response.as_ref().map(|response| &response.message);
        Saved {
            request: request.and_then(|message| self.body(one.number, "request-", &url, message)),
            response: response.and_then(|message| self.body(one.number, "", &url, message)),
        }
    }

    fn body(&mut self, number: u64, of: &str, url: &[u8], message: &Message) -> Option<String> {
        let Body { ref bytes, cut, encoded, .. } = message.body;
        if bytes.is_empty() || self.failed.is_some() {
            return None;
        }
        let mut name = format!("{number}-{of}{}", last_part(url));
        if let Some(extension) = extension(&name, message) {
            let _ = write!(name, ".{extension}");
        }
        if encoded {
            let coding = message.field("content-encoding").unwrap_or(b"encoded");
            let _ = write!(name, ".{}", safe(coding));
        }
        let part = cut || !message.complete;
        if part {
            name.push_str(".part");
        }
        let path = self.folder.join(&name);
        if let Err(source) = std::fs::write(&path, bytes) {
            self.failed = Some(Error::Output { path, source });
            return None;
        }
        self.saved += 1;
        self.cut += u64::from(part);
        Some(name)
    }

    /// What has gone wrong since it was asked last.
    pub(super) fn outcome(&mut self) -> Result<(), Error> {
        self.failed.take().map_or(Ok(()), Err)
    }
}

/// The last part of a URL's path, as a name that is one everywhere: letters, digits, `.`, `-`, `_`.
fn last_part(url: &[u8]) -> String {
    let path = url.split(|byte| b"?#".contains(byte)).next().unwrap_or_default();
    let path = match path.windows(3).position(|three| three == b"://") {
        Some(at) => {
            let rest = path.get(at + 3..).unwrap_or_default();
            let host = rest.iter().position(|&byte| byte == b'/').unwrap_or(rest.len());
            rest.get(host..).unwrap_or_default()
        }
        None => path,
    };
    let name = safe(path.rsplit(|&byte| byte == b'/').next().unwrap_or_default());
    if name.is_empty() { "index".to_owned() } else { name }
}

fn safe(text: &[u8]) -> String {
    let known = |&byte: &u8| match byte {
        b'.' | b'-' | b'_' => char::from(byte),
        _ if byte.is_ascii_alphanumeric() => char::from(byte),
        _ => '_',
    };
    let name: String = text.iter().take(LONGEST).map(known).collect();
    // Windows has no names that end with one.
    name.trim_end_matches('.').to_owned()
}

/// The extension that a name lacks.
fn extension(name: &str, message: &Message) -> Option<&'static str> {
    let has_one = name.rsplit_once('.').is_some_and(|(_, end)| (1..=5).contains(&end.len()));
    let kind = message.media_type()?.to_ascii_lowercase();
    let known = EXTENSIONS.iter().find(|(known, _)| known.as_bytes() == kind);
    known.filter(|_| !has_one).map(|&(_, extension)| extension)
}

#[cfg(test)]
mod tests {
    use wirelens_flow::http::HeaderField;

    use super::*;

    #[test]
    fn names_are_names_everywhere() {
        for (url, name) in [
            ("http://example.org/a/b.png?c=/d", "b.png"),
            ("http://example.org", "index"),
            ("http://example.org/a/", "index"),
            ("/a/..", "index"),
            ("/../../etc/passwd", "passwd"),
            ("/a\\b:c*d\u{e9}", "a_b_c_d__"),
            ("/a.", "a"),
        ] {
            assert_eq!(last_part(url.as_bytes()), name, "{url}");
        }
        assert_eq!(last_part(&[&b"/"[..], &[b'x'; 300]].concat()).len(), LONGEST);
    }

    #[test]
    fn names_without_an_extension_get_that_of_their_type() {
        let of = |name: &str, kind: &[u8]| {
            let field = HeaderField { name: b"content-type"[..].into(), value: kind.into() };
            extension(name, &Message { fields: vec![field], ..Message::default() })
        };
        assert_eq!(of("1-index", b"Text/HTML; charset=utf-8"), Some("html"));
        assert_eq!(of("1-index.php", b"text/html"), None);
        assert_eq!(of("1-v1.0-something", b"text/html"), Some("html"));
        assert_eq!(of("1-index", b"application/x-nobody-knows"), None);
        assert_eq!(extension("1-index", &Message::default()), None);
    }
}
