//! The body of a write, asked for in the moment in which it is written to the connection.
//!
//! Between the decision to send and the first byte a process may stand still for as long as it likes, and another one may
//! have taken over. A request whose body does not come ends its connection with nothing of it written.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

/// Says whether a write may still leave.
pub type MayLeave = Box<dyn Fn() -> bool + Send + Sync>;

/// Whether a request was kept from leaving.
#[derive(Debug, Clone, Default)]
pub(super) struct Kept(Arc<AtomicBool>);

impl Kept {
    pub(super) fn back(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// It may not leave any more.
#[derive(Debug, thiserror::Error)]
#[error("it may not leave any more")]
pub(super) struct NotAnyMore;

/// A body that gives its bytes while its request may leave.
pub(super) struct Leaving {
    bytes: Option<Bytes>,
    may_leave: MayLeave,
    kept: Kept,
}

impl Leaving {
    /// With what tells afterwards whether it was kept from leaving.
    pub(super) fn new(bytes: Vec<u8>, may_leave: MayLeave) -> (Self, Kept) {
        let kept = Kept::default();
        (Self { bytes: Some(bytes.into()), may_leave, kept: kept.clone() }, kept)
    }
}

impl fmt::Debug for Leaving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Leaving").finish_non_exhaustive()
    }
}

impl Body for Leaving {
    type Data = Bytes;
    type Error = NotAnyMore;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, NotAnyMore>>> {
        let Some(bytes) = self.bytes.take() else { return Poll::Ready(None) };
        if (self.may_leave)() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        self.kept.0.store(true, Ordering::Release);
        Poll::Ready(Some(Err(NotAnyMore)))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}
