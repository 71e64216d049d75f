//! A protocol: its names, where it is found, its rows, and its walk.

use crate::table::At;
use crate::{Field, Onward, Outline, Packet, Peek, Step};

/// Which part of the stack a protocol belongs to; `-L` stops behind one of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Ethernet and its like.
    Link,
    /// IP, ARP, ICMP.
    Network,
    /// TCP, UDP.
    Transport,
    /// DNS, HTTP: what carries no packets, so that behind one of them there is none of the other parts.
    Application,
}

/// One protocol, written with [`protocol!`](crate::protocol).
pub struct Protocol {
    /// The abbreviation, tshark's: `ipv6`.
    pub name: &'static str,
    /// The name in chains shown to people: `IPv6`.
    pub short: &'static str,
    /// The whole name: `Internet Protocol Version 6`.
    pub title: &'static str,
    /// Its part of the stack.
    pub level: Level,
    /// Where it is found.
    pub found_at: &'static [At],
    /// Its rows; each has its own below it.
    pub fields: &'static [&'static Field],
    /// The walk.
    pub walk: fn(&mut Packet<'_>) -> Onward,
    /// What the walk comes to where the header stands as it nearly always does.
    pub outline: Option<fn(&mut Peek<'_>) -> Option<Outline>>,
    /// The walk over what is left of its bytes behind the layer inside it.
    pub trailer: Option<fn(&mut Packet<'_>) -> Step>,
    /// What of its header keeps the packets inside apart from others: a VLAN's number, a tunnel's
    /// addresses. Given the bytes from the layer's start.
    pub scope: Option<fn(&[u8]) -> u64>,
    /// Its messages may go on in the next segment of their stream.
    pub messages: bool,
    /// A frame in which one of them begins and does not end has a layer of it all the same.
    pub beginnings: bool,
    /// Another protocol whose rows it uses: mDNS uses those of DNS.
    pub rows_of: Option<&'static Protocol>,
    /// One of its rows [stays](Field::stays) in the line that sums up a frame.
    pub stays: bool,
}

impl Protocol {
    /// It has a walk over what the layer inside it leaves over.
    pub const fn trailer(mut self, walk: fn(&mut Packet<'_>) -> Step) -> Protocol {
        self.trailer = Some(walk);
        self
    }

    /// Where nothing of it is recorded, `look` is asked before the walk. It must give what the walk
    /// would: the same end, the same way on, no problem; and nothing where it cannot tell.
    pub const fn outline(mut self, look: fn(&mut Peek<'_>) -> Option<Outline>) -> Protocol {
        self.outline = Some(look);
        self
    }

    /// It keeps packets apart by what the function tells of its header.
    pub const fn scope(mut self, identity: fn(&[u8]) -> u64) -> Protocol {
        self.scope = Some(identity);
        self
    }

    /// Its messages may go on in the next segment: a walk that stops for want of bytes is tried
    /// again when they are there.
    pub const fn messages(mut self) -> Protocol {
        self.messages = true;
        self
    }

    /// Its messages are known by their first bytes: a frame that has no more than the beginning of
    /// one has an empty layer of it.
    pub const fn beginnings(mut self) -> Protocol {
        self.beginnings = true;
        self
    }

    /// It uses the rows of another protocol.
    pub const fn rows_of(mut self, other: &'static Protocol) -> Protocol {
        self.rows_of = Some(other);
        self
    }

    /// Calls `each` with every row, parents first.
    pub fn visit(&self, each: &mut dyn FnMut(&'static Field)) {
        for field in self.fields {
            field.visit(each);
        }
    }

    /// The rows its layers are made of: its own and those it borrows.
    pub fn rows(&self) -> impl Iterator<Item = &'static Field> {
        let borrowed = self.rows_of.map_or(&[][..], |other| other.fields);
        self.fields.iter().chain(borrowed).copied()
    }
}

impl std::fmt::Debug for Protocol {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Protocol {
    fn eq(&self, other: &Protocol) -> bool {
        std::ptr::eq(self, other)
    }
}

/// Declares a protocol: its names, where it is found, and its rows. The walk is the function
/// `dissect` of the same module.
///
/// ```text
/// protocol! {
///     UDP = "udp" "UDP" "User Datagram Protocol", Transport;   abbreviation, short name, title, level;
///                                                              then perhaps `, trailer(walk)`,
///                                                              `, scope(identity)`, `, outline(look)`,
///                                                              `, messages()`, `, rows_of(&DNS)`
///     @ IP_PROTO 17 | 136;                                     found at these numbers of the table
///     @ TCP_PORT by looks_like_it;                             found by content: fn(&[u8]) -> bool
///     FLAGS = hex "flags" "Flags" & 0x0fff names(FLAG_NAMES) { kind, name behind `udp.`, label
///         SYN = flag "flags.syn" "Syn" & 0x0002;               a view: bits of the word above it
///     };
///     OPTION = group "option" "Option" many { ... };           several: an array in reports
/// }
/// ```
///
/// Behind the label stand the mask and calls of [`Field`]'s builder functions (`names(..)`,
/// `many`, `shared`, `detail`, `hidden`, `payload`, `own`, `alias`, `span(first, length)`,
/// `key("..")`, `rows(LIST)`, `brief("..")`, `leads`, `unless_zero`, `unless(number)`, `by_number`,
/// `alone`, `carried`, `stays`, `silent`, `behind`).
#[macro_export]
macro_rules! protocol {
    (
        $(#[$doc:meta])*
        $P:ident = $name:literal $short:literal $title:literal, $level:ident
            $(, $option:ident($($setting:expr)?))*;
        $(@ $table:ident $(by $recognise:ident)? $($at:literal)|*;)*
        $($F:ident = $kind:ident $tail:literal $label:literal $(& $mask:literal)?
            $($attribute:ident $(($($value:expr),*))?)* $({ $($inside:tt)* })?;)*
    ) => {
        $crate::rows! { None, $name, ""; $($F = $kind $tail $label $(& $mask)?
            $($attribute $(($($value),*))?)* $({ $($inside)* })?;)* }
        $(#[$doc])*
        #[doc = concat!($title, ": the protocol `", $name, "`.")]
        pub static $P: $crate::Protocol = $crate::Protocol {
            name: $name,
            short: $short,
            title: $title,
            level: $crate::Level::$level,
            found_at: &[
                $($($crate::At::Number(&$table, $at),)* $($crate::At::Content(&$table, $recognise),)?)*
            ],
            fields: &[$(&$F),*],
            walk: {
                fn walk(packet: &mut $crate::Packet<'_>) -> $crate::Onward {
                    let step = dissect(packet);
                    packet.ends(step)
                }
                walk
            },
            outline: None,
            trailer: None,
            scope: None,
            messages: false,
            beginnings: false,
            rows_of: None,
            stays: false $(|| $F.stays)*,
        }
        $(.$option($($setting)?))*;
    };
}

/// Declares rows apart from their protocol, for one that takes several files, and a list of them
/// for the row they stand in: `RECORD = group "resp" "Record" rows(ROWS);`.
///
/// ```text
/// fields! {
///     ROWS = "dns" RECORD "resp";               the list, the protocol, the row and its name behind `dns.`
///     NAME = text "resp.name" "Name";           rows as in `protocol!`
/// }
/// ```
#[macro_export]
macro_rules! fields {
    (
        $(#[$doc:meta])*
        $LIST:ident = $protocol:literal $parent:ident $parent_tail:literal;
        $($F:ident = $kind:ident $tail:literal $label:literal $(& $mask:literal)?
            $($attribute:ident $(($($value:expr),*))?)* $({ $($inside:tt)* })?;)*
    ) => {
        $crate::rows! { Some(&$parent), $protocol, $parent_tail;
            $($F = $kind $tail $label $(& $mask)?
                $($attribute $(($($value),*))?)* $({ $($inside)* })?;)* }
        $(#[$doc])*
        pub static $LIST: &[&$crate::Field] = &[$(&$F),*];
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! rows {
    ($parent:expr, $protocol:literal, $parent_tail:literal;
        $($F:ident = $kind:ident $tail:literal $label:literal $(& $mask:literal)?
            $($attribute:ident $(($($value:expr),*))?)* $({ $($inside:tt)* })?;)*
    ) => { $(
        #[doc = concat!($label, ": `", $protocol, ".", $tail, "`.")]
        pub static $F: $crate::Field = {
            static CHILDREN: &[&$crate::Field] = $crate::children!($({ $($inside)* })?);
            $crate::Field::new(
                $crate::kind::$kind, concat!($protocol, ".", $tail), $tail, $parent_tail, $label,
            )
            $(.mask($mask))?
            $(.$attribute($($($value),*)?))*
            .inside($parent, CHILDREN, $crate::object!($({ $($inside)* })?))
        };
        $($crate::rows! { Some(&$F), $protocol, $tail; $($inside)* })?
    )* };
}

#[doc(hidden)]
#[macro_export]
macro_rules! children {
    () => { &[] };
    ({ $($F:ident = $kind:ident $tail:literal $label:literal $(& $mask:literal)?
        $($attribute:ident $(($($value:expr),*))?)* $({ $($inside:tt)* })?;)* }) => { &[$(&$F),*] };
}

/// Is one of the rows in the block shown always?
#[doc(hidden)]
#[macro_export]
macro_rules! object {
    () => { false };
    ({ $($F:ident = $kind:ident $tail:literal $label:literal $(& $mask:literal)?
        $($attribute:ident $(($($value:expr),*))?)* $({ $($inside:tt)* })?;)* }) => {
        false $(|| !($(matches!(stringify!($attribute).as_bytes(), b"detail" | b"hidden" | b"alias") ||)* false))*
    };
}

/// The words for kinds in [`protocol!`](crate::protocol).
#[doc(hidden)]
#[allow(non_upper_case_globals, missing_docs)]
pub mod kind {
    use crate::Kind;
    pub const uint: Kind = Kind::Uint;
    pub const hex: Kind = Kind::Hex;
    pub const int: Kind = Kind::Int;
    pub const float: Kind = Kind::Float;
    pub const flag: Kind = Kind::Flag;
    pub const mac: Kind = Kind::Mac;
    pub const eui64: Kind = Kind::Eui64;
    pub const ipv4: Kind = Kind::Ipv4;
    pub const ipv6: Kind = Kind::Ipv6;
    pub const bytes: Kind = Kind::Bytes;
    pub const text: Kind = Kind::Text;
    pub const time: Kind = Kind::Time;
    pub const duration: Kind = Kind::Duration;
    pub const group: Kind = Kind::Group;
    pub const problem: Kind = Kind::Problem;
}
