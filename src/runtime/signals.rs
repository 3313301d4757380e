//! Signals, and a terminal that goes away without one.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// How often it is looked whether the terminal is still there.
const WATCH: Duration = Duration::from_secs(1);

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// End, with this number.
    End(u8),
    /// We run again after a stop.
    Continued,
    /// The terminal has another size.
    Resized,
    /// The terminal is gone.
    Lost,
}

/// Listens from now on. A hangup is heard even where the starter had it ignored.
pub(super) fn listen() -> io::Result<mpsc::Receiver<Signal>> {
    let (out, signals) = mpsc::channel(8);
    let kinds = [
        (SignalKind::hangup(), Signal::End(1)),
        (SignalKind::interrupt(), Signal::End(2)),
        (SignalKind::quit(), Signal::End(3)),
        (SignalKind::terminate(), Signal::End(15)),
        // The terminal crate tells it too, but only once its thread reads, and not in the middle of a key's bytes.
        (SignalKind::window_change(), Signal::Resized),
        (SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()), Signal::Continued),
    ];
    for (kind, word) in kinds {
        let (mut heard, out) = (signal(kind)?, out.clone());
        tokio::spawn(async move { while heard.recv().await.is_some() && out.send(word).await.is_ok() {} });
    }
    tokio::spawn(async move {
        // A terminal that is gone answers every read at once: without this, reading it would burn a processor.
        let mut look = tokio::time::interval(WATCH);
        while !out.is_closed() {
            look.tick().await;
            if hung_up() {
                let _ = out.send(Signal::Lost).await;
                return;
            }
        }
    });
    Ok(signals)
}

/// Whether the terminal is gone.
pub(super) fn hung_up() -> bool {
    let stdin = io::stdin();
    let mut fds = [PollFd::new(&stdin, PollFlags::empty())];
    let now = Timespec { tv_sec: 0, tv_nsec: 0 };
    match rustix::event::poll(&mut fds, Some(&now)) {
        Ok(_) => fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL),
        Err(_) => false,
    }
}
