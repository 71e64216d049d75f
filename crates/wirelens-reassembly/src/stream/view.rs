//! Streams cut where the acknowledgment number of their sender changes: what one side said until
//! it heard more of the other.
//!
//! A request and its response come apart this way without a look at the protocol. It is a view of
//! the same runs and gaps, for those who want whole pieces with their frames.

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use super::{Direction, Event, Run, Sink, Stream};

/// What a sender said under one acknowledgment number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message<K> {
    /// The key of the connection.
    pub key: K,
    /// The number of the connection.
    pub connection: u64,
    /// Who said it.
    pub direction: Direction,
    /// The acknowledgment number of its segments.
    pub acknowledgment: Option<u32>,
    /// The frames the bytes came in, each once, in the order of the bytes.
    pub frames: Vec<u64>,
    /// The bytes, a chunk for each piece without a gap: its position in the stream, and its bytes.
    pub chunks: Vec<(u64, Vec<u8>)>,
    /// Whether no gap lies in it or beside it, and it was not cut to keep the limit.
    pub complete: bool,
}

impl<K> Message<K> {
    /// The bytes, where nothing is missing between them.
    #[must_use]
    pub fn payload(&self) -> Option<&[u8]> {
        match self.chunks.as_slice() {
            [(_, bytes)] => Some(bytes),
            _ => None,
        }
    }
}

/// Gathers events into [`Message`]s and hands each on when it ends.
pub struct Messages<K, F> {
    open: HashMap<(u64, Direction), Open<K>, RandomState>,
    cost: usize,
    most: usize,
    done: F,
}

struct Open<K> {
    message: Message<K>,
    /// Where its last chunk ends.
    end: u64,
    cost: usize,
}

/// What a run costs beside its bytes: a frame number, perhaps a chunk.
const RUN: usize = 8 + size_of::<(u64, Vec<u8>)>();

impl<K: Clone, F: FnMut(Message<K>)> Messages<K, F> {
    /// Gathers at most about so many bytes at a time, bookkeeping included. A message that would
    /// take more is handed on unfinished, marked incomplete, and goes on as another.
    pub fn new(most: usize, done: F) -> Messages<K, F> {
        // Messages come out as their streams go on, never in the order of the map.
        Messages { open: HashMap::with_hasher(RandomState::default()), cost: 0, most, done }
    }

    fn run(&mut self, stream: &Stream<'_, K>, run: Run<'_>) {
        let id = (stream.connection, stream.direction);
        let mut complete = true;
        if let Some(open) = self.open.get(&id)
            && !open.message.chunks.is_empty()
            && open.message.acknowledgment != run.acknowledgment
        {
            complete = open.end == run.offset;
            self.close(id);
        }
        let (cost, open) = (&mut self.cost, self.open.entry(id));
        let open = open.or_insert_with(|| begin(stream, complete, cost));
        let message = &mut open.message;
        message.acknowledgment = run.acknowledgment;
        match message.chunks.last_mut() {
            Some((_, bytes)) if open.end == run.offset => bytes.extend_from_slice(run.bytes),
            _ => message.chunks.push((run.offset, run.bytes.to_vec())),
        }
        if message.frames.last() != Some(&run.frame) {
            message.frames.push(run.frame);
        }
        open.end = run.offset + run.bytes.len() as u64;
        // Vectors double when they grow.
        let more = 2 * (run.bytes.len() + RUN);
        open.cost += more;
        self.cost += more;
        if self.cost > self.most {
            message.complete = false;
            self.close(id);
            self.gap(stream);
        }
    }

    /// What is being said is incomplete.
    fn gap(&mut self, stream: &Stream<'_, K>) {
        let (cost, id) = (&mut self.cost, (stream.connection, stream.direction));
        let open = self.open.entry(id).or_insert_with(|| begin(stream, false, cost));
        open.message.complete = false;
    }

    fn close(&mut self, id: (u64, Direction)) {
        let Some(open) = self.open.remove(&id) else { return };
        self.cost -= open.cost;
        if !open.message.chunks.is_empty() {
            (self.done)(open.message);
        }
    }
}

impl<K: Clone, F: FnMut(Message<K>)> Sink<K> for Messages<K, F> {
    fn event(&mut self, stream: &Stream<'_, K>, event: Event<'_>) {
        match event {
            Event::Run(run) => self.run(stream, run),
            Event::Gap { .. } => self.gap(stream),
            Event::Fin { .. } => self.close((stream.connection, stream.direction)),
            Event::End(_) => {
                self.close((stream.connection, Direction::Forward));
                self.close((stream.connection, Direction::Backward));
            }
            Event::Open(_) | Event::Start { .. } | Event::Late(_) | Event::Conflict(_) => {}
        }
    }
}

fn begin<K: Clone>(stream: &Stream<'_, K>, complete: bool, sum: &mut usize) -> Open<K> {
    let message = Message {
        key: stream.key.clone(),
        connection: stream.connection,
        direction: stream.direction,
        acknowledgment: None,
        frames: Vec::new(),
        chunks: Vec::new(),
        complete,
    };
    // Its place in a table that may be half empty.
    let cost = 2 * size_of::<Open<K>>();
    *sum += cost;
    Open { message, end: 0, cost }
}
