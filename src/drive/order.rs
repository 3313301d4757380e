//! What the rest of the drive tells the sender.

use tokio::sync::oneshot;

use crate::domain::{OpId, Operation};
use crate::engine::Trace;
use crate::engine::machine::Event;

/// What the rest of the drive tells the sender.
#[expect(clippy::large_enum_variant, reason = "most orders are answers that were heard, the large ones")]
#[derive(Debug)]
pub(super) enum Order {
    /// Operations are new or changed.
    Committed(Vec<Operation>),
    /// Another process wrote: operations may be new, changed or replaced.
    LookAgain,
    /// Become the sender if nobody else is; answers whether this process is.
    Lead(oneshot::Sender<bool>),
    /// Which operations were found at start and still wait for an operator.
    Offered(oneshot::Sender<Vec<OpId>>),
    /// They go on.
    Resume,
    /// Answers when nothing is under way and everything heard is written; for who stopped waiting for more.
    Quiet(oneshot::Sender<()>),
    /// Nothing new is sent; answers when nothing is under way.
    Stop(oneshot::Sender<()>),
    /// The connection's settings or attributes are others.
    Settings,
    /// An operator sends something: an endpoint that was down is tried now.
    Try,
    /// The token or the endpoint is another one.
    TokenChanged,
    /// A request ended.
    Heard(Event, Option<Trace>),
}
