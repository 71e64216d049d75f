//! The threads that ask.

use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::cache::{Answer, Cache};
use super::message::{Outcome, Reader, question, reverse};
use super::{Resolve, is_one_hosts};

/// Looks names up, without waiting for them. Its threads end soon after it is gone.
pub(crate) struct Resolver {
    shared: Arc<Shared>,
    /// None when it is over.
    queue: Option<SyncSender<IpAddr>>,
    patience: Duration,
}

struct Shared {
    state: Mutex<State>,
    answered: Condvar,
    over: AtomicBool,
}

struct State {
    cache: Cache,
    /// Addresses that are asked for now.
    open: usize,
    /// Addresses that were not asked for, since too many were.
    passed_over: u64,
}

/// Questions under way at a time.
const THREADS: usize = 4;
/// Addresses that wait for a thread.
const QUEUE: usize = 1024;
/// Addresses that are remembered.
const REMEMBERED: usize = 1 << 16;
/// How long it holds that no server answers.
const SILENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether the wait is over.
const OFTEN: Duration = Duration::from_millis(50);

impl Resolver {
    /// Nothing is asked for yet.
    pub(crate) fn new(resolve: &Resolve) -> Resolver {
        let state = State { cache: Cache::new(REMEMBERED), open: 0, passed_over: 0 };
        let (state, answered) = (Mutex::new(state), Condvar::new());
        let shared = Arc::new(Shared { state, answered, over: AtomicBool::new(false) });
        let (queue, addresses) = sync_channel(QUEUE);
        let addresses = Arc::new(Mutex::new(addresses));
        for _ in 0..THREADS {
            let (shared, addresses) = (Arc::clone(&shared), Arc::clone(&addresses));
            let asking = Asking { resolve: resolve.clone(), reader: Reader::new() };
            let thread = std::thread::Builder::new().name("names".to_owned());
            // Where there are no threads to be had, there are no names.
            let _ = thread.spawn(move || asking.run(&shared, &addresses));
        }
        Resolver { shared, queue: Some(queue), patience: resolve.patience }
    }

    /// Has it looked up, unless it is known or asked for.
    pub(crate) fn want(&self, address: IpAddr) {
        if !is_one_hosts(address) {
            return;
        }
        let mut state = self.shared.state();
        if !state.cache.ask(address, Instant::now()) {
            return;
        }
        if self.queue.as_ref().is_some_and(|queue| queue.try_send(address).is_ok()) {
            state.open += 1;
        } else {
            state.cache.forget(address);
            state.passed_over += 1;
        }
    }

    /// Its name, if it is known by now.
    pub(crate) fn name(&self, address: IpAddr) -> Option<Arc<str>> {
        self.shared.state().cache.name(address, Instant::now())
    }

    /// All names that are known by now.
    pub(crate) fn names(&self) -> Vec<(IpAddr, Arc<str>)> {
        self.shared.state().cache.names(Instant::now())
    }

    /// How many addresses were not asked for, since too many were.
    pub(crate) fn passed_over(&self) -> u64 {
        self.shared.state().passed_over
    }

    /// Waits until all that is asked for is answered, but not longer than its patience lasts, nor
    /// behind Ctrl-C.
    pub(crate) fn settle(&self, stop: Option<&AtomicBool>) {
        let end = Instant::now() + self.patience;
        let mut state = self.shared.state();
        while state.open > 0 && !stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            let waited = self.shared.answered.wait_timeout(state, left.min(OFTEN));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        self.queue = None;
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a thread has.
struct Asking {
    resolve: Resolve,
    reader: Reader,
}

impl Asking {
    fn run(mut self, shared: &Shared, addresses: &Mutex<Receiver<IpAddr>>) {
        loop {
            let next = addresses.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(address) = next else { return };
            if shared.over.load(Ordering::Relaxed) {
                return;
            }
            let answer = self.ask(address).unwrap_or(Answer { name: None, ttl: SILENCE });
            let mut state = shared.state();
            state.cache.answer(address, answer, Instant::now());
            state.open -= 1;
            shared.answered.notify_all();
        }
    }

    /// Asks one server after the other, so often as is said.
    fn ask(&mut self, address: IpAddr) -> Option<Answer> {
        let name = reverse(address);
        let servers = self.resolve.servers.clone();
        for _ in 0..self.resolve.attempts {
            for &server in &servers {
                if let Ok(Outcome::Answered(answer)) = self.ask_server(server, &name) {
                    return Some(answer);
                }
            }
        }
        None
    }

    /// A question and its answer. Each has a socket, and with it a port, of its own, and a number that
    /// nobody guesses (RFC 5452 section 9.2).
    fn ask_server(&mut self, server: SocketAddr, name: &str) -> std::io::Result<Outcome> {
        let here: IpAddr = match server {
            SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
            SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
        };
        let socket = UdpSocket::bind((here, 0))?;
        socket.connect(server)?;
        let id = RandomState::new().hash_one(name) as u16;
        socket.send(&question(id, name))?;
        let end = Instant::now() + self.resolve.timeout;
        let mut message = [0; 4096];
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(std::io::ErrorKind::TimedOut.into());
            }
            socket.set_read_timeout(Some(left))?;
            let length = socket.recv(&mut message)?;
            let received = message.get(..length).unwrap_or_default();
            match self.reader.read(id, name, received) {
                Outcome::Other => {}
                outcome => return Ok(outcome),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that says nothing, and one who asks it.
    fn silence() -> (UdpSocket, Resolver) {
        let server = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let mut asked = Resolve::servers(vec![server.local_addr().expect("it is bound")]);
        asked.timeout = Duration::from_secs(60);
        (server, Resolver::new(&asked))
    }

    #[test]
    fn what_waits_is_bounded_and_nobody_waits_for_it() {
        let (_server, resolver) = silence();
        let wanted = 4 * QUEUE;
        for address in 0..wanted as u32 {
            resolver.want(Ipv4Addr::from(0x0a00_0000 + address).into());
        }
        let passed_over = resolver.passed_over();
        let open = resolver.shared.state().open;
        assert!(open <= QUEUE + THREADS && open + passed_over as usize == wanted, "{open}");
        assert!(resolver.names().is_empty());
        // Neither does the end where it is told to stop.
        resolver.settle(Some(&AtomicBool::new(true)));
    }

    #[test]
    fn an_address_is_asked_for_once() {
        let (server, resolver) = silence();
        for _ in 0..3 {
            resolver.want(Ipv4Addr::LOCALHOST.into());
            resolver.want(Ipv4Addr::BROADCAST.into());
        }
        let mut message = [0; 64];
        let length = server.recv(&mut message).expect("a question");
        assert_eq!(message[2..length], question(0, "1.0.0.127.in-addr.arpa")[2..]);
        assert_eq!(resolver.shared.state().open, 1);
    }
}
