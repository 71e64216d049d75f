//! Rows: what a field is, as data.
//!
//! A row never says where a field stands in the frame: the walk knows that. It says everything
//! that printers, filters, columns, bindings and documentation ask, so that none of them needs
//! to know a protocol.

/// What kind of value a field has, and so how it is shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// An unsigned number, shown in decimal.
    Uint,
    /// An unsigned number, shown in hexadecimal (in JSON it is a number all the same).
    Hex,
    /// A signed number; the node holds its 64-bit two's complement.
    Int,
    /// A number with a fraction; the node holds the bits of the `f64`.
    Float,
    /// True or false.
    Flag,
    /// A 48-bit link address; the node holds it as a number in host order.
    Mac,
    /// A 64-bit link address; the node holds it as a number in host order.
    Eui64,
    /// An IPv4 address; the node holds it as a number in host order.
    Ipv4,
    /// An IPv6 address, read from its sixteen bytes.
    Ipv6,
    /// Bytes, shown in hexadecimal.
    Bytes,
    /// Text: the bytes as they stand, or text made by the walk.
    Text,
    /// A moment; the node holds nanoseconds since 1970 as a signed 64-bit number.
    Time,
    /// A length of time; the node holds signed nanoseconds.
    Duration,
    /// A heading with no value of its own.
    Group,
    /// Something wrong or remarkable: a field like any other, so it can be filtered and counted.
    Problem,
}

impl Kind {
    /// The word for it in tables and documentation: `uint`, `ipv4`, ...
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Uint => "uint",
            Kind::Hex => "hex",
            Kind::Int => "int",
            Kind::Float => "float",
            Kind::Flag => "flag",
            Kind::Mac => "mac",
            Kind::Eui64 => "eui64",
            Kind::Ipv4 => "ipv4",
            Kind::Ipv6 => "ipv6",
            Kind::Bytes => "bytes",
            Kind::Text => "text",
            Kind::Time => "time",
            Kind::Duration => "duration",
            Kind::Group => "group",
            Kind::Problem => "problem",
        }
    }
}

/// Who sees a field.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Shown {
    /// Every report.
    Always,
    /// Reports that show everything (`detail`, `tree`) and those that ask for it by name.
    Detail,
    /// Only those that ask for it by name: `ip.addr`, which is either address.
    Hidden,
}

/// What stands for a row's value in the line that sums up a frame.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Told {
    /// The value's name, and where it has none the value.
    Value,
    /// The number, also where it has a name.
    Number,
    /// Nothing: the words say all.
    Nothing,
    /// How many bytes the layer carries behind its header, by its own account.
    Carried,
}

/// Names of values, sorted by value.
pub type Names = &'static [(u64, &'static str)];

/// What a field is. Rows are written with [`protocol!`](crate::protocol) and are `static`: two
/// rows are the same if they stand at the same address.
pub struct Field {
    /// How its value is shown.
    pub kind: Kind,
    /// Who sees it.
    pub shown: Shown,
    /// It may occur several times in its parent; in reports it is always an array.
    pub many: bool,
    /// In reports it is always an object: some of its children are shown always.
    pub object: bool,
    /// It may stand anywhere below its parent, not only directly in it.
    pub shared: bool,
    /// It carries payload, which reports write only when asked for.
    pub payload: bool,
    /// Not a field of tshark's: its name is a key of our reports only.
    pub own: bool,
    /// It is part of its parent's value and has no node of its own.
    pub view: bool,
    /// Its part in the line that sums up a frame: the words before its value. See
    /// [`Field::brief`].
    pub brief: Option<&'static str>,
    /// In that line it stands before the rows that do not lead.
    pub leads: bool,
    /// In that line it is left out where this is its number.
    pub unless: Option<u64>,
    /// What stands for its value in that line.
    pub told: Told,
    /// It is in that line even where a layer inside its own has a part in it.
    pub stays: bool,
    /// Nothing inside it is in that line.
    pub silent: bool,
    /// What stands behind its layer decides on it. See [`Field::needs_behind`].
    pub behind: bool,
    shift: u8,
    /// The bytes of its parent that a view covers, as (first, number of); (0, 0) for all.
    pub span: (u8, u8),
    /// The bits of the word that was read that are this field; all of them by default.
    pub mask: u64,
    /// `,"df":`, ready to be written into JSON.
    pub key: Key,
    /// The filter name, tshark's wherever tshark has the field: `ip.flags.df`.
    pub name: &'static str,
    /// What people read: `Don't fragment`.
    pub label: &'static str,
    /// Names of its values; empty where there are none.
    pub names: Names,
    /// The rows inside it.
    pub children: &'static [&'static Field],
    /// The row it stands in; none for a field of the layer itself.
    pub parent: Option<&'static Field>,
}

impl std::fmt::Debug for Field {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Field {
    /// A row with everything at its default. `key` is the name without the protocol's prefix,
    /// `parent_key` that of its parent, which is cut off as well where `key` begins with it.
    pub const fn new(
        kind: Kind,
        name: &'static str,
        key: &'static str,
        parent_key: &'static str,
        label: &'static str,
    ) -> Field {
        Field {
            kind,
            shown: Shown::Always,
            many: false,
            object: false,
            shared: false,
            payload: false,
            own: false,
            view: false,
            brief: None,
            leads: false,
            unless: None,
            told: Told::Value,
            stays: false,
            silent: false,
            behind: false,
            shift: 0,
            span: (0, 0),
            mask: u64::MAX,
            key: Key::new(key, parent_key),
            name,
            label,
            names: &[],
            children: &[],
            parent: None,
        }
    }

    /// Only these bits of the word are the field. Inside another row it is a view of that row's
    /// word: it needs no read of its own.
    pub const fn mask(mut self, mask: u64) -> Field {
        self.mask = mask;
        self.shift = mask.trailing_zeros() as u8;
        self.view = true;
        self
    }

    /// The same value under another name, for those who look for it by that name.
    pub const fn alias(mut self) -> Field {
        self.view = true;
        self.shown = Shown::Hidden;
        self
    }

    /// Of its parent's bytes it covers `length` from `first`.
    pub const fn span(mut self, first: u8, length: u8) -> Field {
        self.span = (first, length);
        self
    }

    /// Names of its values, sorted by value.
    pub const fn names(mut self, names: Names) -> Field {
        self.names = names;
        self
    }

    /// It may occur several times in its parent.
    pub const fn many(mut self) -> Field {
        self.many = true;
        self
    }

    /// It may stand deeper below its parent.
    pub const fn shared(mut self) -> Field {
        self.shared = true;
        self
    }

    /// Shown only where everything is.
    pub const fn detail(mut self) -> Field {
        self.shown = Shown::Detail;
        self
    }

    /// Found by name only.
    pub const fn hidden(mut self) -> Field {
        self.shown = Shown::Hidden;
        self
    }

    /// Payload: written only when asked for.
    pub const fn payload(mut self) -> Field {
        self.payload = true;
        self
    }

    /// A key of our own that tshark has no field for.
    pub const fn own(mut self) -> Field {
        self.own = true;
        self
    }

    /// Its key in reports, where the rule for keys would give another.
    pub const fn key(mut self, key: &'static str) -> Field {
        self.key = Key::new(key, "");
        self
    }

    /// It has a part in the line that sums up a frame: these words, then its value. Of a flag the
    /// words alone are written, where it is set; a row with such flags inside is written as their
    /// words in brackets, the lowest bit first: `[S.]`. Words that begin with a comma, a colon or
    /// a semicolon follow what is before them without a space.
    pub const fn brief(mut self, words: &'static str) -> Field {
        self.brief = Some(words);
        self
    }

    /// In the line that sums up a frame it stands before the others.
    pub const fn leads(mut self) -> Field {
        self.leads = true;
        self
    }

    /// In the line that sums up a frame it is left out where its number is 0.
    pub const fn unless_zero(self) -> Field {
        self.unless(0)
    }

    /// In the line that sums up a frame it is left out where this is its number.
    pub const fn unless(mut self, number: u64) -> Field {
        self.unless = Some(number);
        self
    }

    /// In the line that sums up a frame its number stands, also where it has a name.
    pub const fn by_number(mut self) -> Field {
        self.told = Told::Number;
        self
    }

    /// In the line that sums up a frame the words stand alone.
    pub const fn alone(mut self) -> Field {
        self.told = Told::Nothing;
        self
    }

    /// In the line that sums up a frame the number of bytes that the layer carries stands for
    /// its value.
    pub const fn carried(mut self) -> Field {
        self.told = Told::Carried;
        self
    }

    /// It is in the line that sums up a frame even where a layer inside its own has a part in it.
    pub const fn stays(mut self) -> Field {
        self.stays = true;
        self
    }

    /// Nothing inside it is in the line that sums up a frame.
    pub const fn silent(mut self) -> Field {
        self.silent = true;
        self
    }

    /// What stands behind its layer decides on it, and on what is inside it: which messages were put
    /// together, for instance.
    pub const fn behind(mut self) -> Field {
        self.behind = true;
        self
    }

    /// Is it decided by what stands behind its layer?
    pub fn needs_behind(&self) -> bool {
        self.behind || self.parent.is_some_and(Field::needs_behind)
    }

    /// The walk reads this row's own word, though it has a mask and stands inside another row.
    pub const fn read(mut self) -> Field {
        self.view = false;
        self
    }

    /// Rows that stand inside it and are declared elsewhere: those of another row, or of another
    /// file. In reports it is always an object.
    pub const fn rows(mut self, rows: &'static [&'static Field]) -> Field {
        self.children = rows;
        self.object = true;
        self
    }

    #[doc(hidden)]
    pub const fn inside(
        mut self,
        parent: Option<&'static Field>,
        children: &'static [&'static Field],
        object: bool,
    ) -> Field {
        self.parent = parent;
        if !children.is_empty() {
            self.children = children;
            self.object = object;
        }
        // A mask on a row of the layer itself, or inside a heading, is of a word the walk reads.
        if self.mask != u64::MAX && self.view {
            self.view = match parent {
                Some(parent) => !matches!(parent.kind, Kind::Group | Kind::Bytes | Kind::Text),
                None => false,
            };
        }
        self
    }

    /// The field's number in the word that was read.
    #[inline(always)]
    pub const fn of(&self, word: u64) -> u64 {
        (word & self.mask) >> self.shift
    }

    /// The name of a value, if it has one.
    #[inline]
    pub fn name_of(&self, value: u64) -> Option<&'static str> {
        let at = self.names.binary_search_by_key(&value, |&(v, _)| v).ok()?;
        Some(self.names[at].1)
    }

    /// This row and all below it, parents first.
    pub fn visit(&'static self, each: &mut dyn FnMut(&'static Field)) {
        each(self);
        for child in self.children {
            child.visit(each);
        }
    }
}

/// Two lists of rows as one, for a row that has rows of several files or names inside it: `N` is
/// how many there are.
pub const fn joined<const N: usize>(
    first: &[&'static Field],
    second: &[&'static Field],
) -> [&'static Field; N] {
    assert!(first.len() + second.len() == N, "N is the number of rows in both lists");
    let mut all = [if first.is_empty() { second[0] } else { first[0] }; N];
    let mut at = 0;
    while at < N {
        all[at] = if at < first.len() { first[at] } else { second[at - first.len()] };
        at += 1;
    }
    all
}

/// A field's key in a report, rendered once: `,"df":`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    bytes: [u8; Key::ROOM],
    length: u8,
}

impl Key {
    /// The longest key, comma, quotes and colon included; a longer one does not compile.
    pub const ROOM: usize = 64;

    const fn new(key: &str, parent: &str) -> Key {
        let (key, parent) = (key.as_bytes(), parent.as_bytes());
        let mut from = 0;
        if !parent.is_empty() && key.len() > parent.len() + 1 && key[parent.len()] == b'.' {
            let mut same = 0;
            while same < parent.len() && key[same] == parent[same] {
                same += 1;
            }
            if same == parent.len() {
                from = same + 1;
            }
        }
        let mut bytes = [0; Key::ROOM];
        (bytes[0], bytes[1]) = (b',', b'"');
        let mut to = 2;
        while from < key.len() {
            bytes[to] = key[from];
            to += 1;
            from += 1;
        }
        bytes[to] = b'"';
        bytes[to + 1] = b':';
        Key { bytes, length: to as u8 + 2 }
    }

    /// `,"df":` with room behind it, so that it can be copied by a constant number of bytes.
    #[inline(always)]
    pub const fn padded(&self) -> (&[u8; Key::ROOM], usize) {
        (&self.bytes, self.length as usize)
    }

    /// `df`
    #[inline]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.bytes[2..usize::from(self.length) - 2]).unwrap_or_default()
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_name_without_what_it_stands_in() {
        assert_eq!(Key::new("flags.df", "flags").as_str(), "df");
        assert_eq!(Key::new("flags.df", "").as_str(), "flags.df");
        assert_eq!(Key::new("flagsdf", "flags").as_str(), "flagsdf");
        assert_eq!(Key::new("option_kind", "options.mss").as_str(), "option_kind");
        let key = Key::new("ttl", "");
        let (bytes, length) = key.padded();
        assert_eq!(&bytes[..length], b",\"ttl\":");
    }

    #[test]
    fn a_mask_takes_its_bits_down() {
        let row = Field::new(Kind::Uint, "x.y", "y", "", "Y").mask(0x7800);
        assert_eq!(row.of(0xf8ff), 0xf);
        assert_eq!(Field::new(Kind::Uint, "x.y", "y", "", "Y").of(0xf8ff), 0xf8ff);
    }

    #[test]
    fn names_are_looked_up() {
        let row = Field::new(Kind::Uint, "x.y", "y", "", "Y").names(&[(1, "one"), (9, "nine")]);
        assert_eq!(row.name_of(9), Some("nine"));
        assert_eq!(row.name_of(2), None);
    }
}
