//! HPACK, RFC 7541: header fields out of a header block, with the dynamic table of one direction.
//!
//! Its own code, since a capture may begin in the middle of a connection: an entry that was made
//! before is missing, which must not end the decoding of what follows.

use std::collections::VecDeque;

use super::huffman;

/// The static table, appendix A.
static STATIC: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];

/// A table larger than this is not kept: older entries are then missing.
const MOST_BYTES: usize = 1 << 16;

/// Until a size update says otherwise, RFC 9113 section 6.5.2.
const FIRST_SIZE: usize = 4096;

/// How a field was written, section 6.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Representation {
    Indexed,
    Added,
    Plain,
    Never,
}

impl Representation {
    /// What it is called, with an index for the name or without.
    pub(super) fn name(self, index: bool) -> &'static str {
        match (self, index) {
            (Representation::Indexed, _) => "Indexed Header Field",
            (Representation::Added, true) => {
                "Literal Header Field with Incremental Indexing - Indexed Name"
            }
            (Representation::Added, false) => {
                "Literal Header Field with Incremental Indexing - New Name"
            }
            (Representation::Plain, true) => {
                "Literal Header Field without Indexing - Indexed Name"
            }
            (Representation::Plain, false) => "Literal Header Field without Indexing - New Name",
            (Representation::Never, true) => "Literal Header Field never Indexed - Indexed Name",
            (Representation::Never, false) => "Literal Header Field never Indexed - New Name",
        }
    }
}

/// What stands next in a header block.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Item {
    /// A field; its name and value are in [`Decoder::name`] and [`Decoder::value`].
    Field {
        representation: Representation,
        /// 0 where the name is spelled out.
        index: u64,
        /// The index is of no entry that is known: the name is missing, and of an indexed field
        /// the value.
        missing: bool,
    },
    /// A new size of the dynamic table.
    Size(u64),
}

/// Why an item cannot be read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Failure {
    /// The block goes on in another frame, or was cut.
    Cut,
    Corrupt,
}

/// The decoder of one direction of a connection.
pub(super) struct Decoder {
    pub(super) name: Vec<u8>,
    pub(super) value: Vec<u8>,
    /// The newest first.
    entries: VecDeque<Entry>,
    /// Names and values, the newest last.
    bytes: VecDeque<u8>,
    /// How many bytes have ever been put there.
    total: u64,
    size: usize,
    most: usize,
}

#[derive(Clone, Copy)]
struct Entry {
    /// Where its name begins, of all bytes there have been.
    start: u64,
    name: u32,
    value: u32,
    /// Its name was not known when it was made.
    missing: bool,
}

impl Entry {
    fn length(self) -> usize {
        self.name as usize + self.value as usize
    }

    /// Section 4.1.
    fn size(self) -> usize {
        self.length() + 32
    }
}

impl Default for Decoder {
    fn default() -> Decoder {
        Decoder {
            name: Vec::new(),
            value: Vec::new(),
            entries: VecDeque::new(),
            bytes: VecDeque::new(),
            total: 0,
            size: 0,
            most: FIRST_SIZE,
        }
    }
}

impl Decoder {
    /// Reads the item at the start of `block`. Gives it with its length. Nothing has changed in
    /// the table if it fails.
    pub(super) fn next(&mut self, block: &[u8]) -> Result<(Item, usize), Failure> {
        let first = *block.first().ok_or(Failure::Cut)?;
        let (representation, prefix) = match first {
            0x80.. => (Representation::Indexed, 7),
            0x40.. => (Representation::Added, 6),
            0x20.. => {
                let (size, length) = integer(block, 5)?;
                self.resize(usize::try_from(size).unwrap_or(usize::MAX).min(MOST_BYTES));
                return Ok((Item::Size(size), length));
            }
            0x10.. => (Representation::Never, 4),
            _ => (Representation::Plain, 4),
        };
        let (index, mut length) = integer(block, prefix)?;
        self.name.clear();
        self.value.clear();
        if representation == Representation::Indexed {
            if index == 0 {
                return Err(Failure::Corrupt);
            }
            let missing = !self.look_up(index, true);
            return Ok((Item::Field { representation, index, missing }, length));
        }
        // Nothing is decoded before all of it is there: a block may go on in any number of frames.
        let name = match index {
            0 => Some(extent(block, length)?),
            _ => None,
        };
        let value = extent(block, name.as_ref().map_or(length, |name| name.end))?;
        let missing = match name {
            Some(name) => {
                string(&block[length..name.end], &mut self.name)?;
                false
            }
            None => !self.look_up(index, false),
        };
        string(&block[value.start..value.end], &mut self.value)?;
        length = value.end;
        if representation == Representation::Added {
            self.add(missing);
        }
        Ok((Item::Field { representation, index, missing }, length))
    }

    /// Forgets the table: what cannot be read may have changed it.
    pub(super) fn forget(&mut self) {
        self.entries.clear();
        self.bytes.clear();
        self.size = 0;
    }

    /// Forgets the table and gives its memory back.
    pub(super) fn give_up(&mut self) {
        self.forget();
        (self.entries, self.bytes) = (VecDeque::new(), VecDeque::new());
    }

    /// Bytes of memory that the table takes.
    pub(super) fn memory(&self) -> usize {
        self.entries.capacity() * size_of::<Entry>() + self.bytes.capacity()
    }

    /// Copies an entry. False if its name is not known.
    fn look_up(&mut self, index: u64, with_value: bool) -> bool {
        let at = usize::try_from(index - 1).unwrap_or(usize::MAX);
        if let Some((name, value)) = STATIC.get(at) {
            self.name.extend_from_slice(name.as_bytes());
            if with_value {
                self.value.extend_from_slice(value.as_bytes());
            }
            return true;
        }
        let at = at - STATIC.len();
        let Some(&entry) = self.entries.get(at) else { return false };
        let from = self.bytes.len() - (self.total - entry.start) as usize;
        let name_end = from + entry.name as usize;
        self.name.extend(self.bytes.range(from..name_end));
        if with_value {
            self.value.extend(self.bytes.range(name_end..name_end + entry.value as usize));
        }
        !entry.missing
    }

    /// Section 4.4: an entry larger than the table empties it.
    fn add(&mut self, missing: bool) {
        let (name, value) = (self.name.len() as u32, self.value.len() as u32);
        let entry = Entry { start: self.total, name, value, missing };
        self.evict(self.most.saturating_sub(entry.size()));
        if entry.size() <= self.most {
            self.bytes.extend(&self.name);
            self.bytes.extend(&self.value);
            self.total += entry.length() as u64;
            self.entries.push_front(entry);
            self.size += entry.size();
        }
    }

    fn resize(&mut self, most: usize) {
        self.most = most;
        self.evict(most);
    }

    fn evict(&mut self, most: usize) {
        while self.size > most
            && let Some(oldest) = self.entries.pop_back()
        {
            self.bytes.drain(..oldest.length().min(self.bytes.len()));
            self.size -= oldest.size();
        }
    }
}

/// An integer with a prefix of some bits, section 5.1, and its length. Larger ones than of 35 bits
/// are refused: nothing here is as large.
fn integer(bytes: &[u8], prefix: u32) -> Result<(u64, usize), Failure> {
    let most = (1u64 << prefix) - 1;
    let first = u64::from(*bytes.first().ok_or(Failure::Cut)?) & most;
    if first < most {
        return Ok((first, 1));
    }
    let mut value = first;
    for at in 0..5 {
        let byte = *bytes.get(at + 1).ok_or(Failure::Cut)?;
        value += u64::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            return Ok((value, at + 2));
        }
    }
    Err(Failure::Corrupt)
}

/// Where the string lies that begins at `at`.
fn extent(block: &[u8], at: usize) -> Result<std::ops::Range<usize>, Failure> {
    let (length, start) = integer(block.get(at..).ok_or(Failure::Cut)?, 7)?;
    let length = usize::try_from(length).map_err(|_| Failure::Corrupt)?;
    let end = (at + start).checked_add(length).ok_or(Failure::Corrupt)?;
    if end <= block.len() { Ok(at..end) } else { Err(Failure::Cut) }
}

/// A string, section 5.2, and how long it is as written.
fn string(bytes: &[u8], text: &mut Vec<u8>) -> Result<usize, Failure> {
    let (length, start) = integer(bytes, 7)?;
    let length = usize::try_from(length).map_err(|_| Failure::Corrupt)?;
    let end = start.checked_add(length).ok_or(Failure::Corrupt)?;
    let written = bytes.get(start..end).ok_or(Failure::Cut)?;
    if bytes[0] & 0x80 == 0 {
        text.extend_from_slice(written);
    } else if !huffman::decode(written, text) {
        return Err(Failure::Corrupt);
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::hex;

    fn all(decoder: &mut Decoder, digits: &str) -> String {
        let block = hex(digits);
        let (mut at, mut text) = (0, String::new());
        while at < block.len() {
            let (item, length) = decoder.next(&block[at..]).expect("an item");
            at += length;
            match item {
                Item::Size(size) => text += &format!("size {size}\n"),
                Item::Field { missing, .. } => {
                    let part = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
                    let missing = if missing { " ?" } else { "" };
                    text += &format!("{}: {}{missing}\n", part(&decoder.name), part(&decoder.value));
                }
            }
        }
        text
    }

    /// RFC 7541 section C.4.
    #[test]
    fn requests_of_the_rfc() {
        let mut decoder = Decoder::default();
        let mut start = String::from(":method: GET\n:scheme: http\n:path: /\n");
        start += ":authority: www.example.com\n";
        assert_eq!(all(&mut decoder, "828684418cf1e3c2e5f23a6ba0ab90f4ff"), start);
        assert_eq!(all(&mut decoder, "828684be5886a8eb10649cbf"), start + "cache-control: no-cache\n");
        let third = all(&mut decoder, "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf");
        assert!(third.ends_with(":authority: www.example.com\ncustom-key: custom-value\n"), "{third}");
        assert_eq!((decoder.entries.len(), decoder.size), (3, 164));
    }

    /// RFC 7541 section C.5: a table of 256 bytes evicts.
    #[test]
    fn responses_of_the_rfc_evict() {
        let mut decoder = Decoder::default();
        decoder.resize(256);
        all(&mut decoder, "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032\
            303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d");
        assert_eq!((decoder.entries.len(), decoder.size), (4, 222));
        let second = all(&mut decoder, "4803333037c1c0bf");
        assert!(second.starts_with(":status: 307\ncache-control: private\n"), "{second}");
        assert_eq!((decoder.entries.len(), decoder.size), (4, 222));
    }

    #[test]
    fn a_table_joined_late_lacks_what_came_before() {
        let mut decoder = Decoder::default();
        assert_eq!(all(&mut decoder, "c0 7f00 0161 400162 0163 be c0"), ":  ?\n: a ?\nb: c\nb: c\n:  ?\n");
    }

    #[test]
    fn what_cannot_be() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.next(&[0x80]), Err(Failure::Corrupt));
        assert_eq!(decoder.next(&[0xff, 0x80, 0x80, 0x80, 0x80, 0x80, 1]), Err(Failure::Corrupt));
        assert_eq!(decoder.next(&[0x40, 0x05, b'a']), Err(Failure::Cut));
        assert_eq!(decoder.next(&[]), Err(Failure::Cut));
    }

    #[test]
    fn a_table_takes_no_more_than_its_most() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.next(&hex("3fffffff7f")).map(|(_, length)| length), Ok(5));
        for _ in 0..10_000 {
            all(&mut decoder, "40016101 62");
        }
        assert!(decoder.size <= MOST_BYTES && decoder.entries.len() <= MOST_BYTES / 34);
        all(&mut decoder, "20");
        assert_eq!((decoder.size, decoder.bytes.len()), (0, 0));
    }

    /// Entries count besides their bytes: one may have none.
    #[test]
    fn a_table_that_is_given_up_takes_nothing() {
        let mut decoder = Decoder::default();
        assert_eq!(decoder.memory(), 0);
        for _ in 0..100 {
            all(&mut decoder, "4000 00");
        }
        assert_eq!((decoder.entries.len(), decoder.bytes.len()), (100, 0));
        assert!(decoder.memory() >= 100 * size_of::<Entry>());
        decoder.give_up();
        assert_eq!((decoder.memory(), decoder.size), (0, 0));
    }
}
