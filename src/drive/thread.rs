//! The sender's own thread: it, its requests and their connections take turns on one.
//!
//! Each operation goes back and forth between the sender and its request. Between threads that costs a wake-up each
//! time and memory that one thread takes and another gives back; and a face that draws or reads never waits behind a
//! drain.

use std::convert::Infallible;
use std::{io, thread};

use tokio::sync::{mpsc, oneshot};

/// Ends the sender when it is dropped.
#[derive(Debug)]
pub(super) struct SenderThread {
    _alive: oneshot::Sender<Infallible>,
}

/// Held by each request that is under way.
pub(super) type UnderWay = mpsc::Sender<Infallible>;

impl SenderThread {
    /// Starts the sender.
    ///
    /// # Errors
    /// When the system gives no thread or nothing to wait with.
    pub(super) fn start<F: Future<Output = ()>>(
        sender: impl FnOnce(UnderWay) -> F + Send + 'static,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (alive, ended) = oneshot::channel();
        thread::Builder::new().name("sender".to_owned()).spawn(move || {
            runtime.block_on(async move {
                let (under_way, mut none_under_way) = mpsc::channel(1);
                tokio::select! {
                    () = sender(under_way) => {}
                    _ = ended => {}
                }
                // A request that has left is not cut off, though nobody hears its answer any more.
                none_under_way.recv().await;
            });
        })?;
        Ok(Self { _alive: alive })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_that_is_under_way_outlasts_the_sender() {
        let (started, has_started) = oneshot::channel();
        let (answer, heard) = oneshot::channel::<u8>();
        let (told, tells) = oneshot::channel();
        let sender = SenderThread::start(move |under_way| async move {
            tokio::spawn(async move {
                let _under_way = under_way;
                let _ = started.send(());
                let _ = told.send(heard.await);
            });
            std::future::pending::<()>().await;
        });
        has_started.blocking_recv().unwrap();
        drop(sender.unwrap());
        answer.send(7).unwrap();
        assert_eq!(tells.blocking_recv(), Ok(Ok(7)));
    }

    #[test]
    fn a_dropped_sender_ends() {
        let (held, ends) = oneshot::channel::<Infallible>();
        let sender = SenderThread::start(move |_| async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        drop(sender.unwrap());
        assert!(ends.blocking_recv().is_err());
    }
}
