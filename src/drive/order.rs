//! What the sender is told.

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
    /// Become the sender if nobody else is; answers whether this process is.
    Lead(oneshot::Sender<bool>),
    /// The operations found at start go on.
    Resume(oneshot::Sender<Vec<OpId>>),
    /// Nothing new is sent; answers when nothing is under way.
    Stop(oneshot::Sender<()>),
    /// Sending goes on, with the connection's settings as they are now.
    Go,
    /// The token or the endpoint is another one.
    TokenChanged,
    /// A request ended.
    Heard(Event, Option<Trace>),
}
