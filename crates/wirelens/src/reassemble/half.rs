//! A direction of a connection on its way to a record, within limits.

use wirelens_dissect::{Next, Session};
use wirelens_protocols::transport::tcp::TCP_PORT;
use wirelens_reassembly::stream::{self, Origin};

use super::gather::Gather;
use super::{Conflict, Gap, Id, Record};

/// Bytes of a direction by which its protocol is told.
pub(super) const PREFIX: usize = 4096;

/// A direction of a connection.
pub(super) struct Half {
    pub(super) record: Record,
    pub(super) origin: Origin,
    pub(super) fin: bool,
    /// Where the bytes told so far end.
    pub(super) end: u64,
    /// The first bytes, until the protocol is told by them.
    pub(super) prefix: Vec<u8>,
    pub(super) told: bool,
    pub(super) cut: Cut<bool>,
    /// Bytes in the record's payload.
    pub(super) held: u64,
    /// What it takes of `Gather::kept`.
    pub(super) kept: usize,
}

/// Room for what records keep.
pub(super) struct Room<'g> {
    pub(super) kept: &'g mut usize,
    pub(super) most: usize,
    pub(super) listed: usize,
}

impl Room<'_> {
    /// Takes so many bytes, if there are so many.
    pub(super) fn take(&mut self, half: &mut usize, bytes: usize) -> bool {
        let room = *self.kept + bytes <= self.most;
        if room {
            *self.kept += bytes;
            *half += bytes;
        }
        room
    }
}

impl Half {
    pub(super) fn frame(&mut self, frame: u64, room: &mut Room<'_>) {
        let listed = self.record.frames.ranges().len() < room.listed;
        let fits = listed && *room.kept + RANGE <= room.most;
        if self.record.frames.add(frame, fits) > 0 {
            room.take(&mut self.kept, RANGE);
        }
        let cut = self.record.frames.is_cut() && !fits;
        self.cut.listed |= cut && !listed;
        self.cut.memory |= cut && listed;
    }

    /// Tells the protocol by the first bytes.
    pub(super) fn tell(&mut self, session: &mut Session, room: &mut Room<'_>) {
        if std::mem::replace(&mut self.told, true) {
            return;
        }
        let Id::Stream { source, destination, .. } = &self.record.id else { return };
        let next = Next::Ports(&TCP_PORT, source.port, destination.port);
        let prefix = std::mem::take(&mut self.prefix);
        self.record.protocols = Gather::name(session, next, &prefix);
        *room.kept = room.kept.saturating_sub(prefix.len());
        self.kept = self.kept.saturating_sub(prefix.len());
    }

    pub(super) fn gap(&mut self, gap: Gap, room: &mut Room<'_>) {
        self.record.gap_count += 1;
        let listed = self.record.gaps.len() < room.listed;
        match listed && room.take(&mut self.kept, size_of::<Gap>()) {
            true => self.record.gaps.push(gap),
            false if listed => self.cut.memory = true,
            false => self.cut.listed = true,
        }
    }

    pub(super) fn conflict(&mut self, conflict: stream::Conflict, room: &mut Room<'_>) {
        self.record.conflict_count += 1;
        let listed = self.record.conflicts.len() < room.listed;
        if !listed || !room.take(&mut self.kept, size_of::<Conflict>()) {
            self.cut.memory |= listed;
            self.cut.listed |= !listed;
            return;
        }
        let stream::Conflict { offset, length, first, second, kept } = conflict;
        let kept = Some(kept);
        self.record.conflicts.push(Conflict { offset, length, first, second, kept });
    }
}

/// A range of frames, in bytes.
pub(super) const RANGE: usize = 16;

/// By which limit what a record lists or keeps was cut, or how many were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Cut<T> {
    /// By what all records may keep together.
    pub(super) memory: T,
    /// By what each may list.
    pub(super) listed: T,
}
