//! Frames for asynchronous programs, polled here by the smallest executor there is.
#![cfg(feature = "stream")]

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;

use futures_core::Stream;
use wirelens_capture::{Backend, FrameStream, LiveOptions, OwnedFrame};

use crate::frames::{BACKENDS, number, numbered, sender, until};
use crate::hosts::{Hosts, must};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}

async fn next(stream: &mut FrameStream) -> Option<OwnedFrame> {
    let frame = poll_fn(|context| Pin::new(&mut *stream).poll_next(context)).await;
    frame.map(|frame| frame.expect("no error"))
}

fn open(backend: Backend) -> FrameStream {
    let options = LiveOptions::new().backend(backend).buffer_timeout(0);
    options.open(&["va"]).expect("the device").into_stream()
}

#[test]
fn frames_are_awaited_until_the_end() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let mut stream = open(backend);
        assert_eq!(stream.interfaces()[0].name(), Some(&b"va"[..]));
        block_on(async {
            // More than wait in the queue, so that the reader waits for room.
            for round in 0..30 {
                for one in 0..100 {
                    sender.inject(&numbered(round * 100 + one, 60)).expect("sent");
                }
                for one in 0..100 {
                    let frame = next(&mut stream).await.expect("not the end");
                    assert_eq!(number(&frame.captured), round * 100 + one, "{backend:?}");
                    assert_eq!(frame.number, u64::from(round * 100 + one) + 1);
                }
            }
            assert_eq!(stream.live_statistics().expect("live")[0].received, 3000);
            sender.inject(&numbered(9999, 60)).expect("sent");
            stream.stopper().expect("live").stop();
            let last = next(&mut stream).await.expect("what came before the stop");
            assert_eq!(number(&last.captured), 9999);
            assert!(next(&mut stream).await.is_none());
            assert!(next(&mut stream).await.is_none());
        });
    }
}

#[test]
fn a_queue_that_is_full_waits() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    let mut stream = open(Backend::Packet);
    for one in 0..5000 {
        sender.inject(&numbered(one, 60)).expect("sent");
    }
    block_on(async {
        for one in 0..5000 {
            assert_eq!(number(&next(&mut stream).await.expect("a frame").captured), one);
        }
    });
}

#[test]
fn a_stream_that_is_dropped_closes_the_device() {
    let Some(hosts) = Hosts::new() else { return };
    let promiscuous =
        || !must(&["ip", "-n", &hosts.a, "-d", "link", "show", "va"]).contains("promiscuity 0");
    for backend in BACKENDS {
        let stream = open(backend);
        assert!(promiscuous(), "{backend:?}");
        drop(stream);
        until("the device is closed", || !promiscuous());
    }
}
