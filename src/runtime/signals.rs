//! Signals, and a terminal that goes away without one.

use std::io;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

/// How often it is looked whether the terminal is still there.
const WATCH: Duration = Duration::from_secs(1);

/// How long the loop has to end by itself when the terminal is gone.
const GRACE: Duration = Duration::from_secs(2);
/// How long requests under way have to be heard out after the loop ended.
const HEARD_OUT: Duration = Duration::from_secs(70);
/// The exit code of a hangup: 128 and the signal's number.
const HUNG_UP: i32 = 129;

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Signal {
    /// End, with this number.
    End(u8),
    /// We run again after a stop.
    Continued,
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
        (SignalKind::from_raw(rustix::process::Signal::CONT.as_raw()), Signal::Continued),
    ];
    for (kind, word) in kinds {
        let (mut heard, out) = (signal(kind)?, out.clone());
        tokio::spawn(async move {
            while heard.recv().await.is_some() && out.send(word).await.is_ok() {
                if hung_up() {
                    return end_for_the_loop(&out).await;
                }
            }
        });
    }
    tokio::spawn(async move {
        // A terminal that is gone answers every read at once: without this, reading it would burn a processor.
        let mut look = tokio::time::interval(WATCH);
        while !out.is_closed() {
            look.tick().await;
            if hung_up() {
                let _ = out.send(Signal::Lost).await;
                return end_for_the_loop(&out).await;
            }
        }
    });
    Ok(signals)
}

/// Reading a terminal that is gone can keep the loop's own thread inside the terminal crate for ever, where it hears
/// nothing. It gets some time to end; then the process ends here. What was under way is looked up at the next start.
async fn end_for_the_loop(loop_hears: &mpsc::Sender<Signal>) {
    if tokio::time::timeout(GRACE, loop_hears.closed()).await.is_ok() {
        // The loop ended, and requests under way are heard out: the longest may take a minute.
        tokio::time::sleep(HEARD_OUT).await;
    }
    std::process::exit(HUNG_UP)
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
