//! What the control messages of version 3 tell of its data, which does not say it itself: what is
//! carried, how long the cookie is, which sublayer stands behind it (RFC 3931 section 4.1).

use std::collections::HashMap;

use wirelens_dissect::prelude::*;
use wirelens_dissect::{Budget, Kept};

/// Ends of sessions that are remembered of two hosts.
const MOST_ENDS: usize = 4096;
/// What the table needs for one of them, in bytes, with room to grow.
const END_SIZE: usize = 48;

/// What one control message tells of a session.
#[derive(Default)]
pub(super) struct Told {
    message: Option<u16>,
    local: Option<u32>,
    remote: Option<u32>,
    end: Carried,
}

/// What the data for one end of a session looks like.
#[derive(Clone, Copy, Default)]
pub(super) struct Carried {
    /// The kind of pseudowire.
    pub(super) pseudowire: Option<u16>,
    /// The sublayer in front of the payload.
    pub(super) sublayer: Option<u16>,
    /// The cookie's length in bytes.
    pub(super) cookie: u8,
}

const IETF: u16 = 0;
const CISCO: u16 = 9;
const STOP: u16 = 4;

impl Told {
    /// Takes note of an AVP.
    pub(super) fn hears(&mut self, vendor: u16, number: u16, value: &[u8]) {
        let word = value.first_chunk().map(|two| u16::from_be_bytes(*two));
        let long = value.first_chunk().map(|four| u32::from_be_bytes(*four));
        match (vendor, number) {
            (IETF, 0) => self.message = word,
            (IETF, 63) | (CISCO, 3) => self.local = long,
            (IETF, 64) | (CISCO, 4) => self.remote = long,
            (IETF, 68) | (CISCO, 7) => self.end.pseudowire = word,
            (IETF, 69) => self.end.sublayer = word,
            (IETF, 65) | (CISCO, 5) => self.end.cookie = value.len().min(8) as u8,
            _ => {}
        }
    }

    /// Does the message end the whole control connection?
    pub(super) fn stops(&self) -> bool {
        self.message == Some(STOP)
    }

    /// Does the message tell for the first time what its sender calls the session?
    fn replies(&self) -> bool {
        matches!(self.message, Some(8 | 11))
    }

    /// Does the message say more of a session than that it is there?
    fn describes(&self) -> bool {
        matches!(self.message, Some(7..=12))
    }
}

/// The sessions between two hosts, by the number that the receiver of the data gave them and by
/// which of the two that is.
#[derive(Default)]
pub(super) struct Sessions {
    ends: HashMap<(u32, bool), Carried>,
    kept: Kept,
}

impl Sessions {
    /// Remembers what a message tells that one of the hosts sent.
    fn learn(&mut self, told: &Told, sender: bool, budget: &Budget) {
        let Some(local) = told.local.filter(|&local| local != 0) else { return };
        let (here, there) = ((local, sender), (told.remote.unwrap_or(0), !sender));
        let mut end = told.end;
        if there.0 == 0 {
            // Nobody knows it yet: a session that had this number before is gone.
            self.put(here, end, budget);
            return;
        }
        let known = if told.replies() { None } else { self.ends.get(&here).copied() };
        let known = known.unwrap_or_default();
        let mut other = self.ends.get(&there).copied().unwrap_or_default();
        // Only the cookie is one end's own.
        end.pseudowire = end.pseudowire.or(known.pseudowire).or(other.pseudowire);
        end.sublayer = end.sublayer.or(known.sublayer).or(other.sublayer);
        end.cookie = end.cookie.max(known.cookie);
        (other.pseudowire, other.sublayer) = (end.pseudowire, end.sublayer);
        self.put(here, end, budget);
        self.put(there, other, budget);
    }

    /// Where there is no room, what was known before is forgotten.
    fn put(&mut self, key: (u32, bool), end: Carried, budget: &Budget) {
        if !self.ends.contains_key(&key) {
            let ends = self.ends.len() + 1;
            if ends > MOST_ENDS || !self.kept.set(budget, ends * END_SIZE) {
                self.ends = HashMap::new();
                if !self.kept.set(budget, END_SIZE) {
                    return;
                }
            }
        }
        self.ends.insert(key, end);
    }
}

/// Remembers what a control message told.
pub(super) fn learn(p: &mut Packet<'_>, told: &Told) {
    let budget = p.budget();
    if told.describes()
        && let Some((sessions, sender)) = p.conversation::<Sessions>()
    {
        sessions.learn(told, sender, &budget);
    }
}

/// What is known of the data of this session in this direction.
pub(super) fn of(p: &mut Packet<'_>, session: u32) -> Option<Carried> {
    let (sessions, sender) = p.conversation::<Sessions>()?;
    sessions.ends.get(&(session, !sender)).copied()
}
