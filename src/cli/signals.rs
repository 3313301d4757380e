//! SIGHUP, SIGINT and SIGTERM as exit codes.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

/// The signals, caught from the moment this is made.
pub(super) struct Signals {
    /// None where whoever started it wants hangups ignored, as `nohup` does.
    hangup: Option<Signal>,
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self {
            hangup: if hangups_end_us() { Some(signal(SignalKind::hangup())?) } else { None },
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for one of them: 129, 130 or 143.
    pub(super) async fn wait(&mut self) -> u8 {
        let hangup = async {
            match &mut self.hangup {
                Some(hangup) => hangup.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = hangup => 129,
            _ = self.interrupt.recv() => 130,
            _ = self.terminate.recv() => 143,
        }
    }
}

/// Whether a hangup would end this process as it was started. Where the system does not tell, it is left as it is.
fn hangups_end_us() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| !ignores_hangups(&status))
}

/// The lowest bit of the ignored signals is that of SIGHUP, whose number is 1.
fn ignores_hangups(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let last = mask.and_then(|mask| mask.trim().chars().last()).and_then(|digit| digit.to_digit(16));
    last.is_none_or(|digit| digit & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hangup_that_the_starter_ignores_is_ignored() {
        for (status, ignored) in [
            ("SigBlk:\t0000000000000001\nSigIgn:\t0000000000001000\n", false),
            ("SigIgn:\t0000000000001001\n", true),
            ("SigIgn:\t0000000000000006\n", false),
            ("Name:\tscimdeck\n", true),
        ] {
            assert_eq!(ignores_hangups(status), ignored, "{status}");
        }
    }
}
