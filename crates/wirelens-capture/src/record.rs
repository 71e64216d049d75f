//! What the format readers hand to [`Capture`](crate::Capture): places in the window, not borrows,
//! so that a reader can look at many records before one is lent.

use crate::log::Log;
use crate::window::{Span, Window};
use crate::{Frame, Interface, LinkType, Options, Section, Timestamp};

/// A frame's place and facts. Spans are for [`Window::slice`].
#[derive(Clone, Copy, Default)]
pub(crate) struct FrameParts {
    pub(crate) time: Option<Timestamp>,
    pub(crate) captured: Span,
    pub(crate) length: u32,
    pub(crate) link_type: LinkType,
    pub(crate) interface: u32,
    pub(crate) section: u32,
    pub(crate) offset: u64,
    pub(crate) options: Span,
    pub(crate) big_endian: bool,
}

/// A block's place and facts.
#[derive(Clone, Copy)]
pub(crate) struct BlockParts {
    pub(crate) kind: u32,
    pub(crate) bytes: Span,
    /// The interface it defines or speaks of, as an index of the whole stream.
    pub(crate) interface: Option<u32>,
    pub(crate) section: u32,
    pub(crate) offset: u64,
    pub(crate) big_endian: bool,
}

/// What the next record is.
pub(crate) enum Step {
    /// A frame, which stands on the desk.
    Frame,
    Block(BlockParts),
    /// Nothing came for as long as the caller wanted to wait; only live devices.
    Tick,
    /// The file has ended.
    End,
}

/// What a format reader works on.
pub(crate) struct Desk<'a> {
    pub(crate) window: &'a mut Window,
    pub(crate) log: &'a mut Log,
    pub(crate) sections: &'a mut Vec<Section>,
    pub(crate) interfaces: &'a mut Vec<Interface>,
    /// The frame that was read last. It is written here at once: carried along in a `Step` it would
    /// be copied, and the copy waits for the stores before it.
    pub(crate) frame: &'a mut FrameParts,
}

impl Desk<'_> {
    /// The frame on the desk, before it is counted.
    pub(crate) fn frame(&self) -> Frame<'_> {
        self.frame.lend(
            self.log.counters.frames + 1,
            self.window,
            self.log,
            self.interfaces,
            self.sections,
        )
    }
}

impl FrameParts {
    /// The frame as it is lent.
    #[inline]
    pub(crate) fn lend<'a>(
        &self,
        number: u64,
        window: &'a Window,
        log: &Log,
        interfaces: &'a [Interface],
        sections: &'a [Section],
    ) -> Frame<'a> {
        Frame {
            number,
            time: self.time,
            captured: window.slice(self.captured),
            length: self.length,
            link_type: self.link_type,
            interface: self.interface,
            section: self.section,
            file: log.file,
            offset: self.offset,
            options: Options { bytes: window.slice(self.options), big_endian: self.big_endian },
            interfaces,
            sections,
        }
    }
}
