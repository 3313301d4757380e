//! What this process itself logs, at the most talkative level: the parts of the program that a test calls directly.

use std::io::{self, Write};
use std::sync::{Mutex, Once, PoisonError};

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Ear;

impl Write for Ear {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// From now on, whoever asks first.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(|| Ear);
        tracing_subscriber::registry().with(LevelFilter::TRACE).with(layer).init();
    });
}

/// What nobody has taken yet.
pub(crate) fn take() -> Vec<u8> {
    std::mem::take(&mut LINES.lock().unwrap_or_else(PoisonError::into_inner))
}
