//! A conversation to read: both directions of a connection in order of arrival.

use wirelens_reassembly::stream::{Direction, Event, Stream};
use wirelens_report::{Line, Summary};

use super::{Connection, Observer, Reassemble};
use crate::write::CHUNK;
use crate::{Error, Output};

/// How bytes are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
    /// As text; what is none is a dot.
    Ascii,
    /// Rows of sixteen bytes.
    Hex,
    /// A line of hexadecimal digits for each segment.
    Raw,
}

const RULE: &[u8] = b"===================================================================\n";

impl Reassemble {
    /// Writes the conversation of a TCP connection as `tshark -z follow,tcp` does: what the second
    /// side says behind a tab, a part for each segment that brings something new. Where bytes are
    /// missing a line says so, in brackets, which tshark writes as if it were payload. Connections
    /// are counted from 0 in the order in which they begin. False if there is none of this number.
    ///
    /// # Errors
    /// When reading or writing fails.
    pub fn follow(
        mut self,
        connection: u64,
        show: Show,
        output: &mut Output,
    ) -> Result<bool, Error> {
        (self.wanted.tcp, self.wanted.ipv4, self.wanted.ipv6) = (true, true, true);
        let mut reassembly = self.events()?;
        let mut follower = Follower {
            connection,
            show,
            first: None,
            offsets: [0; 2],
            over: false,
            line: Line::new(),
        };
        let mut ended = Ok(());
        loop {
            let advanced = reassembly.advance(&mut follower);
            let go_on = advanced.as_ref().is_ok_and(|more| *more) && !follower.over;
            if let Err(error) = advanced {
                reassembly.finish(&mut follower);
                ended = Err(error);
            }
            if follower.line.len() >= CHUNK || go_on && reassembly.frames().may_wait() {
                output.write(follower.line.written(), &Summary::default())?;
                output.flush()?;
                follower.line.clear();
            }
            if !go_on {
                break;
            }
        }
        if follower.first.is_some() {
            follower.line.add(RULE);
        }
        output.finish(follower.line.written())?;
        ended.map(|()| follower.first.is_some())
    }
}

struct Follower {
    connection: u64,
    show: Show,
    /// Who was seen first.
    first: Option<Direction>,
    /// Where each side's bytes stand, for the offsets of rows.
    offsets: [u32; 2],
    over: bool,
    line: Line,
}

impl Observer for Follower {
    fn stream(&mut self, stream: &Stream<'_, Connection>, event: Event<'_>) {
        if stream.connection != self.connection {
            return;
        }
        let second = self.first.is_some_and(|first| first != stream.direction);
        match event {
            Event::Open(_) => {
                self.first = Some(stream.direction);
                self.head(stream);
            }
            Event::Run(run) => self.bytes(second, run.bytes),
            Event::Gap { length, .. } => {
                let indent = if second { "\t" } else { "" };
                let text = format!("{indent}[{length} bytes missing in capture file]\n");
                self.line.add(text.as_bytes());
                let offset = &mut self.offsets[usize::from(second)];
                *offset = offset.wrapping_add(length as u32);
            }
            Event::End(_) => self.over = true,
            _ => {}
        }
    }
}

impl Follower {
    fn head(&mut self, stream: &Stream<'_, Connection>) {
        let show = match self.show {
            Show::Ascii => "ascii",
            Show::Hex => "hex",
            Show::Raw => "raw",
        };
        let number = self.connection;
        let [first, second] = stream.key.towards(stream.direction);
        self.line.add(b"\n");
        self.line.add(RULE);
        let text = format!(
            "Follow: tcp,{show}\nFilter: tcp.stream eq {number}\nNode 0: {first}\nNode 1: {second}\n"
        );
        self.line.add(text.as_bytes());
    }

    fn bytes(&mut self, second: bool, bytes: &[u8]) {
        let indent: &[u8] = if second { b"\t" } else { b"" };
        let line = &mut self.line;
        match self.show {
            Show::Ascii => {
                line.add(indent);
                line.add(format!("{}\n", bytes.len()).as_bytes());
                line.room(bytes.len() + 1);
                for &byte in bytes {
                    let shown = matches!(byte, b' '..=b'~' | b'\r' | b'\n');
                    line.put(if shown { byte } else { b'.' });
                }
                line.put(b'\n');
            }
            Show::Raw => {
                line.add(indent);
                line.hex_all(bytes);
                line.add(b"\n");
            }
            Show::Hex => {
                let offset = &mut self.offsets[usize::from(second)];
                for row in bytes.chunks(16) {
                    line.add(indent);
                    write_row(line, *offset, row);
                    *offset = offset.wrapping_add(row.len() as u32);
                }
            }
        }
    }
}

/// `00000010  48 54 ..  HTTP/1.1 ..Host: `
fn write_row(line: &mut Line, offset: u32, row: &[u8]) {
    line.add(format!("{offset:08X} ").as_bytes());
    line.room(96);
    for at in 0..16 {
        line.all(if at == 8 { b"  " } else { b" " });
        match row.get(at) {
            Some(&byte) => line.hex(byte),
            None => line.all(b"  "),
        }
    }
    line.all(b"  ");
    for (at, &byte) in row.iter().enumerate() {
        if at == 8 {
            line.put(b' ');
        }
        line.put(if matches!(byte, b' '..=b'~') { byte } else { b'.' });
    }
    // tshark's rows do not end with blanks.
    while line.last() == b' ' {
        line.truncate(line.len() - 1);
    }
    line.put(b'\n');
}
